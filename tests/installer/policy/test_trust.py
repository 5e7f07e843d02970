"""Our own reading of a trust policy: exactly this principal, with this external id; and what counts as closed."""

from typing import Any

import pytest

from installer.policy.trust import allows, is_closed, principals, problems
from tests.support.role_template import role_properties
from tests.support.signed_in import ACCOUNT_ID, NAME, names

PRINCIPAL = "arn:aws:iam::111111111111:role/release-deploy"
EXTERNAL_ID = "release:acme:5f0c"
ACCEPTED: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": PRINCIPAL},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
}


def trust(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def found(*statements: dict[str, Any]) -> tuple[str, ...]:
    return problems(trust(*statements), principal_arn=PRINCIPAL, external_id=EXTERNAL_ID)


def under(condition: dict[str, Any]) -> dict[str, Any]:
    return {**ACCEPTED, "Condition": condition}


def test_the_trust_of_the_template_has_no_problem() -> None:
    made = role_properties(
        {
            "InstallationName": NAME,
            "RolePath": "/release/",
            "VendorPrincipalArn": PRINCIPAL,
            "ExternalId": EXTERNAL_ID,
            "OperatorBoundaryArn": names().operator_boundary_arn,
            "WorkloadBoundaryArn": names().workload_boundary_arn,
        },
        ACCOUNT_ID,
    )["AssumeRolePolicyDocument"]
    assert problems(made, principal_arn=PRINCIPAL, external_id=EXTERNAL_ID) == ()
    assert not is_closed(made, principal_arn=PRINCIPAL)


@pytest.mark.parametrize(
    "statement",
    [
        {**ACCEPTED, "Principal": {"AWS": [PRINCIPAL]}},
        under({"StringEquals": {"STS:externalid": [EXTERNAL_ID]}}),
        under({"StringEquals": {"sts:ExternalId": EXTERNAL_ID}, "DateLessThan": {"aws:CurrentTime": "2027-01-01"}}),
    ],
    ids=["list of one", "key in other letters", "with dates"],
)
def test_the_same_in_other_words(statement: dict[str, Any]) -> None:
    assert found(statement) == ()
    assert problems({"Statement": statement}, principal_arn=PRINCIPAL, external_id=EXTERNAL_ID) == ()


@pytest.mark.parametrize(
    ("principal", "said"),
    [
        ("*", "it trusts *"),
        ({"AWS": "*"}, "it trusts *"),
        ({"AWS": "arn:aws:iam::111111111111:root"}, "it trusts arn:aws:iam::111111111111:root"),
        ({"AWS": "111111111111"}, "it trusts 111111111111"),
        ({"AWS": f"{PRINCIPAL}-2"}, f"it trusts {PRINCIPAL}-2"),
        ({"AWS": [PRINCIPAL, "arn:aws:iam::333333333333:root"]}, "it trusts arn:aws:iam::333333333333:root"),
        # What AWS answers where the principal was deleted: a new role of that name is not meant by it.
        ({"AWS": "AROAEXAMPLE"}, "it trusts AROAEXAMPLE"),
        ({"Service": "ec2.amazonaws.com"}, "it trusts ec2.amazonaws.com"),
        ({"Federated": PRINCIPAL}, f"it trusts {PRINCIPAL}"),
        ({"AWS": PRINCIPAL, "Service": "ecs-tasks.amazonaws.com"}, "it trusts ecs-tasks.amazonaws.com"),
    ],
    ids=str,
)
def test_another_principal(principal: Any, said: str) -> None:
    assert found({**ACCEPTED, "Principal": principal}) == (said,)


@pytest.mark.parametrize(
    "condition",
    [
        {},
        {"StringEquals": {"sts:ExternalId": "release:acme:other"}},
        {"StringEquals": {"sts:ExternalId": [EXTERNAL_ID, "release:acme:other"]}},
        {"StringEquals": {"aws:PrincipalTag/id": EXTERNAL_ID}},
        {"StringLike": {"sts:ExternalId": EXTERNAL_ID}},
        {"StringEqualsIgnoreCase": {"sts:ExternalId": EXTERNAL_ID}},
        {"StringEqualsIfExists": {"sts:ExternalId": EXTERNAL_ID}},
        {"ForAnyValue:StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
        {"ForAllValues:StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
        {"StringNotEquals": {"sts:ExternalId": EXTERNAL_ID}},
        {"Null": {"sts:ExternalId": "false"}},
        {"StringEquals": {"sts:ExternalId": EXTERNAL_ID.upper()}},
    ],
    ids=str,
)
def test_another_condition_is_not_your_external_id(condition: dict[str, Any]) -> None:
    assert found(under(condition)) == ("it does not require your external id",)


def test_each_statement_counts() -> None:
    other = {**ACCEPTED, "Principal": {"AWS": "arn:aws:iam::333333333333:root"}, "Condition": {}}
    assert found(ACCEPTED, other) == (
        "it trusts arn:aws:iam::333333333333:root",
        "it does not require your external id",
    )
    assert found(other, other) == found(other)
    assert len(list(allows(trust(ACCEPTED, {**other, "Effect": "Deny"}, ACCEPTED)))) == 2


def test_everybody_but_a_list() -> None:
    statement = {key: value for key, value in ACCEPTED.items() if key != "Principal"}
    assert found({**statement, "NotPrincipal": {"AWS": PRINCIPAL}}) == ("it trusts everybody but a list",)


@pytest.mark.parametrize("document", [trust(), {}, trust({**ACCEPTED, "Effect": "Deny"})], ids=str)
def test_nobody(document: dict[str, Any]) -> None:
    assert problems(document, principal_arn=PRINCIPAL, external_id=EXTERNAL_ID) == ("nobody can assume the role",)
    assert is_closed(document, principal_arn=PRINCIPAL)


def test_principals_are_told_with_their_kind() -> None:
    told = principals({"Principal": {"AWS": ["a", "b"], "Service": "c"}})
    assert told == (("AWS", "a"), ("AWS", "b"), ("Service", "c"))
    assert principals({"Principal": "*"}) == (("AWS", "*"),)
    assert principals({}) == ()


DENIED: dict[str, Any] = {"Effect": "Deny", "Principal": {"AWS": PRINCIPAL}, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    "deny",
    [
        DENIED,
        {**DENIED, "Action": ["sts:TagSession", "sts:AssumeRole"]},
        {**DENIED, "Action": "sts:*"},
        {**DENIED, "Action": "*"},
        {**DENIED, "Principal": "*"},
        {**DENIED, "Principal": {"AWS": ["*"]}},
        {**DENIED, "Condition": {}},
    ],
    ids=str,
)
def test_closed_by_a_deny(deny: dict[str, Any]) -> None:
    assert is_closed(trust(deny, ACCEPTED), principal_arn=PRINCIPAL)
    assert is_closed(trust(ACCEPTED, deny), principal_arn=PRINCIPAL)


@pytest.mark.parametrize(
    "deny",
    [
        {**DENIED, "Condition": {"StringNotEquals": {"sts:ExternalId": EXTERNAL_ID}}},
        {**DENIED, "Condition": {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}},
        {**DENIED, "Action": "sts:TagSession"},
        {**DENIED, "Action": "sts:AssumeRoleWithSAML"},
        {**DENIED, "Principal": {"AWS": f"{PRINCIPAL}-2"}},
        {**DENIED, "Principal": {"Federated": PRINCIPAL}},
        {**DENIED, "Principal": {"Service": "*"}},
        {"Effect": "Deny", "NotPrincipal": {"AWS": PRINCIPAL}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
    ],
    ids=str,
)
def test_not_closed_by_less(deny: dict[str, Any]) -> None:
    assert not is_closed(trust(deny, ACCEPTED), principal_arn=PRINCIPAL)


def test_not_closed_while_somebody_else_is_let_in() -> None:
    other = {**ACCEPTED, "Principal": {"AWS": "arn:aws:iam::333333333333:root"}}
    assert not is_closed(trust(DENIED, ACCEPTED, other), principal_arn=PRINCIPAL)
    assert not is_closed(
        trust(DENIED, {**ACCEPTED, "Principal": {"Service": "ec2.amazonaws.com"}}), principal_arn=PRINCIPAL
    )
    everybody_but = {"Effect": "Allow", "NotPrincipal": {"AWS": PRINCIPAL}, "Action": "sts:AssumeRole"}
    assert not is_closed(trust(DENIED, everybody_but), principal_arn=PRINCIPAL)
    assert is_closed(trust({**DENIED, "Principal": "*"}, ACCEPTED, other), principal_arn=PRINCIPAL)


def test_closed_to_everybody_is_asked_with_a_star() -> None:
    assert not is_closed(trust(DENIED, ACCEPTED), principal_arn="*")
    assert is_closed(trust({**DENIED, "Principal": "*"}, ACCEPTED), principal_arn="*")


@pytest.mark.parametrize("action", ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML", "sts:Assume*", "*"])
def test_a_deny_of_one_way_in_leaves_the_others(action: str) -> None:
    other = {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::222222222222:saml-provider/x"},
        "Action": action,
    }
    deny = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    assert not is_closed(trust(deny, other), principal_arn=PRINCIPAL)
    assert is_closed(trust({**deny, "Action": "sts:assume*"}, other), principal_arn=PRINCIPAL)
    assert not is_closed(trust({**deny, "NotAction": "s3:*"}, other), principal_arn=PRINCIPAL)
