"""The main window: which page is shown, and one `refresh` that derives the rail, the title and every button from it.

Where the person is, `whereabouts.py` knows; what comes next, `installer.flow` says; what a page shows is in `pages/`
and `manage/`. The frame around the page, with its keys, is `shell.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QApplication

from installer.flow import Navigator, Step
from ui import questions
from ui.page import Page
from ui.pages import Pages
from ui.pages.start import StartPage
from ui.places import Place
from ui.rail_state import account_lines, installation_items, step_items
from ui.remembering import Remembering
from ui.shell import Shell
from ui.tasks import Task, TaskRunner
from ui.visit import Visit
from ui.whereabouts import Whereabouts

if TYPE_CHECKING:
    from installer.errors import HouseguestError
    from installer.installation import Installation
    from installer.profiles import Scan
    from ui.desk import Desk
    from ui.manage.page import ManagePage
    from ui.memory import Memory


AHEAD_MS = 100
"""When a page is shown, and painted, and no work is going on, the next one is made ready."""


class Window(Shell):
    """Shows the start page until it is told where to begin: `take_up`, `open_invitation` or `open_manage`."""

    def __init__(self, desk: Desk, runner: TaskRunner, memory: Memory) -> None:
        super().__init__(memory)
        self.desk, self.runner = desk, runner
        self.pages = Pages(desk, runner, memory)
        self._where = Whereabouts()
        self._remembering = Remembering(desk, runner, self)
        self._manage: ManagePage | None = None
        self._scan: Scan | None = None
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.setInterval(AHEAD_MS)
        self._ahead.timeout.connect(self._build_ahead)
        self.rail.clicked.connect(self.go_to)
        self.all_installations.clicked.connect(lambda: self.go_to(Place.INSTALLATIONS))
        self.footer.back.connect(self.go_back)
        self.footer.primary.connect(self._proceed)
        self.footer.stop.connect(self._stop)
        self.footer.extra.connect(self._extra)
        self.start = StartPage(desk, runner)
        self._show_page(self.start)

    # Where the person is

    @property
    def visit(self) -> Visit:
        return self._where.visit

    @property
    def navigator(self) -> Navigator:
        return self._where.navigator

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

            self._manage = ManagePage(self.desk, self.runner, memory=self.memory)
            if self._scan is not None:
                self._manage.show_installations(self._scan)
        return self._manage

    def take_up(self, visit: Visit, problem: HouseguestError | None = None, detour: Step | None = None) -> None:
        """Go on with this visit at the first step that is not settled, or first do `detour` again.

        `problem` says why there is something to be done again.
        """
        self._where.take_up(visit)
        if detour is not None:
            self._where.detour_to(detour)
        self._show_current()
        if problem is not None:
            self.page.fail(problem)

    @Slot(object)
    def _settled(self, visit: Visit) -> None:
        """The page's section is settled, or a page of the Manage area begins a journey."""
        if self.in_journey:
            self._where.settle(visit)
        else:
            self._where.take_up(visit)
        self._remembering.keep(visit)
        self._show_current()

    @Slot(object)
    def _recorded(self, visit: Visit) -> None:
        self._where.record(visit)
        self._remembering.keep(visit)
        self.refresh()

    @Slot(object)
    def go_to(self, where: Step | Place | Installation | tuple[str, str] | None) -> None:
        """A step, None for the end of the journey, a place, or an installation of the Manage area."""
        if self.page.busy:
            return
        match where:
            case Step() | None:
                self._where.go_to(where)
                self._show_current()
            case Place.JOURNEY:
                self._show_current()
            case Place.NEW:
                self.offer_invitation("")
            case Place.INSTALLATIONS:
                self.open_manage()
            case _:
                self.open_manage(where)

    @Slot(object)
    def _solve_at(self, step: Step) -> None:
        """An error is solved by doing that step again; then the person comes back to where it was."""
        if self.page.busy:
            return
        if not self.in_journey:
            self.offer_invitation("")
            return
        self._where.detour_to(step)
        self._show_current()
        self.page.do_again()

    @Slot()
    def go_back(self) -> None:
        if self.in_journey and self.navigator.can_go_back and not self.page.busy:
            self._where.back()
            self._show_current()

    def offer_invitation(self, source: str) -> None:
        """Begin another journey, unless something is under way that the person must decide about first."""
        if self.page.going_on or QApplication.activeModalWidget() is not None:
            questions.not_now(self, self.page.doing)
        elif self.visit.is_unsaved:
            name = self.visit.settled.wishes.name
            questions.put_aside(self, name, lambda: self.open_invitation(source))
        else:
            self.open_invitation(source)

    def open_invitation(self, source: str) -> None:
        """Begin another journey, with the invitation at `source` if there is one."""
        self.page.abandon()
        self.take_up(Visit())
        self._remembering.keep(self.visit)
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
        self.list_installations()

    def list_installations(self) -> None:
        """Read what is saved on this computer; `show_installations` is told."""
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
        page = self.pages[self._where.current]
        page.load(self.visit, read_only=self._where.is_read_only)
        self._show_page(page)

    def _show_page(self, page: Page) -> None:
        self._take_in(page)
        self.stack.setCurrentWidget(page)
        page.area.verticalScrollBar().setValue(0)
        self.refresh()
        self.place_focus()
        self._ahead.start()

    @Slot()
    def _build_ahead(self) -> None:
        current = self._where.current
        if not self.in_journey or self.starting or current is None:
            return
        if self.runner.running:
            self._ahead.start()
        else:
            self._take_in(self.pages.after(current))

    def _take_in(self, page: Page) -> None:
        if self.stack.indexOf(page) >= 0:
            return
        self.stack.addWidget(page)
        page.changed.connect(self.refresh)
        page.wanted.connect(self.go_to)
        page.remedy_wanted.connect(self._solve_at)
        page.settled.connect(self._settled)
        page.recorded.connect(self._recorded)

    # What every button is derived from

    @Slot()
    def refresh(self) -> None:
        """Rail, footer and title, from the page and the navigator: nothing else sets them."""
        page = self.page
        self.footer.show_state(
            fact="Stopping …" if page.cancelling else page.doing if page.busy else page.fact,
            busy=page.busy,
            stop=page.stop_text,
            can_go_back=self.in_journey and self.navigator.can_go_back,
            extra=page.extra,
        )
        self.footer.show_primary(page.primary, enabled=page.valid and not page.busy)
        self._refresh_rail()
        some = self._scan is not None and bool(self._scan.installations or self._scan.problems)
        self.all_installations.setVisible(some and self.in_journey and not self.starting)
        self.all_installations.setEnabled(not page.busy)
        self.account_card.set_lines(*account_lines(self.visit if self.in_journey else Visit()))
        self.focus_keeper.look_soon()
        self.setWindowTitle(f"{page.heading} – Houseguest" if page.heading else "Houseguest")

    def _refresh_rail(self) -> None:
        page = self.page
        offer = self.visit.answers.invitation if self.visit.answers is not None else None
        if self.starting:
            self.rail.set_who("Houseguest", "")
        elif self.in_journey:
            who = (offer.product.name, f"for {offer.customer.name}") if offer else ("Houseguest", "")
            self.rail.set_who(*who)
            items = step_items(self.pages.built, self.navigator, page)
            self.rail.set_items(items, current=self.navigator.current)
        else:
            self.rail.set_who("Houseguest", "Installations on this computer")
            items = installation_items(self._scan.installations if self._scan else (), self.visit, page)
            self.rail.set_items(items, current=self.manage.shown)

    @Slot()
    def _proceed(self) -> None:
        if self.page.valid and not self.page.busy:
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
