"""What if this boundary stood? Needs, which must be allowed, and fears, which must be denied, asked of the grant under
the boundary before either exists.

    bench = workbench(invitation, names, grant)   once
    bench.matrix(document)                        after every edit: some milliseconds

The decisions are those of `evaluate.py`; docs/permissions.md tells what it leaves out. What a blocked need can be met
by is looked for in `changes.py`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from installer.invitation import Invitation
from installer.names import Names
from installer.policy.described import described
from installer.policy.document import Document, as_list
from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, PolicyType, evaluate
from installer.policy.fears import Fear, Place, shipped_fears
from installer.policy.grant import Grant
from installer.policy.needs import Kind, Question, fear_questions, need_questions
from installer.policy.request import Request
from installer.policy.words import Said, explained

_REGIONS = ("us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2", "sa-east-1", "ca-central-1", "af-south-1")

_NOBODY: Mapping[PolicyType, str] = {
    PolicyType.IDENTITY: "not granted",
    PolicyType.BOUNDARY: "nothing in the boundary allows it",
}


class State(StrEnum):
    """What came of a question. A need is `allowed` or `blocked`, a fear is `denied` or `open`; either may hang on what
    is not known, and a need may not be one that can be asked."""

    ALLOWED = "allowed"
    BLOCKED = "blocked"
    DENIED = "denied"
    OPEN = "open"
    DEPENDS = "depends"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True)
class Answer:
    """One decision. `where` names the deciding statement for a person, by its policy's own name; `sentence` says in
    words what it says, and is empty where no statement decided."""

    request: Request
    decision: Decision
    where: str
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return {
            "action": self.request.action,
            "resource": self.request.resource,
            "context": dict(self.request.context),
            "decision": self.decision.outcome.value,
            "statement": str(self.decision.statement),
            "where": self.where,
            "why": self.decision.why,
            "sentence": self.sentence,
            "depends_on": list(self.decision.depends_on),
        }


# From the best to the worst of a question's answers.
_WORST: Mapping[Kind, tuple[Outcome, ...]] = {
    Kind.NEED: (Outcome.ALLOWED, Outcome.DEPENDS, Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY),
    Kind.FEAR: (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY, Outcome.DEPENDS, Outcome.ALLOWED),
}
_STATES: Mapping[Kind, Mapping[Outcome, State]] = {
    Kind.NEED: {
        Outcome.ALLOWED: State.ALLOWED,
        Outcome.DEPENDS: State.DEPENDS,
        Outcome.IMPLICIT_DENY: State.BLOCKED,
        Outcome.EXPLICIT_DENY: State.BLOCKED,
    },
    Kind.FEAR: {
        Outcome.EXPLICIT_DENY: State.DENIED,
        Outcome.IMPLICIT_DENY: State.DENIED,
        Outcome.DEPENDS: State.DEPENDS,
        Outcome.ALLOWED: State.OPEN,
    },
}

_DENIED = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
_ANYTHING_GRANTED = Compiled(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
"""What may stand in a policy that is not known."""


@dataclass(frozen=True)
class Row:
    """A question with its answers. `deciding` is the worst of them, None where nothing could be asked."""

    question: Question
    answers: tuple[Answer, ...]
    deciding: Answer | None
    state: State

    @property
    def good(self) -> bool:
        return self.state in (State.ALLOWED, State.DENIED)

    @property
    def against(self) -> tuple[Answer, ...]:
        """The answers that keep the row from being good."""
        wanted = State.ALLOWED if self.question.kind is Kind.NEED else State.DENIED
        states = _STATES[self.question.kind]
        return tuple(answer for answer in self.answers if states[answer.decision.outcome] is not wanted)

    @property
    def sentence(self) -> str:
        """What that means, for a person."""
        return _sentence(self)

    def to_json(self) -> dict[str, Any]:
        question = self.question
        return {
            "kind": question.kind.value,
            "id": question.id,
            "phase": question.phase,
            "step": question.step,
            "title": question.title,
            "why": question.why,
            "state": self.state.value,
            "sentence": self.sentence,
            "deciding": self.deciding.to_json() if self.deciding else None,
            "answers": [answer.to_json() for answer in self.answers],
            "not_asked": list(question.not_asked),
        }


@dataclass(frozen=True)
class Matrix:
    """All rows: needs by phase, then fears."""

    rows: tuple[Row, ...]

    def of(self, kind: Kind, *states: State) -> tuple[Row, ...]:
        """The rows of a kind, in these states; in any where none is given."""
        return tuple(row for row in self.rows if row.question.kind is kind and (not states or row.state in states))

    @property
    def blocked(self) -> tuple[Row, ...]:
        return self.of(Kind.NEED, State.BLOCKED)

    @property
    def unmet(self) -> tuple[Row, ...]:
        """Needs that are not surely allowed."""
        return self.of(Kind.NEED, State.BLOCKED, State.DEPENDS)

    @property
    def open(self) -> tuple[Row, ...]:
        """Fears that are not surely denied: what hangs on something unknown is not closed."""
        return self.of(Kind.FEAR, State.OPEN, State.DEPENDS)

    def row(self, question_id: str) -> Row:
        return next(row for row in self.rows if row.question.id == question_id)

    def to_json(self) -> list[dict[str, Any]]:
        return [row.to_json() for row in self.rows]


@dataclass(frozen=True)
class Workbench:
    """Everything that does not change while the boundary is edited."""

    names: Names
    operator: str
    grant: Grant
    place: Place
    questions: tuple[Question, ...]
    _identity: tuple[Compiled, ...] = field(init=False, repr=False, compare=False)
    _granted: Mapping[tuple[int, int], tuple[str, str]] = field(init=False, repr=False, compare=False)
    _kept: Callable[[str], Matrix] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_identity", self.grant.compiled)
        object.__setattr__(self, "_granted", dict(_granted(self.grant)))
        # Of the boundaries that are compared with one another, one is edited.
        object.__setattr__(self, "_kept", lru_cache(8)(self._matrix))

    def matrix(self, boundary: Document | None) -> Matrix:
        """The answers under this boundary; None asks the grant alone. Raises a `PolicyError` where the boundary has
        what cannot be evaluated."""
        return self._kept(boundary.to_json() if boundary else "")

    def _matrix(self, text: str) -> Matrix:
        """`text` is a boundary in its canonical form."""
        boundary = Document(tuple(json.loads(text)["Statement"])) if text else None
        policies = self.policies(boundary)
        said = explained(boundary, self.names, self.operator) if boundary else ()
        return Matrix(tuple(self._row(question, policies, said) for question in self.questions))

    def policies(self, boundary: Document | None) -> Policies:
        """What would be in force together."""
        return Policies(self._identity, _compiled(boundary.to_json()) if boundary else None)

    def _row(self, question: Question, policies: Policies, said: Sequence[Said]) -> Row:
        answers = []
        for request in question.requests:
            decision = evaluate(policies, request)
            answers.append(Answer(request, decision, *self._said(decision, said)))
        order = _WORST[question.kind]
        worst = max(answers, key=lambda answer: order.index(answer.decision.outcome), default=None)
        state = _STATES[question.kind][worst.decision.outcome] if worst else State.NOT_ASKED
        if question.not_asked and state is State.ALLOWED:
            state = State.NOT_ASKED
        if state in (State.DENIED, State.BLOCKED) and self._hangs_on_the_grant(question.kind, answers, policies):
            state = State.DEPENDS
        return Row(question, tuple(answers), worst, state)

    def _hangs_on_the_grant(self, kind: Kind, answers: Sequence[Answer], policies: Policies) -> bool:
        """Whether only what is known of the grant denies it, while there may be more that is not known."""
        if self.grant.is_whole:
            return False
        anything = replace(policies, identity=(_ANYTHING_GRANTED,))
        denied = [answer for answer in answers if answer.decision.outcome in _DENIED]
        open_ = [evaluate(anything, answer.request).outcome not in _DENIED for answer in denied]
        return any(open_) if kind is Kind.FEAR else all(open_)

    def _said(self, decision: Decision, said: Sequence[Said]) -> tuple[str, str]:
        ref = decision.statement
        if not ref.number:
            return _NOBODY[ref.policy_type], ""
        if ref.policy_type is PolicyType.IDENTITY:
            return self._granted[ref.policy, ref.number]
        return str(ref), said[ref.number - 1].sentence


def workbench(
    invitation: Invitation,
    names: Names,
    grant: Grant,
    *,
    region: str | None = None,
    fears: Sequence[Fear] | None = None,
) -> Workbench:
    """`region` is where the product goes; the first of the invitation's where that is not chosen yet. `fears` are the
    shipped ones unless others are given."""
    allowed = invitation.network.allowed_regions
    region = region or allowed[0]
    elsewhere = next((one for one in _REGIONS if one not in (*allowed, region)), "other-region-1")
    place = Place(names, region, elsewhere)
    asked = (*need_questions(invitation, place), *fear_questions(shipped_fears() if fears is None else fears, place))
    return Workbench(names, invitation.vendor.operator, grant, place, asked)


@lru_cache(8)
def _compiled(text: str) -> Compiled:
    """Kept, because a change is looked for with the same boundary again and again."""
    return Compiled(json.loads(text))


def _granted(grant: Grant) -> Iterator[tuple[tuple[int, int], tuple[str, str]]]:
    """Name and sentence of every statement, by the number of its policy and its own."""
    for number, policy in enumerate(grant.known, 1):
        for place, statement in enumerate(as_list((policy.document or {}).get("Statement", [])), 1):
            where = f"{policy.name}: {statement.get('Sid') or f'statement {place}'}"
            yield (number, place), (where, described(statement))


def _sentence(row: Row) -> str:
    question, answer = row.question, row.deciding
    if answer is None or row.state is State.NOT_ASKED:
        return f"Not asked: {', '.join(question.not_asked)} is not one action."
    what = f"{answer.request.action} on {answer.request.resource}"
    match row.state:
        case State.ALLOWED:
            return "The vendor can do it."
        case State.DENIED:
            return "The vendor cannot do it."
        case State.OPEN:
            return f"The vendor can do it: {what} is allowed."
        case State.BLOCKED:
            when = {"install": f"step {question.step} of the install", "update": f"step {question.step} of an update"}
            stops = when.get(question.phase, "the running product")
            return f"It would stop {stops}: {what} is not allowed. {answer.decision.why}"
    keys = ", ".join(answer.decision.depends_on)
    if not keys:
        return f"It depends on what the role is granted, which is not all known here: {what}."
    return f"It depends on {keys}, which nobody knows yet: {what}."
