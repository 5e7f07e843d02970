"""AWS and the vendor fail in every way that they have: one clear sentence, the right exit code, and resuming works."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.soak import points
from tests.support.interruptions import Bench, Ran
from tests.support.proxy import Answer, Asked, Fate, Plan, from_write, refusal

pytestmark = pytest.mark.soak

ADMIN = "alice"
SIGN_IN_NEEDED, NOT_PERMITTED, NOT_FINISHED = 3, 4, 5
REQUESTS_OF_SIGN_IN = 10

# Whoever may not make these is told so, and the journey goes on.
MAY_BE_DENIED = {
    "ec2:DescribeRouteTables",
    "ec2:DescribeVpcPeeringConnections",
    "ec2:DescribeVpcs",
    "eks:DescribeCluster",
    "iam:ListAccountAliases",
    "iam:ListRoles",
    "iam:UntagPolicy",
    "rds:DescribeDBInstances",
    "s3:ListBuckets",
    "secretsmanager:ListSecrets",
    "ssm:DescribeParameters",
}


def assert_resumes(bench: Bench, name: str) -> None:
    resumed = bench.resume(name)
    assert resumed.code == 0, (resumed.error, resumed.err)
    assert bench.faults_of_install(name) == []


def assert_one_sentence(ran: Ran, code: int) -> None:
    assert ran.code == code, (ran.error, ran.err)
    assert ran.error["message"].endswith(".")
    assert "Traceback" not in ran.err
    assert ran.error["fix"]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# Slow, broken, gone


def first_of_each_write(code: str, status: int) -> Plan:
    """Every write is refused once."""
    refused: set[tuple[str, bytes]] = set()

    def decide(asked: Asked) -> Fate | Answer:
        if not asked.write or (asked.call, asked.body) in refused:
            return Fate.FORWARD
        refused.add((asked.call, asked.body))
        return refusal(asked, code, status)

    return decide


@pytest.mark.parametrize(
    ("code", "status"), [("Throttling", 400), ("ServiceUnavailable", 503), ("InternalFailure", 500)], ids=str
)
def test_each_write_refused_once(bench: Bench, name: str, code: str, status: int) -> None:
    """botocore tries again by itself; nothing is made twice."""
    ran = bench.install(name, aws=first_of_each_write(code, status))
    assert ran.code == 0, (ran.error, ran.err)
    assert bench.faults_of_install(name) == []


@pytest.mark.parametrize("status", [502, 503, 504])
def test_the_vendor_refuses_each_write_once(bench: Bench, name: str, status: int) -> None:
    refused: set[str] = set()

    def decide(asked: Asked) -> Fate | Answer:
        if not asked.write or asked.call in refused:
            return Fate.FORWARD
        refused.add(asked.call)
        return Answer(status, (("Content-Type", "application/problem+json"),), b'{"title": "Busy."}')

    ran = bench.install(name, vendor=decide)
    assert ran.code == 0, (ran.error, ran.err)
    assert bench.faults_of_install(name) == []


@pytest.mark.parametrize("number", range(1, len(points.INSTALL_AWS_WRITES)))
@pytest.mark.parametrize("code", ["Throttling", "ServiceUnavailable"])
def test_throttled_or_down_for_long(bench: Bench, name: str, number: int, code: str) -> None:
    """From one write on AWS refuses that call for good."""
    call = points.INSTALL_AWS_WRITES[number - 1]
    status = 400 if code == "Throttling" else 503
    begun = False

    def decide(asked: Asked) -> Fate | Answer:
        nonlocal begun
        begun = begun or asked.write == number
        return refusal(asked, code, status) if begun and asked.call == call else Fate.FORWARD

    ran = bench.install(name, aws=decide)
    assert_one_sentence(ran, NOT_FINISHED)
    assert_resumes(bench, name)


@pytest.mark.parametrize("number", range(1, len(points.INSTALL_AWS_WRITES) + 1))
def test_aws_goes_down(bench: Bench, name: str, number: int) -> None:
    ran = bench.install(name, aws=from_write(number, Fate.REFUSE))
    last = points.INSTALL_AWS_WRITES[number - 1] == "iam:UntagPolicy"
    if last:
        assert ran.code == 0, (ran.error, ran.err)
        assert "The lock could not be given back" in ran.err
    else:
        assert_one_sentence(ran, NOT_FINISHED)
    assert_resumes(bench, name)


def test_aws_goes_down_while_a_stack_is_made(bench: Bench, name: str) -> None:
    """The stack goes on; looking is given up after a minute or two, and not in silence."""
    down = False

    def decide(asked: Asked) -> Fate:
        nonlocal down
        was_down, down = down, down or asked.call == "cloudformation:ExecuteChangeSet"
        return Fate.REFUSE if was_down else Fate.FORWARD

    assert_one_sentence(bench.install(name, aws=decide), NOT_FINISHED)
    assert_resumes(bench, name)


def test_aws_is_down_from_the_start(bench: Bench, name: str) -> None:
    aws_port = int(bench.info.endpoint_url.rpartition(":")[2])
    ran = bench.install(name, redirect={aws_port: free_port()})
    assert_one_sentence(ran, 1)
    assert ran.error["code"] == "aws_unreachable"
    assert_resumes(bench, name)


def test_aws_goes_down_before_anything_is_saved(bench: Bench, name: str) -> None:
    """There is nothing to resume, and nobody is told to."""
    ran = bench.install(name, aws=lambda asked: Fate.REFUSE if asked.number > REQUESTS_OF_SIGN_IN else Fate.FORWARD)
    assert_one_sentence(ran, NOT_FINISHED)
    assert "--resume" not in ran.error["fix"]
    assert_resumes(bench, name)


def test_aws_is_down_when_resumed(bench: Bench, name: str) -> None:
    assert_one_sentence(bench.install(name, aws=from_write(3, Fate.REFUSE)), NOT_FINISHED)
    aws_port = int(bench.info.endpoint_url.rpartition(":")[2])
    ran = bench.resume(name, redirect={aws_port: free_port()})
    assert_one_sentence(ran, NOT_FINISHED)
    assert f"--resume {name}" in ran.error["fix"]
    assert_resumes(bench, name)


def test_aws_is_down_when_access_is_to_be_removed(bench: Bench, name: str) -> None:
    assert bench.install(name).code == 0
    aws_port = int(bench.info.endpoint_url.rpartition(":")[2])
    ran = bench.remove(name, redirect={aws_port: free_port()})
    assert_one_sentence(ran, NOT_FINISHED)
    assert f"remove {name}" in ran.error["fix"]
    assert bench.remove(name).code == 0
    assert bench.faults_of_removal(name) == []


@pytest.mark.parametrize("number", range(1, len(points.INSTALL_VENDOR_WRITES) + 1))
def test_the_vendor_goes_down(bench: Bench, name: str, number: int) -> None:
    ran = bench.install(name, vendor=from_write(number, Fate.REFUSE))
    assert_one_sentence(ran, NOT_FINISHED)
    assert ("--resume" in ran.error["fix"]) is (number > 1)
    assert_resumes(bench, name)


def test_the_vendor_goes_down_while_it_is_watched(bench: Bench, name: str) -> None:
    def decide(asked: Asked) -> Fate:
        return Fate.REFUSE if "/events" in asked.call else Fate.FORWARD

    assert_one_sentence(bench.install(name, vendor=decide), NOT_FINISHED)
    assert_resumes(bench, name)


@pytest.mark.parametrize("number", range(1, len(points.REMOVE_AWS_WRITES)))
def test_aws_goes_down_during_a_removal(bench: Bench, name: str, number: int) -> None:
    assert bench.install(name).code == 0
    ran = bench.remove(name, aws=from_write(number, Fate.REFUSE))
    assert_one_sentence(ran, NOT_FINISHED)
    again = bench.remove(name)
    assert again.code == 0, (again.error, again.err)
    assert bench.faults_of_removal(name) == []


def test_a_removal_does_not_need_the_vendor(bench: Bench, name: str) -> None:
    """Not even where the person gives the invitation, to have the vendor asked."""
    assert bench.install(name).code == 0
    ran = bench.remove(name, "--invitation", bench.info.invitation, vendor=lambda _asked: Fate.REFUSE)
    assert ran.code == 0, (ran.error, ran.err)
    assert ran.out["removed"]
    assert "not checked" in {found["state"] for found in ran.out["evidence"]}
    assert bench.faults_of_removal(name) == []


# The sign-in ends


@pytest.mark.parametrize("number", range(1, len(points.INSTALL_AWS_WRITES)))
def test_the_sign_in_ends(bench: Bench, name: str, number: int) -> None:
    ended = False

    def decide(asked: Asked) -> Fate | Answer:
        nonlocal ended
        ended = ended or asked.write == number
        return refusal(asked, "ExpiredToken", 403) if ended else Fate.FORWARD

    ran = bench.install(name, aws=decide)
    assert_one_sentence(ran, SIGN_IN_NEEDED)
    assert_resumes(bench, name)


@pytest.mark.parametrize("number", range(1, len(points.REMOVE_AWS_WRITES)))
def test_the_sign_in_ends_during_a_removal(bench: Bench, name: str, number: int) -> None:
    assert bench.install(name).code == 0
    ended = False

    def decide(asked: Asked) -> Fate | Answer:
        nonlocal ended
        ended = ended or asked.write == number
        return refusal(asked, "ExpiredToken", 403) if ended else Fate.FORWARD

    assert_one_sentence(bench.remove(name, aws=decide), SIGN_IN_NEEDED)
    again = bench.remove(name)
    assert again.code == 0, (again.error, again.err)
    assert bench.faults_of_removal(name) == []


# Permissions


def denied(call: str) -> Plan:
    return lambda asked: refusal(asked, "AccessDenied", 403) if asked.call == call else Fate.FORWARD


@contextmanager
def forbidden(bench: Bench, action: str) -> Iterator[None]:
    """The administrator's own policy denies it; who else acts in the account is not touched."""
    iam = bench.admin("iam")
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=ADMIN, PolicyName="soak", PolicyDocument=document)
    try:
        yield
    finally:
        iam.delete_user_policy(UserName=ADMIN, PolicyName="soak")


