"""The main window: the rail, the pages, the footer, and one `refresh` that derives every button.

It knows where the person is; what comes next, `installer.flow` says; what a page shows is in `pages/` and `manage/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from installer.flow import Navigator, Step
from ui.footer import Footer
from ui.page import Page
from ui.pages import Pages
from ui.pages.start import StartPage
from ui.places import Place
from ui.rail_state import account_lines, installation_items, step_items
from ui.tasks import Task, TaskRunner
from ui.visit import Visit
from ui.widgets.dialogs import Question
from ui.widgets.rail import AccountCard, Rail

if TYPE_CHECKING:
    from installer.installation import Installation
    from installer.profiles import Scan
    from ui.desk import Desk
    from ui.manage.page import ManagePage
    from ui.memory import Memory

MINIMUM_SIZE = (960, 640)
USUAL_SIZE = (1200, 800)


class Window(QMainWindow):
    """Shows the start page until it is told where to begin: `take_up`, `open_invitation` or `open_manage`."""

    painted = Signal()
    """For the first time: what takes long, and was not needed for that, may begin."""
    closed = Signal()

    def __init__(self, desk: Desk, runner: TaskRunner, memory: Memory) -> None:
        super().__init__()
        self.desk, self.runner, self.memory = desk, runner, memory
        self.pages = Pages(desk, runner)
        self.visit = Visit()
        self.navigator = Navigator()
        self._manage: ManagePage | None = None
        self._scan: Scan | None = None
        self._painted = False
        self._leaving = False
        self.setWindowTitle("Houseguest")
        self.setMinimumSize(*MINIMUM_SIZE)
        self.resize(*USUAL_SIZE)
        self.rail = Rail()
        self.account_card = AccountCard()
        self.rail.set_bottom(self.account_card)
        self.stack = QStackedWidget()
        self.footer = Footer()
        self._lay_out()
        self._connect()
        self.start = StartPage(desk, runner)
        self._show_page(self.start)

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.stack, 1)
        right.addWidget(self.footer)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(right, 1)
        self.setCentralWidget(whole)

    def _connect(self) -> None:
        self.rail.clicked.connect(self.go_to)
        self.footer.back.connect(self.go_back)
        self.footer.primary.connect(self._proceed)
        self.footer.stop.connect(self._stop)
        self.footer.extra.connect(self._extra)
        for keys, act in (
            ("Ctrl+Return", self._proceed),
            ("Ctrl+Enter", self._proceed),
            ("Alt+Left", self.go_back),
            ("Esc", self._stop),
            ("Ctrl+Q", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(act)

    # Where the person is

    @property
    def page(self) -> Page:
        """The page that is shown."""
        shown = self.stack.currentWidget()
        if not isinstance(shown, Page):
            raise AssertionError("every widget of the stack is a page")
        return shown

    @property
    def starting(self) -> bool:
        """It is not known yet where to begin."""
        return self.page is self.start

    @property
    def in_journey(self) -> bool:
        return self.page is not self._manage

    @property
    def manage(self) -> ManagePage:
        """The page of the Manage area, built when it is asked for the first time."""
        if self._manage is None:
            from ui.manage.page import ManagePage

            self._manage = ManagePage(self.desk, self.runner)
            if self._scan is not None:
                self._manage.show_installations(self._scan)
        return self._manage

    def take_up(self, visit: Visit) -> None:
        """Go on with this visit, at the first step that is not settled."""
        self.visit = visit
        self.navigator = Navigator(visit.answers)
        self._show_current()

    @Slot(object)
    def _settled(self, visit: Visit) -> None:
        """The page's section is settled, or a page of the Manage area begins a journey."""
        self.visit = visit
        if visit.answers is None:
            raise AssertionError("a page settles answers")
        if not self.in_journey:
            self.take_up(visit)
            return
        self.navigator.settle(visit.answers)
        self._remember()
        self._show_current()

    @Slot(object)
    def _recorded(self, visit: Visit) -> None:
        """A commit was made. There is no way back before it, and the person goes on when they have read."""
        self.visit = visit
        shown = self.navigator.current
        self.navigator = Navigator(visit.answers)
        self.navigator.go_to(shown)
        self._remember()
        self.refresh()

    @Slot(object)
    def go_to(self, where: Step | Place | Installation | tuple[str, str] | None) -> None:
        """A step, None for the end of the journey, a place, or an installation of the Manage area."""
        if self.page.busy:
            return
        match where:
            case Step() | None:
                self.navigator.go_to(where)
                self._show_current()
            case Place.NEW:
                self.open_invitation("")
            case Place.INSTALLATIONS:
                self.open_manage()
            case _:
                self.open_manage(where)

    @Slot()
    def go_back(self) -> None:
        if self.in_journey and self.navigator.can_go_back and not self.page.busy:
            self.navigator.back()
            self._show_current()

    def open_invitation(self, source: str) -> None:
        """Begin another journey, with the invitation at `source` if there is one."""
        if self.page.busy:
            return
        self.take_up(Visit())
        self.runner.start(Task(self.desk.forget, name="Forget where the person was"))
        if source:
            from ui.pages.invitation import InvitationPage

            if isinstance(self.page, InvitationPage):
                self.page.open(source)

    def open_manage(self, which: Installation | tuple[str, str] | None = None) -> None:
        """The Manage area, at one installation; the one shown last where none is named."""
        if self.page.busy:
            return
        profile = self.visit.aws_profile if self.visit.installation is which else None
        self._show_page(self.manage)
        self.manage.open(which, profile)
        self._list_installations()

    def _list_installations(self) -> None:
        task = Task(self.desk.installations, name="List the installations")
        task.succeeded.connect(self.show_installations)
        self.runner.start(task)

    @Slot(object)
    def show_installations(self, scan: Scan) -> None:
        """What is saved on this computer."""
        self._scan = scan
        if self._manage is not None:
            self._manage.show_installations(scan)
        self.refresh()

    def _show_current(self) -> None:
        page = self.pages[self.navigator.current]
        page.load(self.visit, read_only=self._is_read_only(self.navigator.current))
        self._show_page(page)

    def _is_read_only(self, step: Step | None) -> bool:
        return step is not None and self.navigator.is_read_only(step)

    def _show_page(self, page: Page) -> None:
        if self.stack.indexOf(page) < 0:
            self._take_in(page)
        self.stack.setCurrentWidget(page)
        page.area.verticalScrollBar().setValue(0)
        self.refresh()
        page.take_focus()

    def _take_in(self, page: Page) -> None:
        self.stack.addWidget(page)
        page.changed.connect(self.refresh)
        page.wanted.connect(self.go_to)
        page.settled.connect(self._settled)
        page.recorded.connect(self._recorded)

    def _remember(self) -> None:
        visit = self.visit
        self.runner.start(Task(lambda ctx: self.desk.remember(ctx, visit), name="Remember where the person is"))

    # What every button is derived from

    @Slot()
    def refresh(self) -> None:
        """Rail, footer and title, from the page and the navigator: nothing else sets them."""
        page = self.page
        self.footer.show_state(
            fact=page.doing if page.busy else page.fact,
            busy=page.busy,
            stop=page.stop_text,
            can_go_back=self.in_journey and self.navigator.can_go_back,
            extra=page.extra,
        )
        self.footer.show_primary(page.primary, enabled=page.valid and not page.busy)
        self._refresh_rail()
        self.account_card.set_lines(*account_lines(self.visit))
        self.setWindowTitle(f"{page.heading} – Houseguest" if page.heading else "Houseguest")

    def _refresh_rail(self) -> None:
        offer = self.visit.answers.invitation if self.visit.answers is not None else None
        if self.starting:
            self.rail.set_who("Houseguest", "")
        elif self.in_journey:
            who = (offer.product.name, f"for {offer.customer.name}") if offer else ("Houseguest", "")
            self.rail.set_who(*who)
            items = step_items(self.pages.built, self.navigator, self.page)
            self.rail.set_items(items, current=self.navigator.current)
        else:
            self.rail.set_who("Houseguest", "Installations on this computer")
            items = installation_items(self._scan.installations if self._scan else (), Place.NEW)
            self.rail.set_items(items, current=self.manage.shown)

    @Slot()
    def _proceed(self) -> None:
        if self.footer.primary_button.isEnabled() and self.footer.primary_button.isVisible():
            self.page.proceed()

    @Slot()
    def _stop(self) -> None:
        if self.page.busy:
            self.page.cancel()

    @Slot()
    def _extra(self) -> None:
        extra = self.page.extra
        if extra is not None and extra.enabled and not self.page.busy:
            extra.run()

    # Keys and leaving

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the primary button, except where the focus has a use of its own for it."""
        focus = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not isinstance(
            focus, QAbstractButton | QPlainTextEdit
        ):
            self._proceed()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leaving is always possible; what goes on in AWS is said first."""
        going_on = self.page.going_on
        if going_on and not self._leaving:
            event.ignore()
            self._ask_to_leave(going_on)
            return
        self.memory.save_geometry(self)
        event.accept()
        self.closed.emit()

    def _ask_to_leave(self, going_on: str) -> None:
        question = Question("Leave now?", going_on, yes="Leave", no="Stay", parent=self)
        question.accepted.connect(self._leave)
        question.open()

    @Slot()
    def _leave(self) -> None:
        self._leaving = True
        self.close()

    def come_to_front(self) -> None:
        """Somebody started the program again."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.painted.emit)  # when what is in the window is painted too

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.update()
