"""What Connect shows before anything is made: the list of what it creates, and what was found in its way.

Part of the Connect page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from installer.steps import Finding, Severity
from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.evidence_row import clock
from ui.widgets.flow import Flow
from ui.widgets.layouts import Items, WithTail, Wrapping, height_of, line_of
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.rows import FindingRow, RowList
from ui.widgets.states import Loading
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.steps.connect import Created

_WHO = "Who can change it"
_WHO_WIDTH = 152
_NARROW = 520
_GAP = 24
_ANOTHER_NAME = "another name"
"""How the engine's fixes say that the name of the installation is in the way."""


class _MainAndSide(Items):
    """A text that begins with a line of `TextRole.ROW`, and beside it a column that is as wide in every row; in little
    width it is below."""

    def places(self, width: int) -> tuple[list[QRect], int]:
        main, side = self.items
        if _is_narrow(width):
            main_height, side_height = height_of(main, width), height_of(side, width)
            gap = theme.px(4) if main_height and side_height else 0
            places = [QRect(0, 0, width, main_height), QRect(0, main_height + gap, width, side_height)]
            return places, main_height + gap + side_height
        side_width = theme.px(_WHO_WIDTH)
        main_width = width - side_width - theme.px(_GAP)
        main_height, side_height = height_of(main, main_width), height_of(side, side_width)
        side_top = max(0, (QFontMetrics(theme.font(TextRole.ROW)).height() - line_of(side)) // 2)
        places = [QRect(0, 0, main_width, main_height), QRect(width - side_width, side_top, side_width, side_height)]
        return places, max(main_height, side_top + side_height)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(_NARROW), self.heightForWidth(theme.px(_NARROW)))

    def minimumSize(self) -> QSize:
        return QSize(max(item.minimumSize().width() for item in self.items), 0)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal


def _is_narrow(width: int) -> bool:
    return width < theme.px(_NARROW)


class _Head(Wrapping):
    """The names of the columns. Where there is one column only, each row names what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self._who = Label(_WHO, TextRole.PILL, colour="secondary")
        layout = _MainAndSide(self)
        layout.addWidget(Label("What is created, and why", TextRole.ROW))
        layout.addWidget(self._who)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._who.setVisible(not _is_narrow(self.width()))


class CreatedRow(Wrapping):
    """One thing: its name and what it is, its ARN, why it is made; beside it who can change it."""

    def __init__(self, created: Created, place: str) -> None:
        super().__init__()
        name, kind, why = one_line(created.name), one_line(created.kind), one_line(created.why)
        self._who = one_line(created.who_can_change)
        self._side = Label(self._who, TextRole.BODY)
        main = Wrapping()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head = Flow(gap=8, row_gap=2)
        head.addWidget(Label(name, TextRole.ROW, wrap=False))
        head.addWidget(Label(f"{kind}{place}", TextRole.SECONDARY, colour="secondary", wrap=False))
        column.addLayout(head)
        if created.arn:
            column.addLayout(_arn_line(one_line(created.arn), name))
        column.addWidget(Label(why, TextRole.BODY))
        layout = _MainAndSide(self)
        layout.addWidget(main)
        layout.addWidget(self._side)
        self.setContentsMargins(0, 12, 0, 12)
        self.setAccessibleName(f"{kind} {name}")
        self.setAccessibleDescription(f"{why} {_WHO}: {self._who}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._side.setText(f"{_WHO}: {self._who}" if _is_narrow(self.width()) else self._who)


def _arn_line(arn: str, name: str) -> WithTail:
    line = WithTail()
    line.addWidget(Label(arn, TextRole.MONO_SMALL, colour="secondary", selectable=True))
    line.addWidget(CopyButton(f"the ARN of {name}", lambda: arn))
    return line


class CreatedCard(Card):
    """Everything that is made, in the order in which it is made."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What is created, and why")
        self._rows = RowList(name="What is created")
        self._shown: tuple[Created, ...] = ()
        self.body.addWidget(_Head())
        self.body.addWidget(self._rows)

    def rows(self) -> tuple[QWidget, ...]:
        return self._rows.rows()

    def show_created(self, created: Sequence[Created], region: str) -> None:
        """`region` is where the stacks are; IAM is in none."""
        if tuple(created) != self._shown:
            self._shown = tuple(created)
            self._rows.set_rows(CreatedRow(one, "" if one.stack else f" in {region}") for one in self._shown)


class FindingsCard(Card):
    """What was found in the account before anything is made: still being read, in the way, or nothing."""

    again = Signal()
    rename = Signal()
    """The name is in the way, and the person wants another one."""

    def __init__(self) -> None:
        self._again = Button("Check again", Kind.LINK, icon="refresh")
        super().__init__("Before you go on", self._again)
        self._loading = Loading("Looking for what is in the way in your account")
        self._clear = _Clear()
        self._rows = RowList(name="Findings")
        self._rename = Button("Change the name", Kind.SECONDARY)
        for part in (self._loading, self._clear, self._rows, self._rename):
            self.body.addWidget(part)
        self._again.clicked.connect(self.again)
        self._rename.clicked.connect(self.rename)

    @property
    def rename_button(self) -> Button:
        return self._rename

    def show_reading(self) -> None:
        self._show(loading=True)

    def show_unread(self) -> None:
        """Nothing is known: the reading was stopped, or failed."""
        self._clear.say("Your account was not looked at yet.", known=False)
        self._show(clear=True)

    def show_findings(self, findings: Sequence[Finding], read_at: datetime) -> None:
        self._rows.set_rows(FindingRow(found.severity, found.sentence, found.fix) for found in findings)
        self._clear.say(f"Nothing in your account is in the way. Checked at {clock(read_at)}.", known=True)
        self._show(clear=not findings, rename=any(is_of_name(found) for found in findings))

    def _show(self, *, loading: bool = False, clear: bool = False, rename: bool = False) -> None:
        self._loading.setVisible(loading)
        self._clear.setVisible(clear)
        self._rows.setVisible(not loading and not clear)
        self._rename.setVisible(rename)
        self._again.setVisible(not loading)


class _Clear(QWidget):
    """One sentence in place of findings."""

    def __init__(self) -> None:
        super().__init__()
        self._mark = Mark(Shape.CHECK, Tone.GOOD, size=22)
        self._sentence = Label("", TextRole.BODY)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(14)
        row.addWidget(self._mark)
        row.addWidget(self._sentence, 1)

    def say(self, sentence: str, *, known: bool) -> None:
        self._sentence.setText(sentence)
        self._mark.set(*((Shape.CHECK, Tone.GOOD) if known else (Shape.DASH, Tone.CAUTION)))


def is_of_name(found: Finding) -> bool:
    """Whether another name of the installation would help."""
    return found.severity is Severity.BLOCKER and _ANOTHER_NAME in found.fix
