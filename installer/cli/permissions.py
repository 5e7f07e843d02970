"""`houseguest permissions evaluate`: what policies allow. The lines are read by `installer/policy/questions.py`."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from installer.cli import permissions_admin, permissions_check, permissions_show, permissions_tighten
from installer.errors import UsageError

permissions_app = typer.Typer(no_args_is_help=True, help="What policies allow.")


@permissions_app.callback()
def _group() -> None:
    """What policies allow."""


permissions_app.command("show")(permissions_show.show)
permissions_app.command("check")(permissions_check.check)
permissions_app.command("admin-policy")(permissions_admin.admin_policy)
permissions_app.command("org-policy")(permissions_admin.org_policy)
permissions_app.command("tighten")(permissions_tighten.tighten)
permissions_app.command("undo")(permissions_tighten.undo)


@permissions_app.command("evaluate")
def evaluate(
    source: Annotated[str, typer.Argument(metavar="FILE.jsonl|-")],
    _as_json: Annotated[bool, typer.Option("--json", help="No difference: the answers are JSON.")] = False,
) -> None:
    """Decide in bulk, offline: one JSON answer for each line. Exit code 1 where a line has an error; the other lines
    are answered."""
    from installer.policy.questions import answers  # the other commands are not to wait for it

    failed = False
    with _lines(source) as lines, _until_nobody_reads():
        for answer in answers(lines):
            failed = failed or "error" in answer
            sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


@contextmanager
def _lines(source: str) -> Iterator[Iterable[bytes]]:
    if source == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}.", fix="Name a file of questions.") from error
    with file:
        yield file


@contextmanager
def _until_nobody_reads() -> Iterator[None]:
    """`houseguest permissions evaluate FILE | head` is no failure."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
