"""May it be done? A decision of IAM, and the statement that made it. docs/permissions.md tells what is modelled.

    compiled = Compiled(policy)                       once for a policy
    policies = Policies(identity=(compiled,), …)      once for what is in force together
    evaluate(policies, Request("s3:GetObject", arn))  tens of thousands of times a second

An explicit Deny anywhere wins. Else every layer that there is must allow: some identity policy, the boundary, some SCP
of each level of the organisation, some session policy. A layer without policies sets no limit, but for the identity
layer: without a policy nothing is allowed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

Where the context is open (`Request.complete` unset) a decision that hangs on a key which nobody named is `depends`.
What is `allowed` or denied is so whatever that key has; an `implicit_deny` may then turn out to be an explicit one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from installer.policy.conditions import Test, compiled
from installer.policy.matching import Patterns, tokens
from installer.policy.reading import Statement, read_policy
from installer.policy.request import Request
from installer.policy.resources import Resources
from installer.policy.truth import Truth, all_of

_REMEMBERED = 4_096


class Outcome(StrEnum):
    """The decision."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit_deny"
    IMPLICIT_DENY = "implicit_deny"
    DEPENDS = "depends"


class PolicyType(StrEnum):
    """Each limits the others."""

    SCP = "scp"
    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"


@dataclass(frozen=True)
class StatementRef:
    """A statement, or with `number` 0 a layer as a whole. `policy` and `number` count from 1, through all levels."""

    policy_type: PolicyType
    policy: int = 0
    number: int = 0
    sid: str = ""

    def __str__(self) -> str:
        """As in "identity 1: AllowList", "boundary: statement 2", "scp"."""
        if not self.number:
            return self.policy_type.value
        numbered = self.policy_type is PolicyType.IDENTITY or self.policy > 1
        policy = f"{self.policy_type.value} {self.policy}" if numbered else self.policy_type.value
        return f"{policy}: {self.sid or f'statement {self.number}'}"


@dataclass(frozen=True)
class Decision:
    """`statement` decided: the Deny, the identity policy's Allow, the first that hangs on something; for an implicit
    deny it is the layer in which no Allow was found. `depends_on` are context keys as the policies write them."""

    outcome: Outcome
    statement: StatementRef
    why: str
    depends_on: tuple[str, ...] = ()


class _Compiled:
    """One statement. Which actions it names is asked first, and remembered by `Compiled`."""

    __slots__ = ("_names_action", "_not_actions", "cover", "denies", "number", "sid", "tests")

    def __init__(self, statement: Statement, variables: bool) -> None:
        self.number = statement.number
        self.sid = statement.sid
        self.denies = statement.denies
        actions = (tokens(action.lower(), variables=False) for action in statement.actions)
        self._names_action = Patterns(actions)  # type: ignore[arg-type]  # actions have no variables
        self._not_actions = statement.not_actions
        self.cover = Resources(
            statement.resources, negated=statement.not_resources, denies=statement.denies, variables=variables
        ).cover
        self.tests: tuple[Test, ...] = compiled(statement.condition, variables=variables)

    def names(self, operation: str) -> bool:
        return self._names_action(operation) is not self._not_actions

    def met(self, request: Request) -> Truth:
        """Whether the Condition holds."""
        return all_of(test.holds(request) for test in self.tests) if self.tests else True


class Compiled:
    """A policy made ready for many requests. `policy` is the document as parsed JSON; raises `PolicyError`."""

    __slots__ = ("_remembered", "_statements")

    def __init__(self, policy: Mapping[str, Any]) -> None:
        read = read_policy(policy)
        self._statements = tuple(_Compiled(statement, read.variables) for statement in read.statements)
        self._remembered: dict[str, tuple[tuple[_Compiled, ...], tuple[_Compiled, ...]]] = {}

    def about(self, operation: str) -> tuple[tuple[_Compiled, ...], tuple[_Compiled, ...]]:
        """The statements that name an action, given in lower case: those that deny, those that allow."""
        found = self._remembered.get(operation)
        if found is None:
            named = [statement for statement in self._statements if statement.names(operation)]
            found = (
                tuple(statement for statement in named if statement.denies),
                tuple(statement for statement in named if not statement.denies),
            )
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[operation] = found
        return found


