"""Decisions: with known answers, by layers, with the statement that made them, and in an open context."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, PolicyType, StatementRef, evaluate
from installer.policy.questions import answers
from installer.policy.request import Request, Value

CASES = [
    json.loads(line) for line in (Path(__file__).parents[2] / "data/policy_cases.jsonl").read_text("utf-8").splitlines()
]
BUCKET = "arn:aws:s3:::b/k"
ANY: dict[str, Any] = {"Action": "*", "Resource": "*"}
ALLOW = {"Effect": "Allow", **ANY}
DENY = {"Effect": "Deny", **ANY}


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17") -> Compiled:
    return Compiled({"Version": version, "Statement": list(statements)})


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {**ALLOW, "Action": list(actions), **more}


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    return {**allow(*actions, **more), "Effect": "Deny"}


def decide(
    policies: Policies, action: str = "s3:GetObject", resource: str = BUCKET, *, complete: bool = True, **context: Value
) -> Decision:
    return evaluate(policies, Request(action, resource, {f"aws:{key}": v for key, v in context.items()}, complete))


def test_the_cases_are_all_there() -> None:
    assert len(CASES) == 162
    assert [sum(case[layer] is not None for case in CASES) for layer in ("boundary", "scp", "session")] == [30, 4, 4]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_decisions_with_known_answers(case: dict[str, Any]) -> None:
    (answer,) = answers([json.dumps(case).encode()])
    assert (answer["id"], answer["decision"]) == (case["id"], case["expected"]), f"{case['title']}: {case['why']}"


@pytest.mark.parametrize("layer", ["boundary", "scp", "session"])
class TestLimits:
    """Every layer that there is must allow; none of them grants."""

    @staticmethod
    def limited(
        layer: str, *statements: Mapping[str, Any], identity: tuple[Compiled, ...] = (policy(ALLOW),)
    ) -> Policies:
        limit = policy(*statements)
        of_layer: dict[str, Any] = {"boundary": limit, "scp": ((limit,),), "session": (limit,)}
        return Policies(identity=identity, **{layer: of_layer[layer]})

    def test_it_limits(self, layer: str) -> None:
        assert decide(self.limited(layer, allow("s3:Get*"))).outcome is Outcome.ALLOWED
        refused = decide(self.limited(layer, allow("s3:Get*")), "s3:PutObject")
        assert (refused.outcome, str(refused.statement)) == (Outcome.IMPLICIT_DENY, layer)

    def test_it_grants_nothing(self, layer: str) -> None:
        for identity in ((), (policy(allow("sqs:*")),)):
            refused = decide(self.limited(layer, ALLOW, identity=identity))
            assert (refused.outcome, str(refused.statement)) == (Outcome.IMPLICIT_DENY, "identity")

    def test_its_deny_wins(self, layer: str) -> None:
        refused = decide(self.limited(layer, ALLOW, deny("s3:*", Sid="NoS3")))
        assert (refused.outcome, str(refused.statement)) == (Outcome.EXPLICIT_DENY, f"{layer}: NoS3")

    def test_without_a_statement_it_allows_nothing(self, layer: str) -> None:
        assert decide(self.limited(layer)).outcome is Outcome.IMPLICIT_DENY


def test_each_level_of_scps_must_allow() -> None:
    root, unit, account = policy(ALLOW), policy(allow("s3:*")), policy(allow("sqs:*"))
    by = Policies(identity=(policy(ALLOW),))
    assert decide(replace(by, scp=((root,), (unit, account)))).outcome is Outcome.ALLOWED
    assert decide(replace(by, scp=((root,), (unit,), (account,)))).outcome is Outcome.IMPLICIT_DENY
    third = decide(replace(by, scp=((root,), (unit, policy(ALLOW, DENY)))))
    assert str(third.statement) == "scp 3: statement 2"


def test_any_identity_policy_and_any_session_policy_may_allow() -> None:
    several = (policy(allow("sqs:*")), policy(allow("s3:*", Sid="S3")))
    assert str(decide(Policies(identity=several, session=several)).statement) == "identity 2: S3"


def test_a_deny_anywhere_wins_whatever_its_place() -> None:
    for identity in ((policy(DENY, ALLOW),), (policy(ALLOW, DENY),), (policy(ALLOW), policy(DENY))):
        assert decide(Policies(identity=identity)).outcome is Outcome.EXPLICIT_DENY
    assert decide(Policies(identity=(policy(DENY),))).outcome is Outcome.EXPLICIT_DENY
    assert decide(Policies(identity=(policy(ALLOW, deny("s3:Put*")),))).outcome is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("pattern", "action", "names"),
    [
        ("*", "s3:GetObject", True),
        ("s3:*", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:GetObject", "S3:GETOBJECT", True),
        ("s3:Get*", "s3:PutObject", False),
        ("s3:*Object", "s3:GetObjectAcl", False),
        ("s3:Get?bject", "s3:GetObject", True),
        ("iam:*AccessKey*", "iam:ListAccessKeys", True),
        ("s3:*", "s3-object-lambda:GetObject", False),
        ("*:*", "s3:GetObject", True),
        ("apigateway:GET", "apigateway:get", True),
    ],
)
def test_actions(pattern: str, action: str, names: bool) -> None:
    statement = {key: value for key, value in ALLOW.items() if key != "Action"}
    listed = Policies(identity=(policy({**statement, "Action": pattern}),))
    excepted = Policies(identity=(policy({**statement, "NotAction": ["sqs:*", pattern]}),))
    assert (decide(listed, action).outcome is Outcome.ALLOWED) is names
    assert (decide(excepted, action).outcome is Outcome.ALLOWED) is not names


def test_it_says_what_decided() -> None:
    boundary = policy(
        allow("s3:*", "iam:*"), deny("iam:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})
    )
    both = Policies(identity=(policy(allow("s3:*")), policy(allow("iam:*", Sid="People"))), boundary=boundary)
    allowed = decide(both, "iam:GetUser", MultiFactorAuthPresent="true")
    assert allowed.statement == StatementRef(PolicyType.IDENTITY, policy=2, number=1, sid="People")
    assert allowed.why == "identity 2: People allows it, and every limit does."
    denied = decide(both, "iam:GetUser", MultiFactorAuthPresent="false")
    assert denied.why == "boundary: statement 2 denies it; a Deny wins over every Allow."
    assert decide(both, "sqs:SendMessage").why == "No identity policy allows sqs:SendMessage on arn:aws:s3:::b/k."


def test_it_says_what_a_condition_was_missing() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/a": "b"}, "Bool": {"aws:MultiFactorAuthPresent": True}}
    by = Policies(
        identity=(policy(allow("s3:*"), version="2008-10-17"),), boundary=policy(allow("*", Condition=condition))
    )
    refused = decide(by, **{"PrincipalTag/a": "b"})
    assert refused.why.endswith("; boundary: statement 1 would, but for Bool of aws:MultiFactorAuthPresent.")


def test_many_actions_are_remembered_and_forgotten() -> None:
    by = Policies(identity=(policy(allow("s3:*5")),))
    for number in range(10_000):
        outcome = decide(by, f"s3:Action{number}").outcome
        assert outcome is (Outcome.ALLOWED if number % 10 == 5 else Outcome.IMPLICIT_DENY)


class TestOpenContext:
    """What is not named is not known, rather than absent."""

    IF_TAGGED = allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/Team": "red"}}, Sid="Tagged")
    NOT_AT_NIGHT = deny("s3:*", Condition={"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}}, Sid="Night")

    def asked(self, *statements: Mapping[str, Any], action: str = "s3:GetObject", **context: Value) -> Decision:
        return decide(Policies(identity=(policy(*statements),)), action, complete=False, **context)

    def test_an_allow_that_hangs_on_a_key(self) -> None:
        found = self.asked(self.IF_TAGGED)
        assert (found.outcome, found.depends_on) == (Outcome.DEPENDS, ("aws:PrincipalTag/Team",))
        assert str(found.statement) == "identity 1: Tagged"
        assert found.why == "It depends on aws:PrincipalTag/Team: see identity 1: Tagged."
        assert self.asked(self.IF_TAGGED, **{"PrincipalTag/Team": "red"}).outcome is Outcome.ALLOWED
        assert self.asked(self.IF_TAGGED, **{"PrincipalTag/Team": ()}).outcome is Outcome.IMPLICIT_DENY

    def test_a_key_in_two_spellings_is_one(self) -> None:
        other = deny("s3:*", Condition={"StringEquals": {"AWS:principaltag/team": "blue"}})
        assert len(self.asked(self.IF_TAGGED, other).depends_on) == 1

    def test_another_allow_makes_it_sure(self) -> None:
        assert str(self.asked(self.IF_TAGGED, ALLOW).statement) == "identity 1: statement 2"

    def test_a_deny_that_hangs_on_a_key(self) -> None:
        found = self.asked(ALLOW, self.NOT_AT_NIGHT)
        assert (found.outcome, found.depends_on) == (Outcome.DEPENDS, ("aws:CurrentTime",))
        assert str(found.statement) == "identity 1: Night"

    def test_both(self) -> None:
        found = self.asked(self.IF_TAGGED, self.NOT_AT_NIGHT)
        assert found.depends_on == ("aws:CurrentTime", "aws:PrincipalTag/Team")

    def test_what_is_denied_in_any_case_is_denied(self) -> None:
        assert self.asked(self.IF_TAGGED, deny("s3:*")).outcome is Outcome.EXPLICIT_DENY
        assert self.asked(self.NOT_AT_NIGHT).outcome is Outcome.IMPLICIT_DENY
        assert self.asked(self.IF_TAGGED, action="sqs:SendMessage").outcome is Outcome.IMPLICIT_DENY

    def test_a_limit_that_hangs_on_a_key(self) -> None:
        by = Policies(identity=(policy(ALLOW),), boundary=policy(self.IF_TAGGED))
        found = decide(by, complete=False)
        assert (found.outcome, str(found.statement)) == (Outcome.DEPENDS, "boundary: Tagged")

    def test_a_resource_that_hangs_on_a_key(self) -> None:
        own = allow("s3:*", Resource="arn:aws:s3:::b/${aws:username}")
        assert self.asked(own).depends_on == ("aws:username",)
        assert self.asked(own, username="k").outcome is Outcome.ALLOWED
        within = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
        assert self.asked({**own, "Condition": within}).depends_on == ("aws:SourceIp", "aws:username")
        assert self.asked({**own, "Condition": within}, SourceIp="192.0.2.1").outcome is Outcome.IMPLICIT_DENY