@pytest.mark.parametrize("action", sorted(set(points.INSTALL_AWS_WRITES) - {"iam:UntagPolicy"}))
def test_a_write_of_the_install_is_forbidden(bench: Bench, name: str, action: str) -> None:
    with forbidden(bench, action):
        ran = bench.install(name)
    assert_one_sentence(ran, NOT_PERMITTED)
    assert action in ran.error["message"]
    assert_resumes(bench, name)


@pytest.mark.parametrize("action", ["iam:CreatePolicy", "iam:CreateRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"])
def test_a_resource_of_a_stack_is_forbidden(bench: Bench, name: str, action: str) -> None:
    """CloudFormation acts with the caller's permissions: the stack is rolled back, then made anew."""
    with forbidden(bench, action):
        ran = bench.install(name)
    assert_one_sentence(ran, 1)
    assert action in ran.error["message"]
    assert_resumes(bench, name)


# The lock and the cluster stop no removal: they have tests of their own.
_STOP_NOTHING = {"iam:TagPolicy", "iam:UntagPolicy", "eks:DeleteAccessEntry"}


@pytest.mark.parametrize("action", sorted(set(points.REMOVE_AWS_WRITES) - _STOP_NOTHING))
def test_a_write_of_the_removal_is_forbidden(bench: Bench, name: str, action: str) -> None:
    assert bench.install(name).code == 0
    with forbidden(bench, action):
        ran = bench.remove(name)
    assert_one_sentence(ran, NOT_PERMITTED)
    assert action in ran.error["message"]
    assert bench.session(name) is None  # the other steps are carried out all the same
    assert bench.remove(name).code == 0
    assert bench.faults_of_removal(name) == []


