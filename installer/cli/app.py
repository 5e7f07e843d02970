"""The command `houseguest`: its commands, and what becomes of an error."""

import sys
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from installer import __version__
from installer.cli import install as install_command
from installer.cli import look, manage, output, permissions, sandbox, window
from installer.errors import Cancelled, HouseguestError, UsageError
from installer.places import default_root
from installer.redaction import configure_logging, log, log_fault

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Let a vendor run its product in your own AWS account: see what you give, narrow it, take it back.",
)
app.command("install")(install_command.install)
app.command("status")(manage.status)
app.command("remove")(manage.remove)
app.command("whoami")(look.whoami)
app.command("networks")(look.networks)
app.command("doctor")(look.doctor)
app.command("sandbox")(sandbox.sandbox)
app.command("demo")(sandbox.demo)
app.add_typer(look.invitation_app, name="invitation")
app.add_typer(permissions.permissions_app, name="permissions")
app.add_typer(manage.profiles_app, name="profiles")


def _print_version(wanted: bool) -> None:
    if wanted:
        output.out.print(__version__)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    ctx: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if ctx.invoked_subcommand is None:
        raise typer.Exit(_without_command(ctx))
    configure_logging(default_root() / "houseguest.log")
    log("command.started", command=ctx.invoked_subcommand, version=__version__)


def _without_command(ctx: typer.Context) -> int:
    if window.has_display():
        return window.open_window([])
    output.err.print("There is no display, so no window can be shown. These commands do the same:")
    typer.echo(ctx.get_help())
    return UsageError.exit_code


def run() -> NoReturn:
    """Run the command of `sys.argv`; end with the exit code that docs/command-line.md names."""
    as_json = "--json" in sys.argv[1:]
    try:
        code = app(standalone_mode=False)
    except HouseguestError as error:
        log("command.failed", code=error.code)
        output.failed(error, as_json=as_json)
        sys.exit(error.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        output.failed(Cancelled(), as_json=as_json)
        sys.exit(Cancelled.exit_code)
    except TyperException as error:
        if not error.format_message():  # no command: the help was printed
            sys.exit(UsageError.exit_code)
        output.failed(UsageError(error.format_message(), fix="See --help."), as_json=as_json)
        sys.exit(UsageError.exit_code)
    except Exception as fault:  # noqa: BLE001 - the last frame: a fault of ours must not print a traceback with values
        log_fault(fault)
        name = type(fault).__name__
        output.failed(
            HouseguestError(f"Houseguest has a fault of its own ({name}).", fix="Report it with `houseguest doctor`."),
            as_json=as_json,
        )
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
