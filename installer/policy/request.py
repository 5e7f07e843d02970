"""A question to policies: may this be done to that, in these circumstances? `evaluate.py` answers it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from installer.errors import PolicyError


class Unknown(Enum):
    """What is known of a key that an open context does not name."""

    KEY = "unknown"


ABSENT: Final[tuple[str, ...]] = ()

Value = str | tuple[str, ...]

# No wildcards: a question is about one operation.
_ACTION = re.compile(r"[\w.-]+:[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Request:
    """One operation on one resource.

    `action` is `service:Operation`. `resource` is an ARN, or `*` for an operation that is not about one resource.
    `context` maps condition keys, whose case does not matter, to a text where the key has one value by its nature, and
    to a tuple where it is a multivalued key such as `aws:TagKeys`. An empty tuple says that the key is absent: a key
    without a value is null. With `complete` unset, keys that are not named are unknown rather than absent.

    Raises `PolicyError` where it is no question.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, Value] = field(default_factory=dict)
    complete: bool = True
    operation: str = field(init=False, repr=False, compare=False)
    """The action in lower case."""
    values: Mapping[str, Value] = field(init=False, repr=False, compare=False)
    """The context by keys in lower case."""
    missing: Value | Unknown = field(init=False, repr=False, compare=False)
    """What a key has that is not in `values`."""

    def __post_init__(self) -> None:
        if not _ACTION.fullmatch(self.action):
            raise PolicyError(
                f"The action {short(self.action)} is not one operation.", fix='Write "service:Operation".'
            )
        if not self.resource:
            raise PolicyError("The resource is empty.", fix='Write an ARN, or "*" where there is no single resource.')
        values = {key.lower(): value for key, value in self.context.items()}
        if len(values) != len(self.context):
            raise PolicyError(
                "The context names a key twice.", fix="The case of a key does not matter: leave one of them."
            )
        object.__setattr__(self, "operation", self.action.lower())
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "missing", ABSENT if self.complete else Unknown.KEY)


def short(text: str) -> str:
    """For a sentence: a text of somebody else's may be long."""
    return repr(text) if len(text) <= 100 else f"{text[:100]!r}…"
