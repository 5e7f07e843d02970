"""Questions in bulk, one JSON object a line: what `houseguest permissions evaluate` reads and answers.

A line has `id`, `identity` (policies), `boundary`, `scp`, `session`, `request` (`action`, `resource`, `context`) and,
where the context is not complete, `"open_context": true`. What is null or left out is not there; no `resource` is `*`,
as for `iam:SimulateCustomPolicy`. `scp` is one policy, the policies of one level, or a list of such levels; `session`
is one policy or several. In `context` a list is a multivalued key, null one that is absent.

The answer has `id`, `decision`, `statement`, `why`, and `depends_on` where it depends. A line that is no question has
`id`, `line` (its number) and `error`; the others are answered all the same.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from installer.errors import PolicyError
from installer.policy.evaluate import Compiled, Decision, Outcome, Policies, evaluate
from installer.policy.request import Request, Value, short

_REQUEST_KEYS: Final = frozenset({"action", "resource", "context"})
_REMEMBERED: Final = 256


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer for each line that is not blank, as it comes."""
    book = PolicyBook()
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer(book, number, line)


def _answer(book: "PolicyBook", number: int, line: bytes) -> dict[str, Any]:
    question_id: Any = None
    try:
        question = _object(_parsed(line), "The line", None)
        question_id = question.get("id")
        return {"id": question_id, **told(_decision(book, question))}
    except PolicyError as error:
        refused = error
    except RecursionError:
        refused = PolicyError("The line is nested too deeply.", fix="Give one question a line.")
    return {"id": question_id, "line": number, "error": refused.to_json()}


def told(decision: Decision) -> dict[str, Any]:
    """A decision in JSON."""
    answer = {"decision": decision.outcome.value, "statement": str(decision.statement), "why": decision.why}
    return answer | ({"depends_on": list(decision.depends_on)} if decision.outcome is Outcome.DEPENDS else {})


def _decision(book: "PolicyBook", question: Mapping[str, Any]) -> Decision:
    open_context = question.get("open_context") or False
    if not isinstance(open_context, bool):
        raise PolicyError("open_context is not true or false.", fix="Correct it.")
    policies = Policies(
        identity=book.several("identity", question.get("identity")),
        boundary=book.one("boundary", question.get("boundary")),
        scp=book.levels("scp", question.get("scp")),
        session=book.several("session", question.get("session")),
    )
    return evaluate(policies, read_request(question.get("request"), complete=not open_context))


def read_request(data: Any, *, complete: bool = True) -> Request:
    """`data` is `{"action", "resource", "context"}`; raise a `PolicyError` where it is not."""
    asked = _object(data, "The request", _REQUEST_KEYS)
    action, resource, context = asked.get("action"), asked.get("resource"), asked.get("context")
    if not isinstance(action, str) or not isinstance(resource, str | None):
        raise PolicyError("The request's action or resource is not text.", fix='Write "service:Operation" and an ARN.')
    values = _object({} if context is None else context, "The context", None)
    found = {key: _value(key, value) for key, value in values.items()}
    return Request(action, "*" if resource is None else resource, found, complete)


def _value(key: str, value: Any) -> Value:
    if value is None:
        return ()
    return tuple(_text(key, one) for one in value) if isinstance(value, list) else _text(key, value)


def _text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise PolicyError(f"The context's {short(key)} is not text or a list of texts.", fix="Write its values as texts.")


class PolicyBook:
    """Compiles each policy once: lines of a file often share them."""

    def __init__(self) -> None:
        self._known: dict[str, Compiled] = {}

    def one(self, layer: str, policy: Any) -> Compiled | None:
        return None if policy is None else self._compiled(layer, policy)

    def several(self, layer: str, policies: Any) -> tuple[Compiled, ...]:
        if policies is None:
            return ()
        listed = policies if isinstance(policies, list) else [policies]
        return tuple(self._compiled(f"{layer} {number}", policy) for number, policy in enumerate(listed, 1))

    def levels(self, layer: str, policies: Any) -> tuple[tuple[Compiled, ...], ...]:
        of_levels = isinstance(policies, list) and policies and all(isinstance(level, list) for level in policies)
        found = (self.several(layer, level) for level in (policies if of_levels else [policies]))
        return tuple(level for level in found if level)

    def _compiled(self, layer: str, policy: Any) -> Compiled:
        text = json.dumps(policy)
        found = self._known.get(text)
        if found is None:
            try:
                found = Compiled(policy)
            except PolicyError as error:
                raise PolicyError(error.message, fix=error.fix, details={"policy": layer}) from error
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[text] = found
        return found


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise PolicyError(f"The line is not JSON: {error.msg} in column {error.colno}.", fix="Correct it.") from error
    except ValueError as error:  # not UTF-8, or a number of far too many digits
        raise PolicyError("The line is not JSON in UTF-8.", fix="Correct it.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise PolicyError("The line names a key twice in one object.", fix="Leave one of them.")
    return found


def _no_constant(name: str) -> None:
    raise PolicyError(f"The line has {name}, which is not JSON.", fix="Use a number or a text.")


def _object(data: Any, what: str, keys: frozenset[str] | None) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise PolicyError(f"{what} is not a JSON object.", fix="Write it as { … }.")
    unknown = sorted(set(data) - keys) if keys is not None else []
    if unknown:
        raise PolicyError(f"{what} has {short(unknown[0])}, which is not known.", fix="Correct or remove it.")
    return data
