"""`houseguest sandbox` and `demo`: a local AWS with a vendor. They need the extra `demo`, so nothing of it is imported
before."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from installer.cli.options import Json
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
    headless: Annotated[bool, typer.Option("--headless", help="Walk by itself.")] = False,
    output: Annotated[Path, typer.Option(help="Folder for report.json.")] = Path("houseguest-demo"),
    scenario: Scenario = "default",
) -> None:
    """Walk the whole journey on the sandbox: install, use, remove, reconnect; write a report of what was read back."""
    _insist_on_the_extra()
    from installer.cli.demo import walk

    raise typer.Exit(walk(output, scenario))


def _insist_on_the_extra() -> None:
    """The command's own process needs none of it: without this, only a child process would miss it, later."""
    missing = [name for name in ("fastapi", "ministack", "uvicorn") if find_spec(name) is None]
    if missing:
        raise UsageError(
            "The sandbox is not installed.",
            fix="Install Houseguest with the extra demo.",
            details={"missing": ", ".join(missing)},
        )
