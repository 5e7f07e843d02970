"""The composer: its layers, their budget, the cut that always fits, and patterns held against AWS's own service models.

What the layer Protect is worth against a vendor that tries is in `test_escapes.py`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.errors import BoundaryError
from installer.policy.boundary import (
    BUDGET,
    CUT,
    GLOBAL_SERVICES,
    RESERVE,
    STACK_WRITES,
    Layer,
    OperatorBoundary,
    cut_document,
    foreign_services,
    protect,
)
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document, Statement
from tests.support.signed_in import names
from tests.support.slow_evaluator import ALLOWED, EXPLICIT_DENY, Request, decide, like

NAMES = names()
ALLOW_ALL: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ADMINISTRATOR = [{"Version": "2012-10-17", "Statement": [ALLOW_ALL]}]
OPEN = OperatorBoundary.compose(NAMES, base=[ALLOW_ALL])

sids = st.text(max_size=12) | st.sampled_from([*Layer, "Base", "A", "A0", "A1", "A2", "BaseA", "0", "1"])


@st.composite
def statements(draw: st.DrawFn, longest: int = 60) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Deny"])),
        "Action": draw(st.sampled_from(["*", "s3:*", ["ec2:*", "rds:*"]])),
        "Resource": "arn:aws:s3:::" + "x" * draw(st.integers(1, longest)),
    }
    if draw(st.booleans()):
        statement["Sid"] = draw(sids)
    return statement


def sized(characters: int, around: OperatorBoundary = OPEN) -> OperatorBoundary:
    """A boundary of exactly that many characters, by a base that is padded."""

    def padded(count: int) -> OperatorBoundary:
        return OperatorBoundary.compose(NAMES, base=[{**ALLOW_ALL, "Resource": "arn:" + "x" * count}])

    return padded(1 + characters - padded(1)._size(*around.layers))


def test_layers_stand_in_their_order_whatever_the_order_of_the_changes() -> None:
    boundary = OperatorBoundary.compose(NAMES, base=[ALLOW_ALL], tighten=[{**ALLOW_ALL, "Effect": "Deny"}])
    composed = boundary.cut().in_regions(["us-east-1"]).document()
    prefixes = [re.sub(r"(Base|Protect|Region|Tighten|Cut).*", r"\1", s["Sid"]) for s in composed.statements]
    assert list(dict.fromkeys(prefixes)) == ["Base", "Protect", "Region", "Tighten", "Cut"]
    assert [layer.value for layer in Layer] == ["Base", "Protect", "Region", "Tighten", "Window", "Cut"]


@given(base=st.lists(statements(), max_size=6), tighten=st.lists(statements(), max_size=4), cut=st.booleans())
@settings(deadline=None, max_examples=80)
def test_a_document_tells_its_layers(base: list[dict[str, Any]], tighten: list[dict[str, Any]], cut: bool) -> None:
    boundary = OperatorBoundary.compose(NAMES, base=base, tighten=tighten, regions=["eu-west-1"])
    boundary = boundary.cut() if cut else boundary
    composed = boundary.document()

    told = [statement["Sid"] for statement in composed.statements]
    assert len(set(told)) == len(told)
    assert all(re.fullmatch(r"[A-Za-z0-9]+", sid) for sid in told)
    read = OperatorBoundary.from_document(Document.from_json(composed.to_json()))
    assert read.document() == composed
    assert {layer: said for layer, said in boundary.layers.items() if said} == read.layers
    assert read.is_cut is cut
    # Composing what was read gives the same names again.
    assert read.in_regions(["eu-west-1"]).document() == composed
    assert [s | {"Sid": ""} for s in base] == [dict(s) | {"Sid": ""} for s in boundary.layers[Layer.BASE]]


@pytest.mark.parametrize("sid", ["Mine", "", "base0", None, "CUT"])
def test_a_statement_of_another_hand_is_refused(sid: str | None) -> None:
    statement = ALLOW_ALL if sid is None else {"Sid": sid, **ALLOW_ALL}
    with pytest.raises(BoundaryError, match="did not write"):
        OperatorBoundary.from_document(Document((*OPEN.document().statements, statement)))


def test_the_budget_is_met_to_the_character() -> None:
    assert (BUDGET, RESERVE, MANAGED_POLICY_CHARACTERS) == (5_144, 1_000, 6_144)
    assert sized(BUDGET).document().size == BUDGET
    with pytest.raises(BoundaryError) as refused:
        sized(BUDGET + 1).document()
    assert refused.value.message == "The boundary has 5,145 characters; 5,144 fit."
    assert refused.value.details == {"characters": "5145", "budget": "5144", "reserve": "1000"}
    assert "1 characters shorter" in refused.value.fix


def test_a_full_boundary_can_still_be_cut() -> None:
    full = sized(BUDGET)
    cut = full.cut().document()
    assert BUDGET < cut.size <= MANAGED_POLICY_CHARACTERS
    assert cut.statements[-1] == CUT
    assert full.cut().document().statements[:-1] == full.document().statements
    assert full.cut().cut().document() == cut


@given(
    said=st.lists(statements(longest=2_500), min_size=1, max_size=8),
    layer=st.sampled_from([*Layer, "Strange", ""]),
)
@settings(deadline=None, max_examples=80)
def test_a_cut_always_fits(said: list[dict[str, Any]], layer: str) -> None:
    """Whatever stands in AWS, also what the composer would never have let pass."""
    numbered = [{**statement, "Sid": f"{layer}{number}"} for number, statement in enumerate(said)]
    standing = Document(tuple(numbered))
    cut = cut_document(standing)
    assert cut.size <= MANAGED_POLICY_CHARACTERS
    assert CUT in cut.statements
    assert decide(ADMINISTRATOR, cut.to_object(), Request("s3:GetObject", "arn:aws:s3:::b/k")) == EXPLICIT_DENY


@pytest.mark.parametrize(
    "standing",
    [{"Sid": "Mine", **ALLOW_ALL}, {"Sid": "Base0", **ALLOW_ALL, "Resource": "arn:" + "x" * 6_000}],
    ids=["of another hand", "beyond the budget"],
)
def test_where_nothing_can_be_composed_the_cut_stands_alone(standing: Statement) -> None:
    assert cut_document(Document((standing,))) == Document((CUT,))
    assert Document((CUT,)).to_object() == {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Cut", "Effect": "Deny", "Action": "*", "Resource": "*"}],
    }


def test_a_composed_boundary_keeps_its_layers_under_the_cut() -> None:
    cut = cut_document(OPEN.document())
    assert cut.statements[:-1] == OPEN.document().statements
    assert not OperatorBoundary.from_document(
        Document(({"Sid": "CutNothing", "Effect": "Allow", "Action": "*", "Resource": "*"},))
    ).is_cut


@pytest.mark.parametrize(
    ("action", "region", "decision"),
    [
        ("ec2:RunInstances", "eu-west-1", ALLOWED),
        ("ec2:RunInstances", "us-west-2", ALLOWED),
        ("ec2:RunInstances", "us-east-1", EXPLICIT_DENY),
        ("ec2:RunInstances", None, EXPLICIT_DENY),
        ("ec2:DescribeRegions", "us-east-1", ALLOWED),
        ("iam:GetRole", "us-east-1", ALLOWED),
        ("sts:GetCallerIdentity", "ap-south-1", ALLOWED),
        ("s3:ListAllMyBuckets", "us-east-1", ALLOWED),
        ("s3:CreateBucket", "us-east-1", EXPLICIT_DENY),
        ("support:CreateCase", "us-east-1", EXPLICIT_DENY),
    ],
)
def test_region_lock(action: str, region: str | None, decision: str) -> None:
    boundary = OPEN.in_regions(["us-west-2", "eu-west-1"]).document().to_object()
    context = {} if region is None else {"aws:RequestedRegion": region}
    assert decide(ADMINISTRATOR, boundary, Request(action, context=context)) == decision


def test_the_region_lock_is_narrowed_and_lifted() -> None:
    wide = OPEN.in_regions(["us-east-1", "eu-west-1"])
    assert wide.in_regions(["eu-west-1"]).document() == OPEN.in_regions(["eu-west-1"]).document()
    assert wide.in_regions([]).document() == OPEN.document()
    assert wide.in_regions(["eu-west-1", "us-east-1"]) == wide


@pytest.mark.parametrize(
    ("chosen", "standing", "regions"),
    [
        (("eu-west-1", "us-east-1"), ("eu-west-1",), ("eu-west-1",)),
        (("eu-west-1",), ("eu-west-1", "us-east-1"), ("eu-west-1",)),
        (("eu-west-1",), ("us-east-1",), ("eu-west-1",)),
        (("eu-west-1",), (), ("eu-west-1",)),
        ((), ("us-east-1",), ()),
    ],
)
def test_a_boundary_that_is_written_again_stays_as_narrow(
    chosen: Sequence[str], standing: Sequence[str], regions: Sequence[str]
) -> None:
    there = OPEN.in_regions(standing).document()
    assert OPEN.in_regions(chosen).no_wider_than(there).regions == regions


def test_a_boundary_of_another_hand_narrows_nothing() -> None:
    chosen = OPEN.in_regions(["eu-west-1", "us-east-1"])
    assert chosen.no_wider_than(Document(({"Effect": "Allow", "Action": "*", "Resource": "*"},))) == chosen


def test_no_global_service_reaches_a_region() -> None:
    """Each exception is for a service with one place, or a call that answers for all regions."""
    session = botocore.session.get_session()
    for exception in GLOBAL_SERVICES:
        service, operation = exception.split(":")
        if operation == "*" and service != "sts":
            assert session.get_available_regions(service) == [], service


def operations(service: str) -> Sequence[str]:
    return [f"{service}:{name}" for name in botocore.session.get_session().get_service_model(service).operation_names]


def matched(patterns: Iterable[str], action: str) -> bool:
    return any(like(pattern, action) for pattern in patterns)


def test_every_iam_operation_that_writes_is_matched() -> None:
    (identity,) = (statement for statement in protect(NAMES) if statement["Sid"] == "Identity")
    reads = re.compile(r"iam:(Get|List|Generate|Simulate)")
    known = operations("iam")
    assert len(known) > 150
    assert [
        name for name in [*known, "iam:PassRole"] if not reads.match(name) and not matched(identity["Action"], name)
    ] == []
    # Simulating begins with the S of SetDefaultPolicyVersion; no install simulates, so it is denied with it.
    over = {name for name in known if reads.match(name) and matched(identity["Action"], name)}
    assert over == {"iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"}


# What botocore calls services that have another name in policies.
MODELS = {
    "airflow": "mwaa",
    "elasticmapreduce": "emr",
    "greengrass": "greengrassv2",
    "kinesisanalytics": "kinesisanalyticsv2",
}


def test_every_pattern_for_services_that_few_have_means_something() -> None:
    for pattern in foreign_services(NAMES)["Action"]:
        service, said = pattern.split(":")
        known = [action.split(":")[1] for action in operations(MODELS.get(service, service))]
        found = [name for name in known if like(said, name)]
        assert found, pattern
        assert said == "*" or not [name for name in found if name.startswith(("Describe", "List"))], pattern


# Operations of CloudFormation that begin with none of the verbs of reading, and yet change nothing.
READS_OF_CLOUDFORMATION = {
    # Compares; what it finds is kept with the stack, nothing in the stack changes.
    "cloudformation:DetectStackDrift",
    "cloudformation:DetectStackResourceDrift",
    "cloudformation:DetectStackSetDrift",
    "cloudformation:EstimateTemplateCost",
    "cloudformation:ValidateTemplate",
}


def test_every_cloudformation_operation_that_changes_something_is_matched() -> None:
    reads = re.compile(r"cloudformation:(BatchDescribe|Describe|Get|List)")
    known = operations("cloudformation")
    assert set(known) >= READS_OF_CLOUDFORMATION
    # Permissions without an operation of their own.
    writes = {*known, "cloudformation:TagResource", "cloudformation:UntagResource"} - READS_OF_CLOUDFORMATION
    assert [name for name in writes if not reads.match(name) and not matched(STACK_WRITES, name)] == []
    harmless = [name for name in known if reads.match(name) or name in READS_OF_CLOUDFORMATION]
    assert [name for name in harmless if matched(STACK_WRITES, name)] == []


REGION = "us-east-1"


@pytest.mark.parametrize(("mine", "other"), [("x0", "x0-y"), ("x0-y", "x0"), ("popsql", "popsql-2"), ("ab", "abc")])
def test_two_installations_cannot_touch_each_other(mine: str, other: str) -> None:
    boundary = OperatorBoundary.compose(names(mine), base=[ALLOW_ALL]).document().to_object()

    def tries(name: str) -> list[Request]:
        there, of_iam = names(name), f"arn:aws:iam::{names(name).account_id}"

        def regional(service: str, resource: str) -> str:
            return f"arn:aws:{service}:{REGION}:{there.account_id}:{resource}"

        tag = {"aws:ResourceTag/houseguest:installation": name}
        return [
            Request("iam:PutRolePolicy", f"{of_iam}:role{there.workload_path}{name}-app"),
            Request("iam:DeletePolicy", f"{of_iam}:policy{there.workload_path}{name}-extra"),
            Request("iam:AddRoleToInstanceProfile", f"{of_iam}:instance-profile{there.workload_path}{name}-node"),
            Request("cloudformation:UpdateStack", regional("cloudformation", f"stack/{name}--Vendor-base/5f0c")),
            Request("lambda:UpdateFunctionCode", regional("lambda", f"function:{name}--api")),
            Request("codebuild:StartBuild", regional("codebuild", f"project/{name}--images")),
            Request("states:UpdateStateMachine", regional("states", f"stateMachine:{name}--nightly")),
            Request("eks:CreateAccessEntry", regional("eks", f"cluster/{name}")),
            Request("eks:AssociateAccessPolicy", regional("eks", f"access-entry/{name}/role/1/{name}/5f0c")),
            Request("eks:UpdatePodIdentityAssociation", regional("eks", f"podidentityassociation/{name}/a-1")),
            Request("ssm:SendCommand", regional("ec2", "instance/i-0a"), tag),
            Request("ec2:CreateTags", regional("ec2", "instance/i-0a"), tag),
        ]

    assert {decide(ADMINISTRATOR, boundary, tried) for tried in tries(mine)} == {ALLOWED}
    assert {decide(ADMINISTRATOR, boundary, tried) for tried in tries(other)} == {EXPLICIT_DENY}
