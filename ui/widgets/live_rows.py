"""Rows of work that is going on: one for each thing, with how long it has taken. The row itself is `step_row.py`."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets.step_row import RowState, StepRow

_TICK_MS = 1000


class LiveRows(QWidget):
    """Rows by key, in the order in which they came. Running ones count their time until they end."""

    def __init__(self, *, name: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._clock = clock
        self._rows: dict[Hashable, StepRow] = {}
        self._began: dict[Hashable, float] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    def rows(self) -> tuple[StepRow, ...]:
        return tuple(self._rows.values())

    def row(self, key: Hashable) -> StepRow | None:
        return self._rows.get(key)

    def clear(self) -> None:
        for row in self._rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows.clear()
        self._began.clear()
        self._timer.stop()

    def show_row(self, key: Hashable, state: RowState, title: str, sentence: str = "") -> None:
        """Show a thing in a state; a new one is added at the end. An empty title keeps the one of before."""
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = StepRow(state, title, sentence)
            self._column.addWidget(row)
        else:
            row.set(state=state, title=title or None, sentence=sentence)
        if state is RowState.RUNNING:
            self._began.setdefault(key, self._clock())
            self._timer.start()
        else:
            self._end(key)

    def settle(self, state: RowState, sentence: str = "") -> None:
        """Nothing runs any more: what was running is in this state now."""
        for key in tuple(self._began):
            self._rows[key].set(state=state, sentence=sentence or None)
            self._end(key)

    def _end(self, key: Hashable) -> None:
        began = self._began.pop(key, None)
        if began is not None:
            self._rows[key].set(duration=duration(self._clock() - began))
        if not self._began:
            self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        for key, began in self._began.items():
            self._rows[key].set(duration=duration(self._clock() - began))


def duration(seconds: float) -> str:
    """`0:04`, `12:40`, `1:02:03`."""
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
