"""What the lint of a boundary and of a trust policy finds. The window, `--json` and the report show the same object."""

from dataclasses import dataclass

from installer.policy.lint_fixes import Fix, Subject
from installer.steps import Severity


@dataclass(frozen=True)
class OpenCall:
    """A call that nothing stops. `depends_on` names the condition keys on which it hangs; none: it is open."""

    action: str
    resource: str
    why: str
    depends_on: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        return not self.depends_on

    def to_json(self) -> dict[str, object]:
        return {
            "action": self.action,
            "resource": self.resource,
            "why": self.why,
            "depends_on": list(self.depends_on),
        }


@dataclass(frozen=True)
class Finding:
    """`severity`: a blocker lets the vendor out of the limit, a caution is wide and a decision of yours, an info is
    told. `decided_by` names the statement on account of which it is so, `statement` is its number from 1; `calls` come
    surest first."""

    code: str
    severity: Severity
    subject: Subject
    title: str
    why: str
    decided_by: str
    statement: int
    calls: tuple[OpenCall, ...]
    fix: Fix | None = None

    @property
    def certain(self) -> bool:
        """Whether it is so whatever is not known."""
        return not self.calls or self.calls[0].certain

    def to_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": self.severity.value,
            "subject": self.subject.value,
            "title": self.title,
            "why": self.why,
            "decided_by": self.decided_by,
            "statement": self.statement,
            "certain": self.certain,
            "calls": [call.to_json() for call in self.calls],
            "fix": self.fix.to_json() if self.fix else None,
        }
