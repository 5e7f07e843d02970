"""Progress on stderr: one line for each thing that happened, and a status line for what is going on now."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from installer.events import (
    Checked,
    Event,
    Notice,
    ResourceChanged,
    Scanned,
    StepChanged,
    StepState,
    VendorProgress,
    Waiting,
)
from installer.evidence import Source, State

_STEPS = {
    "invitation": "Invitation",
    "sign_in": "Sign in",
    "permissions": "Permissions",
    "connect": "Connect",
    "network": "Network",
    "review": "Review",
    "install": "Install",
    "cut": "Cut: deny everything in the boundary",
    "close_trust": "Close the trust: no new sessions",
    "cluster": "Close the cluster to the role",
    "role_stack": "Delete the role's stack",
    "verify": "Verify",
    "access_stack": "Delete the boundaries' stack, unless the product needs them",
}
_EVIDENCE = {
    State.VERIFIED: "[green]✓[/]",
    State.REFUTED: "[red]✗[/]",
    State.PREDICTED: "[blue]~[/]",
    State.REQUESTED: "[yellow]→[/]",
    State.NOT_CHECKED: "[yellow]?[/]",
}


class Screen:
    """A sink of the engine's events."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._began = 0.0
        self._doing: dict[str, str] = {}

    @contextmanager
    def live(self) -> Iterator["Screen"]:
        """Show a moving status line where there is a terminal."""
        if not self._console.is_terminal:
            yield self
            return
        with self._console.status("") as status:
            self._status = status
            try:
                yield self
            finally:
                self._status = None

    def show(self, event: Event) -> None:
        match event:
            case StepChanged(step, StepState.STARTED):
                self._began = time.monotonic()
                self._console.print(f"[bold]{escape(_STEPS.get(step, step))}[/]")
                self._now(_STEPS.get(step, step))
            case StepChanged(_, state, sentence):
                self._ended(state, sentence)
            case ResourceChanged():
                self._resource(event)
            case VendorProgress():
                self._vendor(event)
            case Waiting(what, last_checked):
                self._now(f"{what} (last checked {last_checked:%H:%M:%S})")
            case Scanned(region, ranges, problem):
                self._now(f"{region}: {problem or f'{ranges} ranges'}")
            case Checked(evidence):
                whose = " [dim](the vendor's word)[/]" if evidence.source is Source.VENDOR else ""
                why = f" [dim]{escape(evidence.detail)}[/]" if evidence.state is not State.VERIFIED else ""
                self._console.print(f"  {_EVIDENCE[evidence.state]} {escape(evidence.claim)}{whose}{why}")
            case Notice(sentence):
                self._console.print(f"  [yellow]![/] {escape(sentence)}")

    def _ended(self, state: StepState, sentence: str) -> None:
        if state is StepState.FAILED:
            self._console.print(f"  [red]✗[/] {escape(sentence)}")
        else:
            self._console.print(f"  [dim]{time.monotonic() - self._began:.1f} s[/]")

    def _resource(self, event: ResourceChanged) -> None:
        colour = "red" if event.status.endswith("FAILED") else "dim"
        reason = f" [dim]{escape(event.reason)}[/]" if event.status.endswith("FAILED") else ""
        self._console.print(f"  [{colour}]{event.status:>18}[/] {escape(event.logical_id)}{reason}")

    def _vendor(self, event: VendorProgress) -> None:
        """One line when a step of the vendor ends: what it was, and how it ended."""
        if event.seq == 1:
            self._console.print("  [dim]As the vendor tells it:[/]")
        if event.state == "started":
            self._doing[event.step] = event.message
            self._now(event.message)
            return
        mark = "[red]✗[/]" if event.state == "failed" else "[green]✓[/]"
        did = self._doing.pop(event.step, event.message)
        why = f": {escape(event.message)}" if event.state == "failed" and did != event.message else ""
        self._console.print(f"  {mark} {escape(did)}{why}")

    def _now(self, sentence: str) -> None:
        if self._status is not None:
            self._status.update(f"[dim]{escape(sentence)}[/]")
