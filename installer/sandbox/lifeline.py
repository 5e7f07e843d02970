"""A child of the sandbox never outlives its parent, not even after `kill -9`.

The parent holds the writing end of the child's standard input; the kernel closes it when the parent is gone, however it
went. PR_SET_PDEATHSIG is not used: it fires when the *thread* that started the child ends, and a sandbox started from a
worker thread must outlive that thread. This also works where there is no such call.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading


def end_with_parent() -> None:
    """End this process as soon as its standard input closes; the sandbox's home goes with it."""
    threading.Thread(target=_watch, name="lifeline", daemon=True).start()


def _watch() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    home = os.environ.get("HOUSEGUEST_SANDBOX_HOME")
    if home:
        shutil.rmtree(home, ignore_errors=True)
    os._exit(0)
