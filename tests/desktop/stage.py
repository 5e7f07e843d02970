"""The real window over a desk without an AWS, in a process of its own: `python -m tests.desktop.stage FOLDER`.

Each line on standard input names a scene of `scenes.py`; the answer is `shown`, or why it could not be. The window of
the scene before is gone by then. In between the window lives as it always does: it can be clicked, typed into, read by
a screen reader, and closed. The line `state` asks where it is, and is answered in JSON.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint, QSocketNotifier
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QWidget

from tests.support import surveys
from tests.support.desk import FakeDesk
from ui.app import Application, qt_application
from ui.page import Page
from ui.visit import Visit
from ui.window import Window

Shown = TypeVar("Shown", bound=QWidget)

PATIENCE_MS = 10_000
TURN_MS = 5


class Stage:
    """One window at a time. It begins with nothing opened and nothing saved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._application: Application | None = None
        self.desk = FakeDesk(folder)

    def begin(self) -> None:
        """Another window, with a desk and a state folder of its own."""
        if self._application is not None:
            self._application.runner.shutdown()
            self._application.window.hide()
            self._application.window.deleteLater()
            self._application.deleteLater()
        self._made += 1
        root = self._folder / str(self._made)
        self.desk = FakeDesk(root)
        self.desk.current_survey = surveys.survey()
        self._application = Application(self.desk, root=root)
        self._application.show()
        self.until(lambda: self.window.isActiveWindow() and "installations" in self.desk.calls)
        self.settled()

    @property
    def window(self) -> Window:
        assert self._application is not None, "begin first"
        return self._application.window

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def dialog(self) -> QDialog:
        """The one that is open."""
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog), f"no dialog is open, but {found}"
        return found

    def shown(self, kind: type[Shown]) -> list[Shown]:
        """What of that kind can be seen on the page."""
        return [widget for widget in self.page.findChildren(kind) if widget.isVisible()]

    def only(self, kind: type[Shown]) -> Shown:
        """The one of that kind that can be seen on the page."""
        [widget] = self.shown(kind)
        return widget

    def choose(self, text: str) -> None:
        """In the one list of choices of the page; and what follows from it."""
        combo = self.only(QComboBox)
        assert combo.findText(text) >= 0, f"there is no {text}"
        combo.setCurrentText(text)
        self.settled()

    def at(self, visit: Visit) -> None:
        """Go on with a visit that came so far."""
        self.window.take_up(visit)
        self.settled()

    def proceed(self) -> None:
        """What the primary button does, and what follows from it."""
        self.window.footer.primary_button.click()
        self.settled()

    def settled(self) -> None:
        """Nothing is read or written any more."""
        self.until(lambda: not self.page.busy and not (self._application and self._application.runner.running))

    def until(self, happened: Callable[[], object]) -> None:
        for _ in range(PATIENCE_MS // TURN_MS):
            if happened():
                return
            QTest.qWait(TURN_MS)
        raise TimeoutError(f"this did not come about within {PATIENCE_MS / 1000:.0f} s")


def state(stage: Stage) -> str:
    """Where the window is, and what its ground on the screen is: of a pixel that nothing is painted on."""
    focus, window = QApplication.focusWidget(), stage.window
    place = window.mapToGlobal(QPoint(window.width() - 4, window.height() // 2))
    ground = window.screen().grabWindow(0, place.x(), place.y(), 1, 1).toImage().pixelColor(0, 0)
    told = {
        "busy": stage.page.busy,
        "dialog": QApplication.activeModalWidget() is not None,
        "focus": focus.accessibleName() if focus is not None else "",
        "ground": ground.name(),
    }
    return json.dumps(told)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder: Path) -> int:
    from tests.desktop.scenes import SCENES

    qt = qt_application(sys.argv[:1])
    stage = Stage(folder)

    def ask() -> None:
        name = sys.stdin.readline().strip()
        if not name:
            qt.quit()
            return
        if name == "state":
            tell(state(stage))
            return
        try:
            stage.begin()
            SCENES[name](stage)
        except Exception:  # noqa: BLE001 - told to the test, which fails with it
            tell(repr(traceback.format_exc()))
        else:
            tell("shown")

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(ask)
    tell("ready")
    return qt.exec()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
