"""The matrix: what the invitation needs and what is feared, under every preset. Held against real calls in
tests/sandbox/test_what_if.py."""

from dataclasses import replace
from typing import Any

import pytest

from installer.policy.document import Document
from installer.policy.evaluate import Outcome
from installer.policy.fears import read_fears, shipped_fears
from installer.policy.grant import Grant, GrantedPolicy, Origin
from installer.policy.needs import Kind
from installer.policy.request import Request
from installer.policy.what_if import State, workbench
from tests.installer.policy.test_fears import FEAR, text
from tests.support import slow_evaluator
from tests.support.signed_in import invitation, names
from tests.support.what_if import bench, boundary, grant

BENCH = bench()
# What each preset leaves open, by design: docs/escapes.md.
DATA = {"read-buckets", "write-buckets", "open-buckets", "delete-buckets", "read-secrets", "read-logs", "delete-logs"}
DATABASES = {"copy-databases", "change-databases", "delete-databases"}
MACHINES = {"copy-disks", "share-snapshots", "use-snapshots", "end-machines"}
VENDOR = DATA | DATABASES | MACHINES | {"leave-region"}
OPEN = {"none": VENDOR | {"read-parameters", "read-tables"}, "vendor": VENDOR, "guarded": set[str]()}


def with_(document: Document, *statements: dict[str, Any]) -> Document:
    return Document((*document.statements, *statements))


@pytest.mark.parametrize("preset", OPEN)
def test_no_preset_blocks_a_need(preset: str) -> None:
    matrix = BENCH.matrix(boundary(preset))
    assert {row.state for row in matrix.of(Kind.NEED)} == {State.ALLOWED}
    assert len(matrix.of(Kind.NEED)) == 22


@pytest.mark.parametrize(("preset", "left_open"), OPEN.items())
def test_what_a_preset_leaves_open_is_said(preset: str, left_open: set[str]) -> None:
    matrix = BENCH.matrix(boundary(preset))
    assert {row.question.id for row in matrix.open} == left_open
    assert len(matrix.of(Kind.FEAR)) == len(shipped_fears())


def test_a_row_names_what_decided_and_says_it_in_words() -> None:
    row = BENCH.matrix(boundary("guarded")).row("stop-trail")
    assert row.state is State.DENIED
    assert row.deciding is not None
    assert str(row.deciding.decision.statement) == "boundary: ProtectAlways"
    assert "alter or stop CloudTrail" in row.deciding.sentence

    row = BENCH.matrix(boundary("none")).row("read-buckets")
    assert (row.state, row.sentence) == (
        State.OPEN,
        "The vendor can do it: s3:GetObject on arn:aws:s3:::your-bucket/file is allowed.",
    )
    assert row.deciding is not None
    assert row.deciding.sentence.startswith("Do everything except all of IAM")


def test_the_grant_alone_can_be_asked() -> None:
    matrix = BENCH.matrix(None)
    assert matrix.row("assume-roles").state is State.OPEN
    assert matrix.row("create-users").state is State.DENIED  # nobody granted it


def test_one_open_try_opens_a_fear() -> None:
    closed = {"Sid": "X", "Effect": "Deny", "Action": "s3:PutBucket*", "Resource": "*"}
    row = BENCH.matrix(with_(boundary("none"), closed)).row("open-buckets")
    assert row.state is State.DENIED
    closed["Action"] = "s3:PutBucketPolicy"
    row = BENCH.matrix(with_(boundary("none"), closed)).row("open-buckets")
    assert row.state is State.OPEN
    assert [answer.request.action for answer in row.against] == ["s3:PutBucketAcl", "s3:PutBucketPublicAccessBlock"]


def test_a_blocked_need_says_which_step_would_fail() -> None:
    closed = {"Sid": "NoClusters", "Effect": "Deny", "Action": "eks:CreateCluster", "Resource": "*"}
    (row,) = BENCH.matrix(with_(boundary("guarded"), closed)).blocked
    assert (row.question.phase, row.question.step) == ("install", 6)
    assert row.question.title == "Runs the product on an EKS cluster, with a role for its pods"
    assert row.sentence == (
        "It would stop step 6 of the install: eks:CreateCluster on arn:aws:eks:us-east-1:222222222222:cluster/popsql "
        "is not allowed. boundary: NoClusters denies it; a Deny wins over every Allow."
    )


