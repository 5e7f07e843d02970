"""Names, paths and tags: what a name may be, what is made from it, and that no two installations meet."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.errors import UsageError
from installer.names import NAME_PATTERN, Names, check_name
from tests.support.signed_in import LONGEST_NAME, names

NAMES = names()


def test_every_name_of_an_installation() -> None:
    assert NAMES.access_stack == "popsql-access"
    assert NAMES.role_stack == "popsql-role"
    assert NAMES.operator_boundary == "popsql-operator-boundary"
    assert NAMES.workload_boundary == "popsql-workload-boundary"
    assert NAMES.operator_boundary_arn == "arn:aws:iam::222222222222:policy/houseguest/popsql-operator-boundary"
    assert NAMES.workload_boundary_arn == "arn:aws:iam::222222222222:policy/houseguest/popsql-workload-boundary"
    assert NAMES.operator_role == "popsql-operator"
    assert NAMES.operator_role_arn == "arn:aws:iam::222222222222:role/release/popsql-operator"
    assert NAMES.workload_path == "/release/popsql/"
    assert NAMES.workload_role_arns == "arn:aws:iam::222222222222:role/release/popsql/*"


def test_another_partition() -> None:
    there = Names("popsql", "222222222222", "/release/", "aws-cn")
    arns = (there.operator_boundary_arn, there.workload_boundary_arn, there.operator_role_arn, there.workload_role_arns)
    assert all(arn.startswith("arn:aws-cn:iam::222222222222:") for arn in arns)


def test_tags_of_what_the_program_makes() -> None:
    assert NAMES.tags("inv_1") == {
        "houseguest:installation": "popsql",
        "houseguest:made-by": "houseguest",
        "houseguest:invitation": "inv_1",
    }


def test_the_vendors_own_role_is_outside_the_path_in_which_it_may_write() -> None:
    assert not NAMES.operator_role_arn.startswith(NAMES.workload_role_arns.removesuffix("*"))


@pytest.mark.parametrize("name", ["ab", "a1", "popsql", "popsql-2", "a-b-c", "x9-9x", LONGEST_NAME])
def test_what_a_name_may_be(name: str) -> None:
    assert check_name(name) == name
    assert Names(name, "222222222222", "/release/").installation == name


@pytest.mark.parametrize(
    "name",
    [
        "", "a", "A", "Popsql", "1a", "-a", "a-", "a--b", "ab--", "a b", "a_b", "a.b", "a/b", "a*", "a?b", "ab\n",
        "\nab", "äb", "a٣", "аb", LONGEST_NAME + "a", "a" * 30 + "--", "${aws:username}", "a\u0000b",
    ],
)  # fmt: skip
def test_what_a_name_may_not_be(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_name(name)
    assert "\n" not in refused.value.message
    assert "2 to 20 small letters" in refused.value.fix
    with pytest.raises(UsageError):
        Names(name, "222222222222", "/release/")


valid = st.from_regex(NAME_PATTERN, fullmatch=True)


@given(valid, valid, st.text(alphabet="ab1-", max_size=6))
@settings(deadline=None)
def test_what_begins_with_one_name_is_nobody_elses(one: str, other: str, rest: str) -> None:
    """The prefixes that a boundary tells own things by; the vendor names what follows."""
    check_name(one)
    for end in ("--", "/"):
        assert (f"{one}{end}{rest}".startswith(f"{other}{end}")) is (one == other)


@given(valid, valid)
@settings(deadline=None)
def test_no_two_installations_share_a_name(one: str, other: str) -> None:
    def made(name: str) -> set[str]:
        there = names(name)
        return {
            there.access_stack, there.role_stack, there.operator_boundary_arn, there.workload_boundary_arn,
            there.operator_role_arn, there.workload_path,
        }  # fmt: skip

    assert len(made(one)) == 6
    assert one == other or not made(one) & made(other)


@pytest.mark.parametrize("name", ["aws", "internal", "ssm", "sthree", "xn"])
def test_a_name_that_aws_keeps_for_itself_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="for itself"):
        check_name(name)
