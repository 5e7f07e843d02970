"""An IAM policy document: parsed, checked by the rules of `grammar.py`, canonical, measured as AWS measures it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from installer.errors import BoundaryError
from installer.policy.grammar import VERSION, offences, statements
from installer.policy.grammar import as_list as as_list

MANAGED_POLICY_CHARACTERS = 6_144
MAX_TEXT_BYTES = 262_144

Statement = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """An identity policy or boundary of version 2012-10-17. Statements are plain JSON objects and are never changed."""

    statements: tuple[Statement, ...]

    @classmethod
    def from_json(cls, text: str) -> "Document":
        """Parse and check; raise a `BoundaryError` that says where it is wrong."""
        if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT_BYTES:
            raise BoundaryError(
                f"The policy is larger than {MAX_TEXT_BYTES // 1024} KiB.", fix="Give one policy document."
            )
        try:
            data = json.loads(
                text.removeprefix("\ufeff"), object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
            )
        except json.JSONDecodeError as error:
            raise BoundaryError(
                f"The policy is not JSON: {error.msg} in line {error.lineno}, column {error.colno}.",
                fix="Correct the text at that place.",
            ) from error
        except RecursionError as error:
            raise BoundaryError("The policy is nested too deeply.", fix="Give one policy document.") from error
        except ValueError as error:
            raise BoundaryError("The policy has a number of far too many digits.", fix="Shorten it.") from error
        return cls.from_object(data)

    @classmethod
    def from_object(cls, data: Any) -> "Document":
        """The same for JSON that is already parsed, for example what `iam:GetPolicyVersion` answers."""
        for offence in offences(data):
            raise BoundaryError(offence.message, fix=offence.fix)
        return cls(tuple(statement for _, statement in statements(data)))

    def to_object(self) -> dict[str, Any]:
        return {"Version": VERSION, "Statement": [dict(statement) for statement in self.statements]}

    def to_json(self) -> str:
        """Canonical: the shortest text; the same statements always give the same characters."""
        return json.dumps(self.to_object(), separators=(",", ":"), ensure_ascii=False)

    def pretty(self) -> str:
        return json.dumps(self.to_object(), indent=2, ensure_ascii=False)

    @property
    def size(self) -> int:
        """Characters as AWS counts them."""
        return characters(self.to_json())

    def same_as(self, other: "Document") -> bool:
        """Equal in what is said: order of keys aside."""
        return self.to_object() == other.to_object()


def characters(text: str) -> int:
    """As AWS counts them for a managed policy: without white space."""
    return len("".join(text.split()))


def _without_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise BoundaryError(
                f"The policy names {key!r} twice in one object.", fix="AWS would keep only one: remove the other."
            )
        result[key] = value
    return result


def _refuse_constant(name: str) -> None:
    raise BoundaryError(f"The policy has {name}, which is not JSON.", fix="Use a number or a text.")
