"""What the review of the vendor's template finds. The window, `--json` and the report show the same object."""

from dataclasses import dataclass

from installer.policy.template_reading import Path
from installer.steps import Severity


@dataclass(frozen=True)
class Place:
    """Where in the template: `logical_id` is empty outside of Resources, `line` is 0 where it is not known."""

    logical_id: str
    path: str
    line: int

    @classmethod
    def of(cls, path: Path, line: int) -> "Place":
        inside = len(path) > 1 and path[0] == "Resources"
        parts = path[2:] if inside else path
        told = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
        return cls(str(path[1]) if inside else "", told.removeprefix("."), line)

    def __str__(self) -> str:
        """As in "OperatorRole, Properties.Policies[0], line 70"."""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(part for part in (self.logical_id, self.path, line) if part)

    def to_json(self) -> dict[str, object]:
        return {"logical_id": self.logical_id, "path": self.path, "line": self.line}


@dataclass(frozen=True)
class TemplateFinding:
    """`severity`: a blocker must not be made, a caution is a decision of yours, an info is told. `wanted` is what the
    template should say instead: the vendor is to be asked for it."""

    code: str
    severity: Severity
    title: str
    why: str
    place: Place
    wanted: str

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "title": self.title,
            "why": self.why,
            "place": self.place.to_json(),
            "wanted": self.wanted,
        }
