"""The smallest change that allows a blocked need: what it is, that it works, and that it opens no fear."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from installer.policy.changes import Change, NoChange, smallest_change
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document
from installer.policy.grant import Grant
from installer.policy.needs import Kind
from installer.policy.what_if import State
from tests.support.what_if import bench, boundary

BENCH = bench()
GUARDED = boundary("guarded")
ELSEWHERE = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}


def with_(**statement: Any) -> Document:
    said = {"Sid": "X", "Effect": "Deny", "Resource": "*", **statement}
    if "NotResource" in statement:
        del said["Resource"]
    return Document((*GUARDED.statements, said))


def without(*actions: str, document: Document = GUARDED) -> Document:
    return Document(
        tuple(
            {**said, "Action": [action for action in said["Action"] if action not in actions]}
            if said["Effect"] == "Allow" and isinstance(said["Action"], list)
            else said
            for said in document.statements
        )
    )


def offered(document: Document, need: str) -> Change | NoChange:
    row = BENCH.matrix(document).row(need)
    assert row.state is State.BLOCKED
    return smallest_change(BENCH, document, row)


def works(document: Document, change: Change | NoChange) -> bool:
    assert isinstance(change, Change), change
    before, after = BENCH.matrix(document), BENCH.matrix(change.document)
    assert after.row(change.row.question.id).state is State.ALLOWED
    assert {row.question.id for row in after.open} <= {row.question.id for row in before.open}
    return True


CLUSTER = "arn:aws:eks:*:222222222222:cluster/popsql"


@pytest.mark.parametrize(
    ("document", "need", "sentence"),
    [
        (without("iam:CreateRole"), "install-1", "Add a statement that allows it: Call iam:CreateRole on "),
        (without("kms:CreateGrant"), "install-11", "Add a statement that allows it: Call kms:CreateGrant."),
        (with_(Action="eks:*"), "install-6", f"In X, except {CLUSTER}."),
        (with_(Action="eks:*", NotResource="arn:aws:eks:*:*:addon/*"), "install-6", f"In X, except {CLUSTER}."),
        (with_(Action=["ec2:CreateVpc", "ssm:*"]), "install-4", "Take ec2:CreateVpc out of X."),
        (with_(Action="ec2:CreateVpc"), "install-4", "Take X away."),
        (with_(Action="*", Resource="*"), "steady-1", "In X, except ec2:DescribeVpcs."),
        (with_(NotAction=["iam:*"]), "steady-1", "In X, except ec2:DescribeVpcs."),
        (with_(Sid="RegionX", NotAction="iam:*", Condition=ELSEWHERE), "install-6", "In RegionX, except us-east-1 of"),
        (
            with_(Sid="RegionX", Action="*", Condition=ELSEWHERE),
            "install-6",
            "In RegionX, except us-east-1 of aws:RequestedRegion.",
        ),
        (
            with_(Sid="RegionX", Action="iam:*", Condition=ELSEWHERE),
            "install-1",
            "In RegionX, except arn:aws:iam::222222222222:role/release/popsql/*.",
        ),
        (
            with_(Action="eks:Create*", Resource=CLUSTER, Condition=ELSEWHERE),
            "install-6",
            "In X, except us-east-1 of aws:RequestedRegion.",
        ),
    ],
)
def test_the_narrowest_that_allows_it(document: Document, need: str, sentence: str) -> None:
    change = offered(document, need)
    assert change.sentence.startswith(sentence)
    assert works(document, change)


def test_several_things_in_the_way_are_taken_one_after_the_other() -> None:
    document = without("eks:*", document=with_(Action="eks:*"))
    change = offered(document, "install-6")
    assert isinstance(change, Change)
    assert [(edit.before is None, edit.after is None) for edit in change.edits] == [(False, False), (True, False)]
    assert works(document, change)


def test_what_always_stays_is_not_offered() -> None:
    change = offered(with_(Sid="ProtectX", Action="eks:*"), "install-6")
    assert isinstance(change, NoChange)
    assert "what always stays (boundary: ProtectX)" in change.sentence


def test_nothing_that_opens_a_fear_is_offered() -> None:
    """All that keeps the snapshots is the statement that is in the way."""
    kept = Document(
        tuple(said for said in GUARDED.statements if said["Sid"] not in ("TightenDisks", "TightenMachines"))
    )
    document = Document((*kept.statements, {"Sid": "X", "Effect": "Deny", "Action": "ec2:*", "Resource": "*"}))
    change = offered(document, "install-4")
    assert isinstance(change, NoChange)
    assert "opens a fear" in change.sentence


def test_what_is_not_granted_no_boundary_gives() -> None:
    lacking = replace(BENCH, grant=Grant(()))
    change = smallest_change(lacking, GUARDED, lacking.matrix(GUARDED).row("install-6"))
    assert isinstance(change, NoChange)
    assert "no boundary gives what is not granted" in change.sentence


def test_a_change_that_does_not_fit_is_not_offered() -> None:
    room = MANAGED_POLICY_CHARACTERS - without("eks:*").size
    filler = {"Sid": "F", "Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + "y" * (room - 80)}
    document = Document((*without("eks:*").statements, filler))
    change = offered(document, "install-6")
    assert isinstance(change, NoChange)
    assert "do not fit" in change.sentence


def test_as_json() -> None:
    change = offered(with_(Action="eks:*"), "install-6").to_json()
    assert change["need"] == "install-6"
    assert change["edits"][0]["after"]["NotResource"] == CLUSTER
    assert offered(with_(Sid="ProtectX", Action="eks:*"), "install-6").to_json()["document"] is None


ACTIONS = sorted({answer.action for question in BENCH.questions for answer in question.requests})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from([*ACTIONS, "ec2:*", "s3:*", "iam:*", "*"]), min_size=1, max_size=4, unique=True),
    st.sampled_from(["*", CLUSTER, "arn:aws:s3:::popsql--*"]),
)
def test_whatever_is_offered_works(actions: list[str], resource: str) -> None:
    document = with_(Action=actions, Resource=resource)
    for row in BENCH.matrix(document).of(Kind.NEED, State.BLOCKED)[:2]:
        change = smallest_change(BENCH, document, row)
        assert isinstance(change, NoChange) or works(document, change)