@dataclass(frozen=True)
class Policies:
    """What is in force together. `scp` has the policies of each level, from the root of the organisation down: the
    root, the organisational units, the account. Exchange one by `dataclasses.replace`."""

    identity: tuple[Compiled, ...] = ()
    boundary: Compiled | None = None
    scp: tuple[tuple[Compiled, ...], ...] = ()
    session: tuple[Compiled, ...] = ()
    layers: tuple[tuple[PolicyType, int, tuple[Compiled, ...]], ...] = field(init=False, repr=False, compare=False)
    """Each must allow. In the order in which AWS asks them, with the number of policies before those of a level."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self._layers()))

    def _layers(self) -> Iterator[tuple[PolicyType, int, tuple[Compiled, ...]]]:
        before = 0
        for level in self.scp:
            yield PolicyType.SCP, before, level
            before += len(level)
        yield PolicyType.IDENTITY, 0, self.identity
        if self.boundary is not None:
            yield PolicyType.BOUNDARY, 0, (self.boundary,)
        if self.session:
            yield PolicyType.SESSION, 0, self.session


def evaluate(policies: Policies, request: Request) -> Decision:
    """Never raises: what could not be read was refused when it was compiled."""
    doubts: list[tuple[StatementRef, frozenset[str]]] = []
    for layer, before, level in policies.layers:
        for number, policy in enumerate(level, before + 1):
            for statement in policy.about(request.operation)[0]:
                truth = _applies(statement, request)
                if truth is True:
                    ref = _ref(layer, number, statement)
                    return Decision(Outcome.EXPLICIT_DENY, ref, f"{ref} denies it; a Deny wins over every Allow.")
                if truth is not False:
                    doubts.append((_ref(layer, number, statement), truth))
    granted: StatementRef | None = None
    for layer, before, level in policies.layers:
        allow = _allow(layer, before, level, request)
        if isinstance(allow, Decision):
            return allow
        ref, keys = allow
        if keys:
            doubts.append((ref, keys))
        elif layer is PolicyType.IDENTITY:
            granted = ref
    if doubts or granted is None:
        return _depends(doubts)
    limits = len(policies.layers) - 1
    return Decision(Outcome.ALLOWED, granted, f"{granted} allows it{', and every limit does' if limits else ''}.")


def _applies(statement: _Compiled, request: Request) -> Truth:
    covered = statement.cover(request)
    if covered is True:
        return statement.met(request)
    return covered if covered is False else all_of((covered, statement.met(request)))


def _allow(
    layer: PolicyType, before: int, level: tuple[Compiled, ...], request: Request
) -> tuple[StatementRef, frozenset[str]] | Decision:
    """The statement of one level that allows it, with the keys on which that hangs; a decision where none can."""
    possible: StatementRef | None = None
    keys: frozenset[str] = frozenset()
    unmet: tuple[int, _Compiled] | None = None
    for number, policy in enumerate(level, before + 1):
        for statement in policy.about(request.operation)[1]:
            truth = _applies(statement, request)
            if truth is True:
                return _ref(layer, number, statement), frozenset()
            if truth is not False:
                possible = possible or _ref(layer, number, statement)
                keys |= truth
            elif unmet is None and statement.tests and statement.cover(request) is True:
                unmet = number, statement
    return _implicitly_denied(layer, unmet, request) if possible is None else (possible, keys)


def _ref(layer: PolicyType, policy: int, statement: _Compiled) -> StatementRef:
    return StatementRef(layer, policy, statement.number, statement.sid)


_NOBODY = {
    PolicyType.SCP: "No SCP of one level",
    PolicyType.IDENTITY: "No identity policy",
    PolicyType.BOUNDARY: "No statement of the boundary",
    PolicyType.SESSION: "No session policy",
}


def _implicitly_denied(layer: PolicyType, unmet: tuple[int, _Compiled] | None, request: Request) -> Decision:
    why = f"{_NOBODY[layer]} allows {request.action} on {request.resource}"
    if unmet is not None:
        number, statement = unmet
        failed = next(test for test in statement.tests if test.holds(request) is False)
        why += f"; {_ref(layer, number, statement)} would, but for {failed.operator} of {failed.key}"
    return Decision(Outcome.IMPLICIT_DENY, StatementRef(layer), f"{why}.")


def _depends(doubts: list[tuple[StatementRef, frozenset[str]]]) -> Decision:
    written = {key.lower(): key for _, found in doubts for key in sorted(found)}
    keys = tuple(written[key] for key in sorted(written))
    ref = doubts[0][0]
    return Decision(Outcome.DEPENDS, ref, f"It depends on {', '.join(keys)}: see {ref}.", keys)
