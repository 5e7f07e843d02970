"""What the demo writes down: `report.json`, as docs/command-line.md gives its shape, and what it prints of it at the
end."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.markup import escape

from installer.cli import output
from installer.errors import UsageError
from installer.files import write_whole

_INSTALLATION = ("name", "account_id", "role_arn", "boundary_arn", "stack_ids", "region", "cidr", "endpoint")


@dataclass
class Report:
    """Filled while the journey is walked."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    installation: dict[str, Any] | None = None
    checks: list[dict[str, Any]] = field(default_factory=list)
    measures: dict[str, Any] = field(default_factory=dict)
    complete: bool = False

    @property
    def succeeded(self) -> bool:
        """To the end, and every check passed on the way."""
        return self.complete and all(check["passed"] for check in self.checks)

    def step(self, step: str, state: str, seconds: float, screenshot: str | None) -> None:
        self.steps.append({"step": step, "state": state, "seconds": seconds, "screenshot": screenshot})
        mark = "[green]✓[/]" if state == "done" else "[red]✗[/]"
        output.err.print(f"  {mark} {escape(step)} [dim]{seconds:.1f} s[/]")

    def installed(self, told: dict[str, Any]) -> None:
        self.installation = {key: told[key] for key in _INSTALLATION}

    def checked(self, found: Iterable[dict[str, Any]]) -> None:
        new = list(found)
        self.checks += new
        passed = sum(check["passed"] for check in new)
        output.err.print(f"[bold]Checks[/]\n  {passed} of {len(new)} passed, read back from AWS and the vendor")

    def cut_short(self, why: str) -> None:
        """The journey ended before its end."""
        self.checks.append({"name": "journey", "passed": False, "detail": why})

    def write(self, path: Path) -> None:
        told = {
            "outcome": "succeeded" if self.succeeded else "failed",
            "steps": self.steps,
            "installation": self.installation,
            "checks": self.checks,
            "measures": self.measures,
        }
        write_whole(path, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())

    def tell(self, path: Path) -> None:
        """One line for each check that passed, cut to the terminal's width; where one did not, everything it says."""
        width = max((len(check["name"]) for check in self.checks), default=0)
        for check in self.checks:
            mark = "[green]✓[/]" if check["passed"] else "[red]✗[/]"
            line = f"{mark}  {escape(check['name']):<{width}}  [dim]{escape(check['detail'])}[/]"
            if check["passed"] and output.out.is_terminal:
                output.out.print(line, no_wrap=True, overflow="ellipsis", soft_wrap=False)
            else:
                output.out.print(line)
        for name, value in self.measures.items():
            output.out.print(f"{escape(name.replace('_', ' '))}: {'not known' if value is None else value}")
        passed = sum(check["passed"] for check in self.checks)
        output.out.print(f"{passed} of {len(self.checks)} checks passed. Report: {escape(str(path))}")


def place_of_report(folder: Path) -> Path:
    """Where an earlier report is, it goes: whatever happens now, nobody shall take it for this one's."""
    path = folder.absolute() / "report.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"No report can be written to {folder}: {error.strerror}.", fix="Choose another folder with --output."
        ) from error
    return path
