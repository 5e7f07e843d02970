"""What a command prints: one JSON document on stdout with `--json`, else a few lines for a person. Questions and
progress go to stderr (`screen.py`)."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from installer.errors import HouseguestError
from installer.evidence import Source, State
from installer.steps import Finding, Severity

# No emoji: an ARN holds `:secret:`.
out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

# Shapes and words, not only colours.
_MARKS = {
    State.VERIFIED.value: "[green]✓ verified[/]",
    State.REFUTED.value: "[red]✗ refuted[/]",
    State.PREDICTED.value: "[blue]~ predicted[/]",
    State.REQUESTED.value: "[yellow]→ requested[/]",
    State.NOT_CHECKED.value: "[yellow]? not checked[/]",
}
_WHOSE = {
    Source.AWS.value: "AWS",
    Source.VENDOR.value: "the vendor's word",
    Source.OURSELVES.value: "our reasoning",
}
_SEVERITIES = {Severity.INFO: "[blue]i[/]", Severity.CAUTION: "[yellow]![/]", Severity.BLOCKER: "[red]✗[/]"}


def emit(data: object) -> None:
    """The command's one JSON document."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def facts(pairs: Mapping[str, object]) -> None:
    """Names and values, aligned. Nothing is cut off, so that ARNs can be copied."""
    width = max(map(len, pairs), default=0)
    for name, value in pairs.items():
        out.print(f"[dim]{escape(name):<{width}}[/]  {escape(str(value))}")


def evidence(found: Sequence[Mapping[str, Any]]) -> None:
    """Claims with what is known of each, and whose word it is."""
    for item in found:
        origin = " · ".join(part for part in (_WHOSE[item["source"]], item["call"]) if part)
        out.print(f"{_MARKS[item['state']]} {escape(item['claim'])} [dim]({escape(origin)})[/]")
        if item["state"] != State.VERIFIED.value and item["detail"]:
            out.print(f"  {escape(item['detail'])}")


def findings(found: Sequence[Finding]) -> None:
    """What the person must know, before a question: on stderr."""
    for finding in found:
        err.print(f"{_SEVERITIES[finding.severity]} {escape(finding.sentence)}")
        if finding.fix:
            err.print(f"  [dim]{escape(finding.fix)}[/]")


def announce(lines: Sequence[str]) -> None:
    """What is about to be made, before the question: on stderr."""
    for line in lines:
        err.print(escape(line))


def failed(error: HouseguestError, *, as_json: bool) -> None:
    """One sentence, the fix, and what to quote to support."""
    if as_json:
        emit({"error": error.to_json()})
        return
    err.print(f"[red]✗[/] {escape(error.message)}")
    if error.fix:
        err.print(f"  {escape(error.fix)}")
    for name, value in error.details.items():
        err.print(f"  [dim]{escape(name)}: {escape(value)}[/]")
