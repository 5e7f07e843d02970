"""Keeps, after each step, where the person is, so that a program that was killed opens there. What is kept is in
`recalling.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from installer.flow import next_step
from ui.tasks import Task, TaskRunner

if TYPE_CHECKING:
    from installer.context import Context
    from ui.desk import Desk
    from ui.visit import Visit


class Remembering(QObject):
    """One write after the other, the newest last. That one failed is no reason to stop anybody: it is not told."""

    def __init__(self, desk: Desk, runner: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._runner = desk, runner
        self._newest: Visit | None = None
        self._is_writing = False

    def keep(self, visit: Visit) -> None:
        """A visit that has not begun, or has ended, is forgotten: there is nothing to come back to."""
        self._newest = visit
        if not self._is_writing:
            self._write()

    @Slot()
    def _write(self) -> None:
        visit, self._newest = self._newest, None
        self._is_writing = visit is not None
        if visit is None:
            return
        desk = self._desk
        under_way = visit.answers is not None and next_step(visit.answers) is not None

        def work(ctx: Context) -> None:
            if under_way:
                desk.remember(ctx, visit)
            else:
                desk.forget(ctx)

        task = Task(work, name="Remember where the person is")
        task.finished.connect(self._write)
        self._runner.start(task)
