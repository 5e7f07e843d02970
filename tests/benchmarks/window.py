"""How long the window takes until it is painted, against a bare window of PySide6, and what it has imported by then.

Both are processes of their own without a display, measured from their start to the end of the first paint. What is
imported later is imported while the person already looks at the window.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from tests.benchmarks._ratio import Ratio, medians, report

HEAVY = ("boto3", "botocore", "keyring", "pydantic", "httpx", "cryptography")
"""Not to be imported before the first paint."""
BUDGET = 1.5
SIZE = (1200, 800)


def shown(which: str, home: str) -> str:
    """Start one of the two, wait until it was painted, and return what it told.

    Compiled code is kept in `home`, as it is beside an installed program, whatever this environment says of it.
    """
    places = dict.fromkeys(("HOME", "USERPROFILE", "HOUSEGUEST_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"), home)
    environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": f"{home}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "tests.benchmarks.window", which]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    if ran.returncode:
        raise RuntimeError(f"{which} was not shown: {ran.stderr}")
    return ran.stdout


def houseguest() -> None:
    from ui.app import main

    main([])


def bare() -> None:
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    window = QMainWindow()
    window.setCentralWidget(QLabel("Houseguest"))
    window.resize(*SIZE)
    window.show()
    QApplication.exec()


WINDOWS: dict[str, Callable[[], None]] = {"houseguest": houseguest, "bare": bare}


def show(start: Callable[[], None]) -> NoReturn:
    """Open the window, and end at the end of its first paint: print what is imported of what should not be."""
    from PySide6.QtCore import QCoreApplication, QEvent, QObject
    from PySide6.QtWidgets import QApplication

    class FirstPaint(QObject):
        """Delivers the first exposure itself: when that returns, all widgets are painted."""

        def eventFilter(self, receiver: QObject, event: QEvent) -> bool:
            if event.type() is not QEvent.Type.Expose:
                return False
            application.removeEventFilter(self)
            QCoreApplication.sendEvent(receiver, event)
            print(*(name for name in HEAVY if name in sys.modules), flush=True)
            os._exit(0)

    application = QApplication(sys.argv[:1])
    first_paint = FirstPaint()
    application.installEventFilter(first_paint)
    start()
    sys.exit("the window was never painted")


def main() -> int:
    with tempfile.TemporaryDirectory() as home:
        shown("bare", home)
        imported = shown("houseguest", home).split()  # compiled from now on
        measured, floor = medians(partial(shown, "houseguest", home), partial(shown, "bare", home), runs=9)
    verdict = f"EXCEEDED: {', '.join(imported)}" if imported else "kept"
    print(f"  not imported at the first paint: {', '.join(HEAVY)} ({verdict})", flush=True)
    return report(Ratio("window shown", measured, floor, BUDGET)) or int(bool(imported))


if __name__ == "__main__":
    if sys.argv[1:]:
        show(WINDOWS[sys.argv[1]])
    sys.exit(main())
