"""One permission that a request needs; requirements.py makes them, authorization.py evaluates them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Check:
    """`context` holds condition keys; ministack compares their names without case."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict)

    def on(self, resource: str, **more: Any) -> Check:
        return replace(self, resource=resource, context={**self.context, **more})

    def knowing(self, keys: dict[str, Any]) -> Check:
        return replace(self, context={**self.context, **keys})
