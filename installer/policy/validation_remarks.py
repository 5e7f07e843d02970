"""What a rule says of a policy document, and the parts that rules look at. The rules are in `validation_names.py`,
`validation_arns.py` and `validation_sense.py`; what IAM's grammar refuses is in `grammar.py`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from installer.policy.grammar import items, statements
from installer.policy.places import Path


class Severity(StrEnum):
    """With an error the policy cannot be taken. A warning leaves it to the person."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Remark:
    """Of the value at `path`, or of its key. `suggestion` is what may be meant instead, `also` what belongs to it."""

    code: str
    path: Path
    message: str
    fix: str
    severity: Severity = Severity.WARNING
    of_key: bool = False
    suggestion: str = ""
    also: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Named:
    """A text of an element, for example one action."""

    path: Path
    text: str


@dataclass(frozen=True)
class Key:
    """A condition key under an operator, as both are written, with its values."""

    path: Path
    operator: str
    key: str
    values: tuple[tuple[Path, Any], ...]

    @property
    def texts(self) -> Iterator[Named]:
        return (Named(path, value) for path, value in self.values if isinstance(value, str))


@dataclass(frozen=True)
class Part:
    """A statement as far as it has the right form: what has not is left out. `number` counts from 1."""

    number: int
    path: Path
    statement: Mapping[str, Any]

    @property
    def denies(self) -> bool:
        return self.statement.get("Effect") == "Deny"

    def named(self, element: str) -> tuple[Named, ...]:
        """The texts of Action, NotAction, Resource or NotResource."""
        values = items((*self.path, element), self.statement.get(element, []))
        return tuple(Named(path, text) for path, text in values if isinstance(text, str) and text)

    @property
    def keys(self) -> Iterator[Key]:
        condition = self.statement.get("Condition")
        for operator, keys in condition.items() if isinstance(condition, dict) else ():
            for key, values in keys.items() if isinstance(keys, dict) else ():
                path = (*self.path, "Condition", operator, key)
                yield Key(path, operator, key, tuple(items(path, values)))


def parts(data: Any) -> tuple[Part, ...]:
    """The statements of a document that has them."""
    found = statements(data) if isinstance(data, dict) else ()
    return tuple(
        Part(number, path, statement)
        for number, (path, statement) in enumerate(found, 1)
        if isinstance(statement, dict)
    )
