"""The lint of the trust of the vendor's role: by what it does, with fixes that leave exactly one way in."""

import contextlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.errors import HouseguestError, PolicyError
from installer.policy.lint import Trust, lint
from installer.policy.lint_findings import Finding
from installer.policy.lint_trust import trust_findings
from installer.policy.presets import Preset, operator_boundary
from installer.steps import Severity
from tests.support.role_template import role_properties
from tests.support.signed_in import ACCOUNT_ID, invitation, names

VENDOR = "arn:aws:iam::111111111111:role/release-deploy"
ROOT = "arn:aws:iam::111111111111:root"
ID = "release:acme:1"
WITH_ID = {"StringEquals": {"sts:ExternalId": ID}}
NAMES = names()


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(principal: Any = None, condition: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    whom = {} if "NotPrincipal" in more else {"Principal": {"AWS": VENDOR} if principal is None else principal}
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition or {}, **whom, **more}


def judged(trust: dict[str, Any]) -> dict[str, Finding]:
    return {finding.code: finding for finding in trust_findings(trust, VENDOR, ID)}


def test_the_template_of_the_reference_vendor_has_no_finding() -> None:
    parameters = {
        "InstallationName": NAMES.installation,
        "RolePath": NAMES.role_path,
        "VendorPrincipalArn": VENDOR,
        "ExternalId": ID,
        "OperatorBoundaryArn": NAMES.operator_boundary_arn,
        "WorkloadBoundaryArn": NAMES.workload_boundary_arn,
    }
    trust = role_properties(parameters, ACCOUNT_ID)["AssumeRolePolicyDocument"]
    assert judged(trust) == {}
    assert trust_findings(trust) == ()


ELSEBODY = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}}
CASES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("no external id", allow(), {"trust-external-id"}),
    ("any external id", allow(None, {"StringLike": {"sts:ExternalId": "*"}}), {"trust-external-id"}),
    ("another one", allow(None, {"StringEquals": {"sts:ExternalId": "shared"}}), {"trust-other-external-id"}),
    ("another operator", allow(None, {"StringNotEquals": {"sts:ExternalId": "x"}}), {"trust-external-id"}),
    ("only where there is one", allow(None, {"StringEqualsIfExists": {"sts:ExternalId": ID}}), {"trust-external-id"}),
    ("everybody", allow("*", WITH_ID), {"trust-anybody"}),
    ("everybody, spelt out", allow({"AWS": "*"}, WITH_ID), {"trust-anybody"}),
    ("everybody and nothing asked", allow("*"), {"trust-anybody", "trust-external-id"}),
    ("everybody but one", allow(condition=WITH_ID, NotPrincipal={"AWS": ROOT}), {"trust-anybody"}),
    ("everybody, held by a condition", allow("*", {**WITH_ID, "ArnEquals": {"aws:PrincipalArn": VENDOR}}), set()),
    ("an account", allow({"AWS": ROOT}, WITH_ID), {"trust-whole-account"}),
    ("an account by its number", allow({"AWS": "111111111111"}, WITH_ID), {"trust-whole-account"}),
    ("an account, held to a role", allow({"AWS": ROOT}, {**WITH_ID, "ArnEquals": {"aws:PrincipalArn": VENDOR}}), set()),
    ("an account, held to its roles", allow({"AWS": ROOT}, {**WITH_ID, **ELSEBODY}), {"trust-whole-account"}),
    ("somebody else too", allow({"AWS": [VENDOR, f"{VENDOR}-2"]}, WITH_ID), {"trust-other-principal"}),
    ("a service", allow({"Service": "ec2.amazonaws.com"}), {"trust-other-principal"}),
    (
        "a web identity",
        allow({"Federated": "accounts.google.com"}, Action="sts:AssumeRoleWithWebIdentity"),
        {"trust-other-principal"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_trust_is_judged_by_what_it_does(statement: dict[str, Any], wanted: set[str]) -> None:
    trust = policy(statement)
    findings = judged(trust)
    assert set(findings) == wanted
    for finding in findings.values():
        assert finding.fix is not None
        assert judged(finding.fix.applied(trust)) == {}


def test_a_denial_for_everybody_else_counts() -> None:
    denial = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:AssumeRole",
        "Condition": {"StringNotEquals": {"sts:ExternalId": ID}},
    }
    assert judged(policy(allow(), denial)) == {}
    assert set(judged(policy(allow(), {**denial, "Principal": {"AWS": f"{VENDOR}-2"}}))) == {"trust-external-id"}


def test_an_organization_is_not_known_and_so_counts_as_open() -> None:
    finding = judged(
        policy(allow("*", {**WITH_ID, "StringEquals": {"aws:PrincipalOrgID": "o-1", "sts:ExternalId": ID}}))
    )
    assert finding["trust-anybody"].calls[0].depends_on == ("aws:PrincipalOrgID",)
    assert not finding["trust-anybody"].certain


def test_an_account_of_the_invitation_is_a_decision_and_not_a_mistake() -> None:
    (finding,) = trust_findings(policy(allow({"AWS": ROOT}, WITH_ID)), ROOT, ID)
    assert (finding.code, finding.severity, finding.fix) == ("trust-whole-account", Severity.CAUTION, None)


def test_the_other_conditions_stay_under_the_fix() -> None:
    dates = {"DateLessThanEquals": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
    fix = judged(policy(allow("*", dates)))["trust-anybody"].fix
    assert fix is not None
    (statement,) = fix.applied(policy(allow("*", dates)))["Statement"]
    assert statement["Condition"] == {**dates, **WITH_ID}


def test_without_the_invitation_there_is_nothing_to_narrow_to() -> None:
    (finding,) = trust_findings(policy(allow()))
    assert (finding.code, finding.fix) == ("trust-external-id", None)


def test_it_is_part_of_the_whole() -> None:
    boundary = operator_boundary(Preset.GUARDED, invitation(), NAMES).document()
    report = lint(boundary, NAMES, trust=Trust(policy(allow()), VENDOR, ID))
    assert report.findings[0].code == "trust-external-id"
    assert report.findings[0].decided_by == "statement 1"


@pytest.mark.parametrize(
    "trust",
    [
        [],
        {"Statement": [1]},
        policy({"Effect": "Allow", "Action": "sts:AssumeRole"}),
        policy(allow(7)),
        policy(allow(Sid=3)),
        policy(allow(Action=None)),
        policy(allow(None, {"Nonsense": {"a": "b"}})),
        {"Version": "1999", "Statement": [allow()]},
    ],
)
def test_what_is_no_trust_policy_is_refused(trust: Any) -> None:
    with pytest.raises(PolicyError):
        trust_findings(trust, VENDOR, ID)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["*", ROOT, "Allow", VENDOR]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["AWS", "Service", "StringEquals", "sts:ExternalId", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ("Effect", "Principal", "NotPrincipal", "Action", "Resource", "Condition", "Sid", "NotAction")


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON | st.just("Allow")) | JSON)
def test_nothing_is_raised_but_our_errors(statement: Any) -> None:
    with contextlib.suppress(HouseguestError):
        trust_findings({"Version": "2012-10-17", "Statement": statement}, VENDOR, ID)
