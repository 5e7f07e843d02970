"""The composition root of the window: builds the parts, wires them, starts, and shuts down."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtWidgets import QApplication

from installer import __version__
from installer.places import default_root
from ui import theme
from ui.instance import Instance
from ui.memory import Memory
from ui.tasks import Task, TaskRunner
from ui.visit import Visit
from ui.widgets import roles
from ui.window import Window

if TYPE_CHECKING:
    from installer.errors import HouseguestError
    from installer.profiles import Scan
    from ui.desk import Desk


@dataclass(frozen=True)
class Start:
    """What the first look at this computer found: the visit that was left, and the saved installations."""

    visit: Visit | None
    scan: Scan


class Application(QObject):
    """Everything that lives as long as the program."""

    def __init__(self, desk: Desk, *, root: Path, invitation: str = "") -> None:
        super().__init__()
        self.desk = desk
        self.runner = TaskRunner(self)
        self.memory = Memory(root)
        self.window = build_window(desk, self.runner, self.memory)
        self.memory.restore_geometry(self.window)
        self._invitation = invitation
        self.window.painted.connect(self._look_around)
        self.window.closed.connect(self.shut_down)

    def show(self) -> None:
        """Show the window; it looks at this computer when it has been painted."""
        self.window.show()

    @Slot()
    def _look_around(self) -> None:
        task = Task(self._found, name="Look for what was left")
        task.succeeded.connect(self._begin)
        task.failed.connect(self._begin_without)
        self.runner.start(task)

    def _found(self, ctx: object) -> Start:
        visit = None if self._invitation else self.desk.recall(ctx)  # type: ignore[arg-type]
        return Start(visit, self.desk.installations(ctx))  # type: ignore[arg-type]

    @Slot(object)
    def _begin(self, start: Start) -> None:
        self.window.show_installations(start.scan)
        if self._invitation:
            self.window.open_invitation(self._invitation)
        elif start.visit is not None:
            self.window.take_up(start.visit)
        elif start.scan.installations:
            self.window.open_manage()
        else:
            self.window.take_up(Visit())

    @Slot(object)
    def _begin_without(self, error: HouseguestError) -> None:
        self.window.open_invitation(self._invitation)
        if not self._invitation:
            self.window.page.show_error(error)

    @Slot(str)
    def open(self, invitation: str) -> None:
        """Come to the front, and open an invitation if there is one and nothing is under way."""
        self.window.come_to_front()
        if invitation and self.window.starting:
            self._invitation = invitation
        elif invitation and not self.window.page.busy:
            self.window.open_invitation(invitation)

    @Slot()
    def shut_down(self) -> None:
        """Nothing is waited for longer than two seconds: what hangs is in a daemon thread, and ends with us."""
        self.runner.shutdown()
        QCoreApplication.quit()


def build_window(desk: Desk, runner: TaskRunner, memory: Memory) -> Window:
    """The window, not told yet where to begin."""
    return Window(desk, runner, memory)


def qt_application(argv: list[str]) -> QApplication:
    """The one QApplication, with its look."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(argv)
    application.setApplicationName("Houseguest")
    application.setApplicationVersion(__version__)
    application.setQuitOnLastWindowClosed(False)
    theme.install(application)
    roles.install()
    return application


def main(argv: list[str]) -> int:
    """Start the window; `argv` may name an invitation. A second start hands it to the first and ends."""
    from ui.desk import Desk

    invitation = next((word for word in argv if not word.startswith("-")), "")
    qt = qt_application(sys.argv[:1])
    root = default_root()
    instance = Instance(root)
    if not instance.is_first:
        return 0 if instance.hand_over(invitation) else 1
    application = Application(Desk(root), root=root, invitation=invitation)
    instance.asked.connect(application.open)
    application.show()
    return qt.exec()
