"""The evaluator against the plain one of the tests, on policies that nobody wrote: equal where the context is complete,
and in an open context never surer than it may be."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from installer.errors import PolicyError
from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, evaluate
from installer.policy.questions import read_request
from tests.support import slow_evaluator

ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:GetRole", "sqs:SendMessage")
ACTION_PATTERNS = ("*", "s3:*", "S3:get*", "s3:*Object", "iam:Get?ole", "iam:*", "sqs:Send*e", "*:*Object")
RESOURCES = ("*", "arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::b/red/k:l", "arn:aws:iam::123456789012:role/red")
RESOURCE_PATTERNS = (
    *("*", "arn:aws:s3:::b/*", "arn:aws:s3:::?/k", "arn:aws:s3:::*", "arn:aws:s3", "arn:aws:s3:*", "arn:aws:*:k:*:l"),
    *("arn:a?s:s3:::b", "arn:*s:s3:::b/*", "arn:aws:i*m::1*:role/*", "arn:aws:iam::*:role/${aws:username}"),
    *("arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}", "arn:aws:s3:::b/${aws:username}*", "arn:aws:s3:::b/${*}"),
    "arn:aws:s3:::${aws:username}/${aws:PrincipalTag/team}/*",
)
VALUES: dict[str, tuple[Any, ...]] = {
    "aws:username": ("red", "b", "*", ""),
    "aws:PrincipalTag/team": ("red", "Red", "k", "true"),
    "aws:TagKeys": ([], ["red"], ["red", "b"], [""], ["", "k"], "red", ""),
    "aws:MultiFactorAuthPresent": ("true", "False", "yes"),
    "aws:SourceIp": ("10.0.0.1", "192.0.2.1", "2001:db8::1"),
    "aws:CurrentTime": ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00+01:00", "1704067200"),
    "s3:max-keys": ("9", "10", "10.0", "many"),
    "aws:SourceArn": ("arn:aws:s3:::b", "arn:aws:iam::123456789012:role/red", "b"),
    "aws:Data": ("YQ==", "Yg=="),
}
TEXTS = (
    "red",
    "RED",
    "*",
    "r?d",
    "r*",
    "${aws:username}",
    "${aws:PrincipalTag/team, 'red'}",
    "${*}",
    "a${aws:TagKeys}",
)
ARNS = (
    "arn:aws:s3:::*",
    "arn:*:iam::*:role/*",
    "arn:aws:iam::?23*:role/${aws:username}",
    "${aws:SourceArn}",
    "*",
    "arn:*",
)
ORDER = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
# Operators, the keys they are asked for, the values that a policy has for them.
FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[Any, ...]], ...] = (
    (
        tuple(f"String{negation}{name}" for negation in ("", "Not") for name in ("Equals", "EqualsIgnoreCase", "Like")),
        ("aws:username", "aws:PrincipalTag/team", "aws:TagKeys"),
        TEXTS,
    ),
    (("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"), ("aws:SourceArn",), ARNS),
    (tuple(f"Numeric{name}" for name in ORDER), ("s3:max-keys",), ("10", 9.5, 10)),
    (tuple(f"Date{name}" for name in ORDER), ("aws:CurrentTime",), ("2024-01-01T00:00:00Z", 1704067200, "2023-12-31")),
    (("IpAddress", "NotIpAddress"), ("aws:SourceIp",), ("10.0.0.0/8", "192.0.2.1", "2001:db8::/32")),
    (("Bool",), ("aws:MultiFactorAuthPresent", "aws:PrincipalTag/team"), (True, "FALSE")),
    (("BinaryEquals",), ("aws:Data",), ("YQ==",)),
    (("Null",), tuple(VALUES), ("true", False)),
)


def one_or_more(values: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(values)
    return one | st.lists(one, min_size=1, max_size=3)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for _ in range(draw(st.integers(1, 2))):
        operators, keys, values = draw(st.sampled_from(FAMILIES))
        operator = draw(st.sampled_from(operators))
        if operator != "Null":
            operator = draw(st.sampled_from(("", "", "ForAllValues:", "ForAnyValue:"))) + operator
            operator += draw(st.sampled_from(("", "", "IfExists")))
        key = draw(st.sampled_from(keys).map(draw(st.sampled_from((str, str.upper)))))
        found.setdefault(operator, {})[key] = draw(one_or_more(values))
    return found


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"Effect": draw(st.sampled_from(("Allow", "Allow", "Deny")))}
    found[draw(st.sampled_from(("Action", "Action", "NotAction")))] = draw(one_or_more(ACTION_PATTERNS))
    found[draw(st.sampled_from(("Resource", "Resource", "NotResource")))] = draw(one_or_more(RESOURCE_PATTERNS))
    return found | ({"Condition": draw(conditions())} if draw(st.booleans()) else {})


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    version = draw(st.sampled_from(({"Version": "2012-10-17"},) * 4 + ({"Version": "2008-10-17"}, {})))
    return {**version, "Statement": draw(statements() | st.lists(statements(), min_size=1, max_size=3))}


MAYBE = st.none() | st.none() | policies()
CONTEXTS = st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in VALUES.items()})
QUESTIONS = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(RESOURCES), CONTEXTS)
IN_FORCE = st.tuples(st.lists(policies(), max_size=2), MAYBE, MAYBE, MAYBE)


def ours(in_force: Any, question: Any, *, complete: bool = True) -> Decision:
    identity, boundary, scp, session = in_force
    action, resource, context = question
    return evaluate(
        Policies(
            identity=tuple(map(Compiled, identity)),
            boundary=None if boundary is None else Compiled(boundary),
            scp=() if scp is None else ((Compiled(scp),),),
            session=() if session is None else (Compiled(session),),
        ),
        read_request({"action": action, "resource": resource, "context": context}, complete=complete),
    )


@settings(max_examples=600)
@given(IN_FORCE, QUESTIONS)
def test_both_say_the_same(in_force: Any, question: Any) -> None:
    identity, boundary, scp, session = in_force
    plain = slow_evaluator.decide(identity, boundary, slow_evaluator.Request(*question), scp=scp, session=session)
    assert ours(in_force, question).outcome == plain


@settings(max_examples=300)
@given(IN_FORCE, QUESTIONS, st.sets(st.sampled_from(tuple(VALUES))))
def test_what_is_sure_without_a_key_is_so_whatever_the_key_has(in_force: Any, question: Any, kept: set[str]) -> None:
    action, resource, context = question
    known = {key: value for key, value in context.items() if key in kept}
    decision = ours(in_force, (action, resource, known), complete=False)
    real = ours(in_force, question).outcome
    if decision.outcome is Outcome.DEPENDS:
        assert decision.depends_on
        assert not {key.lower() for key in known} & {key.lower() for key in decision.depends_on}
    elif decision.outcome is Outcome.IMPLICIT_DENY:
        assert real is not Outcome.ALLOWED
    else:
        assert real is decision.outcome


@given(IN_FORCE, QUESTIONS)
def test_what_it_depends_on_decides(in_force: Any, question: Any) -> None:
    """With all the keys that it names, nothing depends on anything any more, or on what only then came up."""
    action, resource, context = question
    known: dict[str, Any] = {}
    for _ in range(len(VALUES) + 1):
        decision = ours(in_force, (action, resource, known), complete=False)
        named = {key: context.get(key) for key in VALUES if key.lower() in {one.lower() for one in decision.depends_on}}
        if decision.outcome is not Outcome.DEPENDS:
            break
        assert named.keys() - known.keys()
        known |= named
    assert decision.outcome is not Outcome.DEPENDS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(TEXTS + RESOURCES),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("Statement", "Effect", "Action")), inner)
    ),
    max_leaves=6,
)


@given(policies(), st.data())
def test_a_damaged_policy_is_refused_or_answered_and_nothing_else(policy: dict[str, Any], data: st.DataObject) -> None:
    statement = data.draw(statements())
    statement[data.draw(st.sampled_from(("Effect", "Action", "Resource", "Condition", "Sid", "Extra")))] = data.draw(
        JSON
    )
    damaged = data.draw(
        st.sampled_from(({**policy, "Statement": [statement]}, statement, {**policy, "Version": statement}))
    )
    try:
        decision = ours(([damaged], None, None, None), ("s3:GetObject", "arn:aws:s3:::b", {}))
    except PolicyError as refused:
        decision_or_fix = refused.fix
    else:
        decision_or_fix = decision.why
    assert decision_or_fix
