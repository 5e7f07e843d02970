"""Rows of work that is going on: one for each thing, with how long it has taken. The row itself is `step_row.py`.

Whoever reports may be quick and may report without end, so rows are drawn in batches, and only the last of them stay.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout

from ui import theme
from ui.theme import TextRole
from ui.widgets.layouts import Wrapping
from ui.widgets.rows import RowList
from ui.widgets.step_row import RowState, StepRow
from ui.widgets.text import Label

MOST_ROWS = 30
"""Rows that are shown; of more, those that ended first go."""
BATCH = 5
"""Rows that are drawn at once: what takes some milliseconds, not what a person sees as a halt."""
PAUSE_MS = 50
"""Between two batches."""
_TICK_MS = 1000


@dataclass(frozen=True)
class _Thing:
    """What is known of one thing. `began` is None while it does not run; `took` is None while nobody knows."""

    state: RowState
    title: str
    sentence: str = ""
    began: datetime | None = None
    took: float | None = None


class LiveRows(Wrapping):
    """Rows by key, in the order in which they came. Running ones count their time until they end."""

    def __init__(self, *, name: str = "", now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`now` is asked for the time in the clock that the times given to `show_row` are of."""
        super().__init__()
        self.setAccessibleName(name)
        self._now = now
        self._things: dict[Hashable, _Thing] = {}
        self._drawn: dict[Hashable, StepRow] = {}
        self._due: dict[Hashable, None] = {}
        self._gone = 0
        self._left_out = Label("", TextRole.SECONDARY, colour="secondary")
        self._left_out.hide()
        self._rows = RowList(name=name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(self._left_out)
        column.addWidget(self._rows)
        self._batches = QTimer(self)
        self._batches.setSingleShot(True)
        self._batches.setInterval(PAUSE_MS)
        self._batches.timeout.connect(self._draw_batch)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._tick)

    def draw(self) -> None:
        """Everything that is due, at once: where there are few, and no more are about to come."""
        self._draw(tuple(self._due))

    def rows(self) -> tuple[StepRow, ...]:
        self.draw()
        return tuple(self._drawn.values())

    def row(self, key: Hashable) -> StepRow | None:
        self.draw()
        return self._drawn.get(key)

    @property
    def is_empty(self) -> bool:
        return not self._things

    @property
    def is_drawn(self) -> bool:
        """Nothing waits for the next batch."""
        return not self._due

    def clear(self) -> None:
        self._things.clear()
        self._drawn.clear()
        self._due.clear()
        self._rows.set_rows(())
        self._gone = 0
        self._left_out.hide()
        self._batches.stop()
        self._ticks.stop()

    def show_row(
        self, key: Hashable, state: RowState, title: str, sentence: str = "", *, at: datetime | None = None
    ) -> None:
        """Show a thing in a state that it has had since `at`, or since now. A new one is added at the end.

        An empty title keeps the one of before; where there is none, the sentence is the title.
        """
        before = self._things.get(key)
        if before is None and len(self._things) >= MOST_ROWS:
            self._leave_one_out()
        title = title or (before.title if before else "")
        if not title:
            title, sentence = sentence, ""
        thing = _Thing(state, title, sentence)
        at = at or self._now()
        if state is RowState.RUNNING:
            resumes = before is not None and before.began is not None
            thing = replace(thing, began=before.began if before is not None and resumes else at)
        elif before is not None and before.began is not None:
            thing = replace(thing, took=(at - before.began).total_seconds())
        elif before is not None and before.state is state:
            thing = replace(thing, took=before.took)
        self._put(key, thing)

    def settle(self, state: RowState, sentence: str = "") -> None:
        """Nothing is watched any more: what was running is in this state now, and how long it takes is not known."""
        for key, thing in self._things.items():
            if thing.began is not None:
                self._put(key, replace(thing, state=state, sentence=sentence or thing.sentence, began=None))

    def _put(self, key: Hashable, thing: _Thing) -> None:
        self._things[key] = thing
        self._due[key] = None
        if not self._batches.isActive():
            self._batches.start()

    def _leave_one_out(self) -> None:
        """The one that ended first; where all run, the first of all."""
        ended = (key for key, thing in self._things.items() if thing.state not in (RowState.RUNNING, RowState.FAILED))
        key = next(ended, next(iter(self._things)))
        del self._things[key]
        self._due.pop(key, None)
        self._gone += 1

    @Slot()
    def _draw_batch(self) -> None:
        self._draw(tuple(self._due)[:BATCH])
        if self._due:
            self._batches.start()

    def _draw(self, keys: tuple[Hashable, ...]) -> None:
        for key in self._drawn.keys() - self._things.keys():
            self._rows.remove(self._drawn.pop(key))
        for key in keys:
            self._due.pop(key)
            self._draw_one(key, self._things[key])
        if self._gone:
            self._left_out.setText(f"{self._gone:,} earlier {'one is' if self._gone == 1 else 'ones are'} in the log.")
            self._left_out.show()
        runs = any(thing.began is not None for thing in self._things.values())
        if runs and not self._ticks.isActive():
            self._ticks.start()
        elif not runs:
            self._ticks.stop()

    def _draw_one(self, key: Hashable, thing: _Thing) -> None:
        took = self._time_of(thing)
        row = self._drawn.get(key)
        if row is None:
            row = self._drawn[key] = StepRow(thing.state, thing.title, thing.sentence, took)
            self._rows.add(row)
        else:
            row.set(state=thing.state, title=thing.title, sentence=thing.sentence, duration=took)

    def _time_of(self, thing: _Thing) -> str:
        if thing.began is not None:
            return duration((self._now() - thing.began).total_seconds())
        return duration(thing.took) if thing.took is not None else ""

    @Slot()
    def _tick(self) -> None:
        for key, row in self._drawn.items():
            thing = self._things.get(key)
            if thing is not None and thing.began is not None:
                row.set(duration=self._time_of(thing))


def duration(seconds: float) -> str:
    """`0:04`, `12:40`, `1:02:03`."""
    minutes, left = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
