"""`houseguest sandbox` and `demo`: a local AWS with a vendor. They need the extra `demo`, so nothing of it is imported
before."""

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
    try:
        from installer.sandbox.serve import serve
    except ModuleNotFoundError as error:
        raise _without_extra(error) from error
    serve(scenario, json_output=as_json, until_stdin_closes=until_stdin_closes)


def demo(
    headless: Annotated[bool, typer.Option("--headless", help="Walk by itself.")] = False,
    output: Annotated[Path, typer.Option(help="Folder for report.json.")] = Path("houseguest-demo"),
    scenario: Scenario = "default",
) -> None:
    """Walk the whole journey on the sandbox: install, use, remove, reconnect; write a report of what was read back."""
    try:
        from installer.cli.demo import walk
    except ModuleNotFoundError as error:
        raise _without_extra(error) from error
    raise typer.Exit(walk(output, scenario))


def _without_extra(error: ModuleNotFoundError) -> UsageError:
    return UsageError(
        "The sandbox is not installed.",
        fix="Install Houseguest with the extra demo.",
        details={"missing": error.name or ""},
    )
