"""What the vendor's role is granted, with whose word it is, and the same in words."""

from pathlib import Path
from typing import Any

import pytest

import resources
from installer.errors import PolicyError
from installer.policy.evaluate import Outcome, Policies, PolicyType, StatementRef, evaluate
from installer.policy.grant import Grant, GrantedPolicy, Origin, grant_of, shipped
from installer.policy.granted import GrantedService, Verb, granted_services
from installer.policy.request import Request
from installer.template import VendorTemplate
from tests.installer.policy.test_template_role import GIVEN
from tests.support.role_template import managed_policy
from tests.support.signed_in import invitation, names

SHIPPED = sorted(path.stem for path in (Path(resources.__file__).parent / "policies/aws").glob("*.json"))
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
UNUSUAL = "arn:aws:iam::aws:policy/job-function/Billing"


def reference(arn: str = POWER_USER) -> VendorTemplate:
    text = resources.read_text("templates/vendor-role.yaml")
    return VendorTemplate(text.replace("PowerUserAccess", arn.partition(":policy/")[2]), GIVEN)


def inline(*statements: dict[str, Any]) -> Grant:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return Grant((GrantedPolicy("p", "", Origin.TEMPLATE, "", document=document),))


def services(grant: Grant) -> dict[str, GrantedService]:
    return {one.prefix: one for one in granted_services(grant)}


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_is_what_aws_answers(name: str) -> None:
    found = resources.read_json(f"policies/aws/{name}.json")
    policy = shipped(found["arn"])
    assert policy is not None
    assert policy.document == managed_policy(found["arn"])
    assert policy.version == found["version"]
    assert found["date"] in policy.told
    assert Grant((policy,)).compiled


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::222222222222:policy/PowerUserAccess",  # not AWS's
        "arn:aws:iam::aws:policy/service-role/PowerUserAccess",
        "arn:aws:iam::aws:policy/../x",
        UNUSUAL,
    ],
)
def test_what_does_not_ship_is_not_guessed(arn: str) -> None:
    assert shipped(arn) is None


def test_the_grant_is_what_the_template_attaches_and_holds() -> None:
    grant = grant_of(invitation(), names(), reference())
    assert [(one.name, one.origin) for one in grant.policies] == [
        ("PowerUserAccess", Origin.SHIPPED),
        ("workload-roles", Origin.TEMPLATE),
    ]
    assert grant.notes == ()
    decision = evaluate(Policies(identity=grant.compiled), Request("ec2:RunInstances"))
    assert decision.outcome is Outcome.ALLOWED
    found = grant.statement(decision.statement)
    assert found is not None
    assert (found[0].name, found[1]["NotAction"][0]) == ("PowerUserAccess", "iam:*")


def test_without_the_template_the_invitations_word_is_told_as_such() -> None:
    grant = grant_of(invitation(), names())
    assert [one.arn for one in grant.policies] == [POWER_USER]
    assert "template was not read" in grant.notes[0]


def test_a_policy_that_is_not_known_is_said_and_can_be_read_from_aws() -> None:
    grant = grant_of(invitation(), names(), reference(UNUSUAL))
    assert grant.not_known == (UNUSUAL,)
    assert grant.policies[0].origin is Origin.NOT_KNOWN
    assert any("of which the invitation does not tell" in note for note in grant.notes)
    assert any("is not known here" in note for note in grant.notes)

    read = {UNUSUAL: ("v30", managed_policy(UNUSUAL))}
    grant = grant_of(invitation(), names(), reference(UNUSUAL), read)
    assert grant.not_known == ()
    assert (grant.policies[0].origin, grant.policies[0].version) == (Origin.AWS, "v30")


def test_a_policy_that_cannot_be_read_is_named() -> None:
    text = reference().text.replace(
        "Effect: Allow\n                Action:\n", "Effect: Maybe\n                Action:\n"
    )
    with pytest.raises(PolicyError, match="In workload-roles: "):
        grant_of(invitation(), names(), VendorTemplate(text, GIVEN))


def test_a_layer_has_no_statement_to_show() -> None:
    grant = grant_of(invitation(), names())
    assert grant.statement(StatementRef(PolicyType.IDENTITY)) is None
    assert grant.statement(StatementRef(PolicyType.BOUNDARY, 1, 1)) is None


def test_in_words_per_service() -> None:
    found = services(grant_of(invitation(), names(), reference()))
    assert found["s3"].sentence == "create, change, delete, read data and look"
    assert found["iam"].sentence == "create, change, delete and look in part"
    assert found["organizations"].sentence == "look in part"
    assert found["ec2"].title == "EC2"
    made = next(one for one in found["iam"].verbs if one.verb is Verb.CREATE)
    assert {(one.where, one.actions) for one in made.behind} >= {("CreateUnderWorkloadBoundary", ("iam:CreateRole",))}
    assert list(found)[-1] == "*"


def test_everything_but_some_actions() -> None:
    found = services(inline({"Effect": "Allow", "NotAction": ["iam:*", "s3:DeleteBucket"], "Resource": "*"}))
    assert "iam" not in found
    assert found["s3"].sentence == "create, change, delete, read data and look in part"


def test_a_service_that_is_denied_is_not_told() -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    found = services(inline(everything, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}))
    assert "s3" not in found
    assert "ec2" in found
    some = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a"}
    assert "s3" in services(inline(everything, some))


@pytest.mark.parametrize(
    ("action", "verbs"),
    [
        ("s3:GetObject", {Verb.READ_DATA}),
        ("s3:GetBucketPolicy", {Verb.LOOK}),
        ("s3:Get*", {Verb.LOOK, Verb.READ_DATA}),
        ("s3:*Object", {Verb.READ_DATA, Verb.CREATE, Verb.CHANGE, Verb.DELETE, Verb.LOOK}),
        ("s3:PutObject", {Verb.CHANGE}),
        ("s3:CreateBucket", {Verb.CREATE}),
        ("rds:Del*", {Verb.DELETE}),
        ("rds:De*", {Verb.DELETE, Verb.LOOK, Verb.CHANGE}),
        ("eks:*", {Verb.CREATE, Verb.CHANGE, Verb.DELETE, Verb.LOOK}),
        ("unheard:DescribeThings", {Verb.LOOK}),
        ("unheard:Frobnicate", {Verb.CHANGE}),
    ],
)
def test_the_verb_is_in_the_name(action: str, verbs: set[Verb]) -> None:
    found = services(inline({"Effect": "Allow", "Action": action, "Resource": "*"}))
    (service,) = found.values()
    assert {one.verb for one in service.verbs} == verbs
