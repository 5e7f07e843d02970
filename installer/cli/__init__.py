"""The command line: presentation only. `app.py` puts the commands together; what they do is in the engine.

Results go to stdout, everything else to stderr. With `--json` stdout holds exactly one JSON document, also for an
error.
"""


def main() -> None:
    """Entry point of the command `houseguest`."""
    from installer.cli.app import run

    run()
