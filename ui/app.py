"""The composition root of the window: builds the parts, wires them, starts, and shuts down."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtWidgets import QApplication

from installer import __version__
from installer.places import default_root
from installer.redaction import log
from ui import theme
from ui.instance import Instance
from ui.memory import Memory
from ui.messages import keep_off_the_terminal
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.window import Window

if TYPE_CHECKING:
    from installer.context import Context
    from installer.errors import HouseguestError
    from installer.profiles import Scan
    from ui.desk import Desk
    from ui.desk_results import Recalled


class Start(NamedTuple):
    """What the first look at this computer found: the visit that was left, and the saved installations."""

    recalled: Recalled
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
        self.window.start.found.connect(self._begin)
        self.window.start.given_up.connect(self._begin_without)
        self.window.closed.connect(self.shut_down)

    def show(self) -> None:
        """Show the window; it looks at this computer when it has been painted."""
        self.window.show()

    @Slot()
    def _look_around(self) -> None:
        """The window is painted: time for what it did not have to wait for."""
        from ui.heap import give_back_what_is_freed
        from ui.widgets import roles

        give_back_what_is_freed()
        log("command.started", command="window", version=__version__)
        roles.install()
        desk = self.desk

        def work(ctx: Context) -> Start:
            return Start(desk.recall(ctx), desk.installations(ctx))

        self.window.start.look(work)

    @Slot(object)
    def _begin(self, start: Start) -> None:
        """Where the person was, else what is installed, else the beginning; an invitation that was asked for first."""
        from ui.recalling import path_of_file

        recalled = start.recalled
        self.window.show_installations(start.scan)
        if recalled.visit is not None:
            self.window.take_up(recalled.visit, recalled.problem, recalled.step)
            asked_for = path_of_file(self._invitation)
            if asked_for is None or asked_for != recalled.visit.invitation_path:
                self._open_asked_for()
            return
        if self._invitation or not (start.scan.installations or start.scan.problems):
            self.window.take_up(Visit())
        else:
            self.window.open_manage()
        if recalled.problem is not None:
            self.window.page.fail(recalled.problem)
        self._open_asked_for()

    def _open_asked_for(self) -> None:
        if self._invitation:
            self.window.offer_invitation(self._invitation)

    @Slot(object)
    def _begin_without(self, problem: HouseguestError | None) -> None:
        self.window.take_up(Visit())
        self.window.list_installations()
        if problem is not None:
            self.window.page.show_error(problem)
        self._open_asked_for()

    @Slot(str)
    def open(self, invitation: str) -> None:
        """The program was started again: come to the front, and open the invitation unless something is under way."""
        self.window.come_to_front()
        if invitation and self.window.starting:
            self._invitation = invitation
        elif invitation:
            self.window.offer_invitation(invitation)

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
    keep_off_the_terminal()
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        application = existing
        theme.install(application)
    else:
        application = theme.styled_application(argv)
    application.setApplicationName("Houseguest")
    application.setApplicationVersion(__version__)
    application.setQuitOnLastWindowClosed(False)
    return application


def main(argv: list[str]) -> int:
    """Start the window; `argv` may name an invitation. A second start hands it to the first and ends."""
    from ui.desk import Desk

    invitation = next((word for word in argv if not word.startswith("-")), "")
    qt = qt_application(sys.argv[:1])
    root = default_root()
    instance = Instance(root)
    if not instance.is_first:
        if instance.hand_over(invitation):
            return 0
        from ui.widgets.dialogs import Notice

        Notice("Houseguest is open already", "Its window does not answer. End it, then start Houseguest again.").exec()
        return 1
    application = Application(Desk(root), root=root, invitation=invitation)
    instance.asked.connect(application.open)
    application.show()
    return qt.exec()
