"""Rows of a card, and the list that draws the lines between them.

Facts and findings are here. Answers live in `ui.widgets.answer_row`, the steps of Install in `ui.widgets.step_row`,
what is known and by whose word in `ui.widgets.evidence_row`; all of them are offered here, too.
"""

from collections.abc import Iterable
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from installer.steps import Severity
from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.answer_row import AnswerRow
from ui.widgets.copy_button import CopyButton
from ui.widgets.evidence_row import EvidenceRow
from ui.widgets.layouts import Beside, Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line
from ui.widgets.step_row import RowState, StepRow
from ui.widgets.text import Label

__all__ = ["AnswerRow", "EvidenceRow", "FactLine", "FindingRow", "RowList", "RowState", "StepRow"]


class RowList(Wrapping):
    """Rows one below the other, with a line between any two, unless one of them stands out by its own ground."""

    def __init__(self, rows: Iterable[QWidget] = (), *, name: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self.set_rows(rows)

    def rows(self) -> tuple[QWidget, ...]:
        return tuple(self._rows)

    def add(self, row: QWidget) -> None:
        self._rows.append(row)
        self._column.addWidget(row)
        # Left to the layout, it is shown a turn later: for a frame the rows would share the height of the old ones.
        if not row.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide):
            row.show()

    def remove(self, row: QWidget) -> None:
        """One row less. It is deleted."""
        self._rows.remove(row)
        self._discard(row)
        self.update()

    def set_rows(self, rows: Iterable[QWidget]) -> None:
        """Other rows. The old ones are deleted."""
        for row in self._rows:
            self._discard(row)
        self._rows = []
        for row in rows:
            self.add(row)
        self.update()

    def _discard(self, row: QWidget) -> None:
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.colours().line)
        shown = [row for row in self._rows if not row.isHidden()]
        for above, row in pairwise(shown):
            if not (_stands_out(above) or _stands_out(row)):
                inset = theme.px(getattr(row, "divider_inset", 0))
                painter.drawLine(inset, row.y() - 1, self.width() - 1, row.y() - 1)


def _stands_out(row: QWidget) -> bool:
    return isinstance(row, StepRow) and row.stands_out


class FactLine(Wrapping):
    """A name and a value, which can be selected, and with `copy` be copied by a button."""

    def __init__(self, name: str, value: str, *, mono: bool = False, copy: bool = False) -> None:
        super().__init__()
        self._value = Label("", TextRole.MONO if mono else TextRole.BODY, selectable=True)
        layout = Beside(self, side=168, narrow=420, role=TextRole.BODY)
        layout.addWidget(Label(one_line(name), TextRole.SECONDARY, colour="secondary"))
        layout.addWidget(self._value)
        if copy:
            layout.addWidget(CopyButton(one_line(name), self.value))
        self.setAccessibleName(one_line(name))
        self.set_value(value)

    def value(self) -> str:
        return self._value.text()

    def set_value(self, value: str) -> None:
        self._value.setText(one_line(value))
        self.setAccessibleDescription(self._value.text())


_FINDINGS = {
    Severity.BLOCKER: (Shape.OCTAGON, Tone.BAD, "Stops here"),
    Severity.CAUTION: (Shape.TRIANGLE, Tone.CAUTION, "To decide"),
    Severity.INFO: (Shape.INFO, Tone.ACCENT, "To know"),
}


class FindingRow(Wrapping):
    """What a check found, how much it weighs, and what can be done about it."""

    def __init__(self, severity: Severity, sentence: str, fix: str = "") -> None:
        super().__init__()
        self.severity = severity
        shape, tone, word = _FINDINGS[severity]
        sentence, fix = one_line(sentence), one_line(fix)
        self.setAccessibleName(f"{word}: {sentence}")
        self.setAccessibleDescription(fix)
        text = QVBoxLayout()
        text.setSpacing(3)
        text.addWidget(Label(word, TextRole.PILL, tone=tone))
        text.addWidget(Label(sentence, TextRole.BODY))
        if fix:
            text.addWidget(Label(fix, TextRole.SECONDARY, colour="secondary"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 10, 0, 10)
        row.setSpacing(14)
        row.addWidget(Mark(shape, tone, size=22), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