def test_the_cluster_is_forbidden(bench: Bench, name: str) -> None:
    """The role goes all the same; that the cluster may still let its live sessions in is said."""
    assert bench.install(name).code == 0
    with forbidden(bench, "eks:DeleteAccessEntry"):
        ran = bench.remove(name)
    assert ran.code == 0, (ran.error, ran.err)
    assert any("cluster API" in way and "eks:DeleteAccessEntry" in way for way in ran.out["still_possible"])
    assert bench.session(name) is None
    assert bench.remove(name).code == 0
    assert bench.faults_of_removal(name) == []


def test_the_lock_cannot_be_had(bench: Bench, name: str) -> None:
    """An install stops; a removal, which only narrows, tells it and goes on."""
    assert bench.install(name).code == 0
    with forbidden(bench, "iam:TagPolicy"):
        ran = bench.remove(name)
    assert ran.code == 0, (ran.error, ran.err)
    assert "iam:TagPolicy" in ran.err
    assert bench.faults_of_removal(name) == []


def test_the_lock_cannot_be_given_back(bench: Bench, name: str) -> None:
    """That is told; the same computer goes on at once all the same."""
    with forbidden(bench, "iam:UntagPolicy"):
        ran = bench.install(name)
        assert ran.code == 0, (ran.error, ran.err)
        assert "The lock could not be given back" in ran.err
        assert bench.remove(name).code == 0
    assert bench.remove(name).code == 0
    assert bench.faults_of_removal(name) == []


@pytest.mark.parametrize("call", points.INSTALL_AWS_CALLS)
def test_a_call_of_the_install_denied(bench: Bench, name: str, call: str) -> None:
    """Reads as well: each that an install makes, denied wherever it is made."""
    ran = bench.install(name, aws=denied(call))
    if call in MAY_BE_DENIED:
        assert ran.code == 0, (ran.error, ran.err)
    else:
        assert_one_sentence(ran, NOT_PERMITTED)
        assert call in ran.error["message"]
    assert_resumes(bench, name)
