"""The smallest change of a boundary that allows a blocked need: looked for, then verified with the evaluator.

A change is only offered where, with it, every call of the need is allowed and no fear is less surely denied than it
was. Where a Deny is in the way, the candidates are tried from the narrowest: except the resource, except the value
of its condition, take the action out, take the statement away. Where nothing allows the call, a statement that allows
just that is added. What the layer Protect says is never touched: it holds whatever the person chooses.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from installer.policy.boundary import Layer
from installer.policy.described import described, listed
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document, Statement, as_list
from installer.policy.evaluate import Compiled, Outcome, Policies, PolicyType, evaluate
from installer.policy.fears import GLOBAL_SERVICES
from installer.policy.needs import Kind
from installer.policy.request import Request
from installer.policy.what_if import Answer, Row, State, Workbench

_MOST_EDITS = 12
_DENIES = (Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY)
_HELD: Mapping[Outcome, int] = {
    Outcome.ALLOWED: 0,
    Outcome.DEPENDS: 1,
    Outcome.IMPLICIT_DENY: 2,
    Outcome.EXPLICIT_DENY: 2,
}
_CLOSED: Mapping[State, int] = {State.OPEN: 0, State.DEPENDS: 1, State.DENIED: 2}
# A value more in such a condition makes a Deny narrower.
_EXCEPTING = ("StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike", "ArnNotEquals", "ArnNotLike")


@dataclass(frozen=True)
class Edit:
    """One statement: added where `before` is None, taken away where `after` is."""

    sentence: str
    before: Statement | None
    after: Statement | None

    def to_json(self) -> dict[str, Any]:
        return {"sentence": self.sentence, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Change:
    """Verified: `document` is the boundary with the edits. `row` is the blocked need that they allow."""

    row: Row
    edits: tuple[Edit, ...]
    document: Document

    @property
    def sentence(self) -> str:
        return "; then ".join(edit.sentence for edit in self.edits) + "."

    def to_json(self) -> dict[str, Any]:
        return {
            "need": self.row.question.id,
            "sentence": self.sentence,
            "edits": [edit.to_json() for edit in self.edits],
            "document": self.document.to_object(),
        }


@dataclass(frozen=True)
class NoChange:
    """There is none, and why."""

    row: Row
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return {"need": self.row.question.id, "sentence": self.sentence, "edits": [], "document": None}


def smallest_change(bench: Workbench, boundary: Document, row: Row) -> Change | NoChange:
    """What would let a blocked need through, or why nothing that is offered here would."""
    search = _Search(bench, boundary, row)
    return search.change()


class _Search:
    """One blocked need under one boundary."""

    def __init__(self, bench: Workbench, boundary: Document, row: Row) -> None:
        self._bench = bench
        self._row = row
        self._was = bench.matrix(boundary)
        self._document = boundary
        self._edits: list[Edit] = []

    def change(self) -> Change | NoChange:
        for _ in range(_MOST_EDITS):
            blocked = self._blocked(self._document)
            if not blocked:
                break
            refused = self._ungranted(blocked)
            if refused is not None:
                return self._none(
                    f"The vendor's own template does not let its role call {refused.action} on {refused.resource}: "
                    "no boundary gives what is not granted. Ask the vendor"
                )
            if not self._step(blocked):
                held = blocked[0].decision.statement
                return self._none(f"Every change that allows it opens a fear, or is of what always stays ({held})")
        if self._blocked(self._document):
            return self._none("It would take too many changes")
        if self._document.size > MANAGED_POLICY_CHARACTERS:
            return self._none(f"With the change the boundary has {self._document.size:,} characters, which do not fit")
        return Change(self._row, tuple(self._edits), self._document)

    def _none(self, why: str) -> NoChange:
        return NoChange(self._row, f"{why}.")

    def _blocked(self, document: Document) -> list[Answer]:
        row = self._bench.matrix(document).row(self._row.question.id)
        return [answer for answer in row.against if answer.decision.outcome in _DENIES]

    def _ungranted(self, blocked: Iterable[Answer]) -> Request | None:
        """A call that the grant alone does not allow."""
        granted = Policies(self._bench.policies(None).identity)
        requests = (answer.request for answer in blocked)
        return next((one for one in requests if evaluate(granted, one).outcome in _DENIES), None)

    def _step(self, blocked: list[Answer]) -> bool:
        """The narrowest edit after which less is blocked. One that opens no call of any fear is preferred; in the end a
        fear that is open anyway may be open in more ways."""
        candidates = list(self._candidates(blocked))
        for opens in (self._opens_a_try, self._opens_a_fear):
            for edit, document in candidates:
                if _count(self._blocked(document)) < _count(blocked) and not opens(document):
                    self._edits.append(edit)
                    self._document = document
                    return True
        return False

    def _opens_a_try(self, document: Document) -> bool:
        """Whether a call of a fear is less surely denied than it was under the boundary as it stood."""
        policies = self._bench.policies(document)
        return any(
            _HELD[evaluate(policies, answer.request).outcome] < _HELD[answer.decision.outcome]
            for fear in self._was.of(Kind.FEAR)
            for answer in fear.answers
        )

    def _opens_a_fear(self, document: Document) -> bool:
        """Whether a fear is less surely closed than it was."""
        now = self._bench.matrix(document)
        return any(_CLOSED[now.row(was.question.id).state] < _CLOSED[was.state] for was in self._was.of(Kind.FEAR))

    def _candidates(self, blocked: list[Answer]) -> Iterator[tuple[Edit, Document]]:
        denied = next((one for one in blocked if one.decision.outcome is Outcome.EXPLICIT_DENY), None)
        if denied is not None:
            yield from self._narrowed(denied)
            return
        statement = self._added(blocked)
        edit = Edit(f"Add a statement that allows it: {described(statement)}", None, statement)
        yield edit, Document((*self._document.statements, statement))

    def _narrowed(self, denied: Answer) -> Iterator[tuple[Edit, Document]]:
        ref = denied.decision.statement
        if ref.policy_type is not PolicyType.BOUNDARY:
            return
        place = ref.number - 1
        statement = self._document.statements[place]
        if str(statement.get("Sid", "")).startswith(Layer.PROTECT):
            return
        where = str(ref).removeprefix("boundary: ")
        for sentence, after in _narrower(statement, denied.request, self._arns()):
            before, rest = self._document.statements[:place], self._document.statements[place + 1 :]
            edited = (*before, *([after] if after else []), *rest)
            if edited:
                yield Edit(sentence.format(where=where), statement, after), Document(edited)

    def _arns(self) -> tuple[str, ...]:
        return self._row.question.resources

    def _added(self, blocked: list[Answer]) -> Statement:
        """An Allow of just the blocked calls, on what the vendor names."""
        actions = list(dict.fromkeys(answer.request.action for answer in blocked))
        taken = {str(statement.get("Sid", "")) for statement in self._document.statements}
        sid = next(name for name in _sids(self._row.question.id) if name not in taken)
        return {"Sid": sid, "Effect": "Allow", "Action": _short(actions), "Resource": _short(list(self._arns()))}


def _count(blocked: Iterable[Answer]) -> int:
    """So that an edit counts which turns an explicit deny into an implicit one."""
    return sum(2 if answer.decision.outcome is Outcome.EXPLICIT_DENY else 1 for answer in blocked)


def _narrower(statement: Statement, request: Request, arns: Iterable[str]) -> Iterator[tuple[str, Statement | None]]:
    """The statement with less in it, from the narrowest change; `{where}` is its name."""
    by_resource = _with_exceptions(statement, [arn for arn in arns if arn != "*"])
    by_value = _with_another_value(statement, request)
    # A lock of regions is understood as one of regions; a global service has none of the person's.
    is_global = request.operation.partition(":")[0] in GLOBAL_SERVICES
    locks = str(statement.get("Sid", "")).startswith(Layer.REGION) and not is_global
    yield from (*by_value, *by_resource) if locks else (*by_resource, *by_value)
    if "NotAction" in statement:
        yield (
            f"In {{where}}, except {request.action}",
            {**statement, "NotAction": [*as_list(statement["NotAction"]), request.action]},
        )
    else:
        named = [str(action) for action in as_list(statement["Action"])]
        if named == ["*"]:
            rest = {key: value for key, value in statement.items() if key != "Action"}
            yield f"In {{where}}, except {request.action}", {**rest, "NotAction": request.action}
        left = [action for action in named if not _names(action, request)]
        if left and len(left) < len(named):
            gone = ", ".join(action for action in named if action not in left)
            yield f"Take {gone} out of {{where}}", {**statement, "Action": left}
    yield "Take {where} away", None


def _with_exceptions(statement: Statement, arns: list[str]) -> Iterator[tuple[str, Statement | None]]:
    """Less the resources that the need names."""
    if arns and "NotResource" in statement:
        yield (
            f"In {{where}}, except {listed(arns)}",
            {**statement, "NotResource": [*as_list(statement["NotResource"]), *arns]},
        )
    elif arns and as_list(statement["Resource"]) == ["*"]:
        rest = {key: value for key, value in statement.items() if key != "Resource"}
        yield f"In {{where}}, except {listed(arns)}", {**rest, "NotResource": _short(arns)}


def _with_another_value(statement: Statement, request: Request) -> Iterator[tuple[str, Statement | None]]:
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items() if operator in _EXCEPTING else ():
            known = request.values.get(str(key).lower())
            if isinstance(known, str):
                more = {**keys, key: [*as_list(values), known]}
                condition = {**statement["Condition"], operator: more}
                yield f"In {{where}}, except {known} of {key}", {**statement, "Condition": condition}


def _denies(statement: Statement, request: Request) -> bool:
    only = Compiled({"Version": "2012-10-17", "Statement": [statement]})
    return evaluate(Policies((only,)), request).outcome is Outcome.EXPLICIT_DENY


def _names(action: str, request: Request) -> bool:
    return _denies({"Effect": "Deny", "Action": action, "Resource": "*"}, request)


def _sids(question_id: str) -> Iterator[str]:
    told = "".join(part.capitalize() for part in question_id.split("-"))
    yield f"{Layer.BASE}{told}"
    yield from (f"{Layer.BASE}{told}n{number}" for number in range(1, 1_000))


def _short(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
