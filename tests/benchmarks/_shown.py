"""`python -m tests.benchmarks._shown bare|houseguest`: a process that ends when its window has been painted once.

It prints what it has imported by then. It imports nothing itself that a window needs: that belongs to the measured. Nor
does it filter Qt's events: a filter in Python makes Qt's Python know every kind of QObject, which takes 20 ms.
"""

import os
import sys
from types import SimpleNamespace
from typing import NoReturn

SIZE = (1200, 800)


def houseguest() -> None:
    """As the command of that name does without an argument."""
    from installer.cli import main

    sys.modules["ui.app"] = SimpleNamespace(main=watched)  # type: ignore[assignment]
    sys.argv[1:] = []
    main()


def watched(argv: list[str]) -> int:
    """In place of what opens the window: it is loaded only now, as then."""
    del sys.modules["ui.app"]
    from ui.app import main

    watch()
    return main(argv)


def watch() -> None:
    from PySide6.QtGui import QPaintEvent

    from ui.window import Window

    paint = Window.paintEvent

    def paint_event(self: Window, event: QPaintEvent) -> None:
        end_when_painted()
        paint(self, event)

    Window.paintEvent = paint_event  # type: ignore[method-assign]


def bare() -> None:
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            end_when_painted()
            super().paintEvent(event)

    application = QApplication(sys.argv[:1])
    window = Window()
    window.setCentralWidget(QLabel("Houseguest"))
    window.resize(*SIZE)
    window.show()
    application.exec()


def end_when_painted() -> None:
    """What is in a window is painted after it, and before any timer."""
    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, end)


def end() -> NoReturn:
    print(*sys.modules, flush=True)
    os._exit(0)


if __name__ == "__main__":
    {"houseguest": houseguest, "bare": bare}[sys.argv[1]]()
    sys.exit("the window was never painted")
