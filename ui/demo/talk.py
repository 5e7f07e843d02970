"""What the window that walks by itself and its starter say to one another: a line of JSON each.

    walk → starter     {"tell": "<what>", …}      nothing comes back
    walk → starter     {"ask": "<what>", …}       {"problem": ""} when it is done, or why it could not be

The walk uses its standard output for it; Qt and Python write to standard error. When the starter is gone the walk ends.
"""

import json
from typing import Any, TextIO


class StarterGone(RuntimeError):
    """Nobody is there to talk to."""


class AskedInVain(RuntimeError):
    """The starter could not do what it was asked for; the message is its reason."""


class Line:
    def __init__(self, reader: TextIO, writer: TextIO) -> None:
        self._reader, self._writer = reader, writer

    def tell(self, what: str, **values: Any) -> None:
        self._write({"tell": what, **values})

    def ask(self, what: str, **values: Any) -> None:
        """Returns when it is done."""
        self._write({"ask": what, **values})
        answer = self._reader.readline()
        if not answer:
            raise StarterGone
        problem = json.loads(answer)["problem"]
        if problem:
            raise AskedInVain(problem)

    def _write(self, message: dict[str, Any]) -> None:
        self._writer.write(json.dumps(message) + "\n")
        self._writer.flush()
