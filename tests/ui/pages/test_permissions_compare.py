from itertools import permutations

import pytest

from installer.policy.document import Document, Statement
from installer.policy.presets import Preset, operator_boundary, workloads
from tests.support.answers import settled
from ui.pages.permissions_compare import allowed_services, compared, content, in_all

ANSWERS = settled()
PRESETS = (Preset.NONE, Preset.VENDOR, Preset.GUARDED)
LIMITS = {preset: operator_boundary(preset, ANSWERS.invitation, ANSWERS.names).document() for preset in PRESETS}
EVERYTHING: Statement = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(*actions: str, sid: str = "May") -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": "*"}


def deny(*actions: str, sid: str) -> Statement:
    return {"Sid": sid, "Effect": "Deny", "Action": list(actions), "Resource": "*"}


def test_what_guarded_denies_beyond_the_vendors_own_limit_is_what_the_preset_adds() -> None:
    found = compared("Guarded", LIMITS[Preset.GUARDED], "Vendor minimal", LIMITS[Preset.VENDOR])

    assert found.added == {"Region0", "TightenData", "TightenMachines", "TightenDisks"}
    assert found.ended == ()
    assert found.sentence == "Guarded denies 4 more things than Vendor minimal."


def test_the_way_back_names_the_denials_that_end() -> None:
    found = compared("Vendor minimal", LIMITS[Preset.VENDOR], "Guarded", LIMITS[Preset.GUARDED])

    assert found.added == frozenset()
    assert found.ended == ("Region0", "TightenData", "TightenMachines", "TightenDisks")
    assert found.sentence == "Vendor minimal denies 4 fewer things than Guarded."


def test_a_denial_of_services_that_the_other_limit_does_not_allow_is_no_difference() -> None:
    """As requested denies services of which the vendor's own limit allows nothing."""
    found = compared("Vendor minimal", LIMITS[Preset.VENDOR], "As requested", LIMITS[Preset.NONE])

    assert "TightenServices" in {statement["Sid"] for statement in LIMITS[Preset.NONE].statements}
    assert found.ended == ()
    assert found.sentence == "Vendor minimal allows actions of 9 services, As requested of every service."


def test_both_kinds_of_difference_are_said() -> None:
    found = compared("As requested", LIMITS[Preset.NONE], "Guarded", LIMITS[Preset.GUARDED])

    assert found.sentence == (
        "As requested allows actions of every service, Guarded of 9 services. As requested denies 4 fewer things."
    )


@pytest.mark.parametrize(("one", "other"), list(permutations(PRESETS, 2)))
def test_what_one_adds_the_other_ends(one: Preset, other: Preset) -> None:
    there = compared(one, LIMITS[one], other, LIMITS[other])
    back = compared(other, LIMITS[other], one, LIMITS[one])

    assert there.added == set(back.ended)


def test_the_same_document_is_no_difference() -> None:
    document = workloads(Preset.VENDOR, ANSWERS.names)
    found = compared("Vendor minimal", document, "As requested", workloads(Preset.NONE, ANSWERS.names))

    assert not found.added
    assert not found.ended
    assert found.sentence == "Vendor minimal allows and denies the same as As requested."


def test_names_and_the_order_of_lists_are_no_difference() -> None:
    one = Document((EVERYTHING, deny("s3:Get*", "s3:Put*", sid="A")))
    other = Document((deny("s3:Put*", "s3:Get*", sid="B"), {**EVERYTHING, "Action": ["*"], "Resource": ["*"]}))

    assert "the same" in compared("One", one, "Other", other).sentence
    assert content(one.statements[1]) == content(other.statements[0])


def test_a_condition_is_a_difference() -> None:
    denial = deny("s3:*", sid="A")
    one = Document((EVERYTHING, {**denial, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}))
    found = compared("One", one, "Other", Document((EVERYTHING, denial)))

    assert found.added == {"A"}
    assert found.ended == ("A",)
    assert found.sentence == "One denies 1 thing more and 1 fewer than Other."


def test_other_actions_of_the_same_services_are_said() -> None:
    found = compared("One", Document((allow("s3:Get*"),)), "Other", Document((allow("s3:*"),)))

    assert found.sentence == "One allows other actions than Other."


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (allow("s3:Get*", "S3:List*"), "of 1 service"),
        ({"Sid": "May", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "of services that it does not name"),
        (allow("ec?:*"), "of services that it does not name"),
    ],
)
def test_what_a_limit_of_ones_own_allows_is_not_guessed(statement: Statement, said: str) -> None:
    found = compared("Ours", Document((statement,)), "As requested", Document((EVERYTHING,)))

    assert found.sentence == f"Ours allows actions {said}, As requested of every service."


def test_a_denial_of_what_may_be_any_service_counts() -> None:
    everywhere: Statement = {"Sid": "Where", "Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}
    found = compared("One", Document((allow("s3:*"), everywhere)), "Other", Document((allow("s3:*"),)))

    assert found.added == {"Where"}


def test_services_are_known_only_where_they_are_named() -> None:
    assert allowed_services(Document((allow("s3:*", "iam:GetRole"), deny("kms:*", sid="A")))) == frozenset(
        {"s3", "iam"}
    )
    assert allowed_services(Document((allow("s3:*"), EVERYTHING))) is None
    assert allowed_services(Document((deny("kms:*", sid="A"),))) == frozenset()


def test_what_all_say_is_found_whatever_it_is_called() -> None:
    common = in_all(LIMITS.values())

    protecting = [one for one in LIMITS[Preset.NONE].statements if one["Sid"].startswith("Protect")]
    assert {content(one) for one in protecting} == common
    assert in_all(()) == frozenset()
