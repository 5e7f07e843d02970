"""The command line: presentation only. `app.py` puts the commands together; what they do is in the engine.

Results go to stdout, everything else to stderr. With `--json` stdout holds exactly one JSON document, also for an
error.
"""


def main() -> None:
    """Entry point of the command `houseguest`. Without a command it is the window, which is not to wait for typer."""
    import sys

    from installer.cli import window

    if len(sys.argv) == 1 and window.has_display():
        sys.exit(window.open_window([]))
    from installer.cli.app import run

    run()