def test_what_hangs_on_something_unknown_is_neither_closed_nor_allowed() -> None:
    later = {"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}
    closed = {"Sid": "Later", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": later}
    matrix = BENCH.matrix(with_(boundary("none"), closed))
    fear, need = matrix.row("read-buckets"), matrix.row("install-6")
    assert (fear.state, need.state) == (State.DEPENDS, State.DEPENDS)
    assert fear in matrix.open
    assert need not in matrix.blocked
    assert "It depends on aws:CurrentTime" in need.sentence
    assert matrix.row("stop-trail").state is State.DENIED


def test_a_need_that_is_a_pattern_is_not_asked() -> None:
    need = {"actions": ["ec2:Describe*", "ec2:CreateVpc"], "resources": ["*"], "why": "Looks."}
    asking = invitation({"permissions": {"needs": {"install": [need], "steady": [need | {"actions": ["ec2:*"]}]}}})
    matrix = workbench(asking, names(), grant()).matrix(boundary("guarded"))
    row = matrix.row("install-1")
    assert row.state is State.NOT_ASKED
    assert [answer.request.action for answer in row.answers] == ["ec2:CreateVpc"]
    assert matrix.row("steady-1").deciding is None
    assert row.sentence == "Not asked: ec2:Describe* is not one action."


def test_a_need_is_asked_as_the_install_would_call_it() -> None:
    asked = {question.id: question for question in BENCH.questions}
    (make,) = (one for one in asked["install-1"].requests if one.action == "iam:CreateRole")
    assert make.resource == "arn:aws:iam::222222222222:role/release/popsql/any"
    assert make.context["iam:PermissionsBoundary"] == names().workload_boundary_arn
    passed = {one.context["iam:PassedToService"] for one in asked["install-1"].requests if one.action == "iam:PassRole"}
    assert passed == {"ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com"}


def test_the_region_that_was_chosen_is_asked() -> None:
    chosen = workbench(invitation(), names(), grant(), region="eu-west-1")
    assert chosen.place.region == "eu-west-1"
    assert chosen.place.elsewhere not in invitation().network.allowed_regions


def test_a_global_service_is_called_in_its_own_region() -> None:
    """A lock that forgets IAM stops the install, wherever the product goes."""
    lock = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    forgetful = {"Sid": "Here", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": lock}
    chosen = workbench(invitation(), names(), grant(), region="eu-west-1")
    blocked = {row.question.id for row in chosen.matrix(with_(boundary("none"), forgetful)).blocked}
    assert blocked == {"install-1", "install-2", "install-3"}
    del forgetful["Action"]
    assert not chosen.matrix(with_(boundary("none"), forgetful | {"NotAction": "iam:*"})).blocked


def test_a_fear_of_ones_own_is_asked_too() -> None:
    own = workbench(invitation(), names(), grant(), fears=read_fears(text(FEAR)))
    assert own.matrix(boundary("none")).row("payroll").state is State.OPEN


@pytest.mark.parametrize("preset", OPEN)
def test_a_plain_evaluator_answers_the_same(preset: str) -> None:
    """It knows no open context: what is not named is absent there, and no decision of these hangs on that."""
    identity = [dict(policy.document or {}) for policy in BENCH.grant.known]
    document = boundary(preset).to_object()
    for row in BENCH.matrix(boundary(preset)).rows:
        for answer in row.answers:
            known = {key: value for key, value in answer.request.context.items() if value != ()}
            request = slow_evaluator.Request(answer.request.action, answer.request.resource, known)
            wanted = slow_evaluator.decide(identity, document, request)
            assert wanted == answer.decision.outcome, answer


def test_a_policy_that_is_not_known_grants_nothing_here() -> None:
    unknown = GrantedPolicy("p", "arn:aws:iam::aws:policy/p", Origin.NOT_KNOWN, "")
    lacking = replace(BENCH, grant=Grant((unknown,), ("What p allows is not known here.",)))
    assert {answer.decision.outcome for row in lacking.matrix(None).rows for answer in row.answers} == {
        Outcome.IMPLICIT_DENY
    }


def test_as_json() -> None:
    (first, *_) = BENCH.matrix(boundary("guarded")).to_json()
    assert (first["kind"], first["id"], first["state"]) == ("need", "install-1", "allowed")
    assert first["answers"][0]["decision"] == "allowed"
    assert Request(first["answers"][0]["action"], first["answers"][0]["resource"])


def test_what_is_not_known_of_the_grant_stops_nothing() -> None:
    """Without the template the role may have more policies: then only the boundary surely denies."""
    whole = BENCH.matrix(None)
    partly = replace(BENCH, grant=replace(BENCH.grant, template_read=False)).matrix(None)
    by_grant = [row.question.id for row in whole.of(Kind.FEAR, State.DENIED)]
    assert by_grant, "some fears are denied because nothing grants them"
    assert {partly.row(one).state for one in by_grant} == {State.DEPENDS}
    assert "what the role is granted" in partly.row(by_grant[0]).sentence
    assert [row.question.id for row in partly.open] == [row.question.id for row in partly.of(Kind.FEAR)]
