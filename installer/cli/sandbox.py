"""`houseguest sandbox` and `demo`: a local AWS with a vendor. They need the extra `demo`, so nothing of it is imported
before."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from installer.cli.options import Json
from installer.cli.window import has_display
from installer.errors import UsageError

Scenario = Annotated[str, typer.Option(help="What the sandbox is made to do.")]


def sandbox(
    scenario: Scenario = "default",
    until_stdin_closes: Annotated[bool, typer.Option("--until-stdin-closes", help="End with the caller.")] = False,
    as_json: Json = False,
) -> None:
    """Start a local AWS with a vendor, say where it is, run until stopped."""
    _insist_on_the_extra()
    from installer.sandbox.serve import serve

    serve(scenario, json_output=as_json, until_stdin_closes=until_stdin_closes)


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Walk by itself, and check what came of it.")] = False,
    on_display: Annotated[
        bool, typer.Option("--on-display", help="With --headless: on this display, not on one in memory.")
    ] = False,
    output: Annotated[Path, typer.Option(help="Folder for report.json and pictures.")] = Path("houseguest-demo"),
    scenario: Scenario = "default",
) -> None:
    """Show the whole journey on the sandbox, in the window; without a display, or headless, it walks by itself."""
    _insist_on_the_extra()
    from installer.cli.demo import show, walk

    if headless or not _can_be_seen():
        raise typer.Exit(walk(output, scenario, on_display=on_display))
    raise typer.Exit(show(scenario))


def _can_be_seen() -> bool:
    """Whether there is a display, and it is not one in memory that Qt was told to use."""
    return has_display() and os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] not in ("offscreen", "minimal")


def _insist_on_the_extra() -> None:
    """The command's own process needs none of it: without this, only a child process would miss it, later."""
    missing = [name for name in ("fastapi", "ministack", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            "The sandbox is not installed.",
            fix="Install Houseguest with the extra demo.",
            details={"missing": ", ".join(missing)},
        )
