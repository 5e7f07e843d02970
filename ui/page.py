"""The base of every page: its heading, its error, and what the window derives its buttons from.

A page decides nothing about the order of the journey: it emits `settled` and the window goes on by `installer.flow`.
Its work in the background is in `working.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.errors import HouseguestError
from installer.flow import Step
from ui import theme
from ui.focus import first_to_decide
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.plain import one_line
from ui.widgets.scroll import THICK, ScrollArea
from ui.widgets.text import Label
from ui.working import Working

if TYPE_CHECKING:
    from ui.desk import Desk
    from ui.error_text import Remedy
    from ui.widgets.error_panel import ErrorPanel

SIDE_MARGIN = 40
# By the values of `ui.error_text.Remedy`, which is loaded with the first error.
_SOLVED_AT = {"sign_in": Step.SIGN_IN, "invitation": Step.INVITATION}
_NOWHERE = object()


@dataclass(frozen=True)
class Action:
    """A button of the footer: what it says is what it does."""

    text: str
    run: Callable[[], None]
    enabled: bool = True


class Page(Working):
    """One page. A subclass fills `body`, and overrides what differs of the members below.

    The window calls `load` when the page is shown, and reads the properties in its `refresh` after each `changed`.
    """

    settled = Signal(object)
    """The `Visit` with this page's section settled."""
    recorded = Signal(object)
    """The same, but the person stays here: a commit was made, and what came of it is worth reading."""
    wanted = Signal(object)
    """Somewhere else is asked for: a `Step` to go back to, or a `ui.places.Place`."""
    remedy_wanted = Signal(object)
    """The error is solved at another `Step`, by doing that again; then the person comes back."""

    step: ClassVar[Step | None] = None

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(runner, parent)
        self.desk = desk
        self.visit = Visit()
        self.read_only = False
        self._error: HouseguestError | None = None
        self._heading = Label(role=theme.TextRole.TITLE)
        self._subheading = Label(role=theme.TextRole.BODY, colour="secondary")
        self._error_panel: ErrorPanel | None = None
        self.body = QVBoxLayout()
        self._lay_out()

    def _lay_out(self) -> None:
        content = QWidget()
        column = self._column = QVBoxLayout(content)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addSpacing(4)
        column.addWidget(self._subheading)
        column.addSpacing(20)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(16)
        self._error_place = QVBoxLayout()
        self._error_place.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._error_place)
        column.addLayout(self.body)
        column.addStretch(1)
        self.area = ScrollArea()
        # The bar has its room also where there is nothing to scroll, and is not seen then: cards end where the buttons
        # below them do, and nothing moves or is laid out anew when a page grows.
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setWidget(content)
        self._leave_margins()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.area)

    def _leave_margins(self) -> None:
        self._column.setContentsMargins(SIDE_MARGIN, SIDE_MARGIN, SIDE_MARGIN - theme.px(THICK), 24)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._leave_margins()

    # What a subclass says of itself

    @property
    def valid(self) -> bool:
        """Whether everything that the primary button needs is there."""
        return True

    @property
    def primary(self) -> str:
        """The primary button, named after its effect; empty for none."""
        return "Continue"

    @property
    def extra(self) -> Action | None:
        """One more button, left of Back."""
        return None

    @property
    def fact(self) -> str:
        """One quiet fact for the left of the footer."""
        return ""

    @property
    def going_on(self) -> str:
        """What goes on in AWS or at the vendor if the person leaves now; empty where nothing does."""
        return ""

    def show_visit(self) -> None:
        """Show `self.visit`, which is new or has changed; `self.read_only` says whether it may still be changed."""

    def proceed(self) -> None:
        """The primary button was pressed."""
        self.settled.emit(self.visit)

    def takes_over(self, error: HouseguestError) -> bool:
        """The work failed. True where the page shows that in a way of its own, and no error is to be shown."""
        del error
        return False

    def on_failed(self, error: HouseguestError) -> None:
        """The work failed, and the error is shown."""

    def take_focus(self) -> None:
        """The page is shown: put the focus where the person begins. Without anything there, the window does it."""
        first = first_to_decide(self)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def do_again(self) -> None:
        """The person was sent here by an error elsewhere: what this step settled is to be settled once more."""

    def mends(self, remedy: Remedy) -> bool:
        """Whether an error's remedy is on this very page, which then offers to retry."""
        return _SOLVED_AT.get(remedy, _NOWHERE) is self.step

    # What the window and subclasses use

    def load(self, visit: Visit, *, read_only: bool = False) -> None:
        """Show the page for this visit. What was typed before stays; an error about another visit does not."""
        if visit is not self.visit and not self.busy:
            self.forget_attempt()
            self.clear_error()
        self.visit = visit
        self.read_only = read_only
        self.show_visit()
        self.changed.emit()

    def set_heading(self, heading: str, subheading: str = "") -> None:
        self._heading.setText(one_line(heading))
        self._subheading.setText(one_line(subheading))
        self._subheading.setVisible(bool(subheading))

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def error(self) -> HouseguestError | None:
        return self._error

    def fail(self, error: HouseguestError) -> None:
        """Something of this page's did not work: show that, in the page's own way where it has one."""
        if not self.takes_over(error):
            self.show_error(error)
            self.on_failed(error)
        self.changed.emit()

    def show_error(self, error: HouseguestError) -> None:
        """It stays until it is solved: until the work is done again, or the page is left for another visit."""
        from ui.error_text import Remedy, error_text

        self._error = error
        text = error_text(error)
        if self.mends(text.remedy):
            text = replace(text, remedy=Remedy.RETRY)
        # Whoever signs in again with the AWS tools needs only to try again here.
        worth_it = text.remedy in (Remedy.RETRY, Remedy.SIGN_IN)
        panel = self._panel()
        panel.show_error(text, can_retry=worth_it and self.can_retry)
        self._error_place.setContentsMargins(0, 0, 0, self.body.spacing())
        self.area.ensureWidgetVisible(panel)
        self.changed.emit()

    def _panel(self) -> ErrorPanel:
        """Built for the first error: most pages never show one."""
        if self._error_panel is None:
            from ui.widgets.error_panel import ErrorPanel

            self._error_panel = ErrorPanel()
            self._error_panel.retry.connect(self.retry)
            self._error_panel.action.connect(self._remedied)
            self._error_place.addWidget(self._error_panel)
        return self._error_panel

    def clear_error(self) -> None:
        self._error = None
        if self._error_panel is not None:
            self._error_panel.hide()
        self._error_place.setContentsMargins(0, 0, 0, 0)

    @Slot(str)
    def _remedied(self, remedy: str) -> None:
        if remedy in _SOLVED_AT:
            self.remedy_wanted.emit(_SOLVED_AT[remedy])
