"""A log that grows while it is read: bounded, in batches, and never pulled away from the place that is being read."""

from collections import deque
from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from ui import theme
from ui.theme import TextRole
from ui.widgets.field import Well
from ui.widgets.plain import cut, many_lines
from ui.widgets.scroll import calm

CAPACITY = 10_000
"""Lines that are kept; the oldest go."""
BATCH = 400
"""Lines that are added at once: what takes some milliseconds, not what a person sees as a halt."""
PAUSE = 30
"""Between two batches, in ms."""
LINE_LIMIT = 2_000
"""Characters of a line; the rest of a longer one is cut off, and says so."""


class LogView(Well):
    """Lines in monospace. It follows the newest line while that one is in sight, and stays put while it is not."""

    def __init__(self, *, name: str = "Log", visible_lines: int = 12) -> None:
        self._edit = _LogText(visible_lines)
        super().__init__(self._edit, padding=(8, 6))
        self._edit.setAccessibleName(name)
        self._waiting: deque[str] = deque(maxlen=CAPACITY)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._show_batch)

    def append(self, line: str) -> None:
        """Add a line, or several if it holds line feeds. It is shown with the next batch."""
        self.extend((line,))

    def extend(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._waiting.extend(cut(part, LINE_LIMIT) for part in many_lines(line).split("\n"))
        if self._waiting and not self._timer.isActive():
            self._timer.start(0)

    def clear(self) -> None:
        self._waiting.clear()
        self._edit.clear()

    def text(self) -> str:
        """All lines that are kept, those of the next batch too: what Copy puts on the clipboard."""
        shown = self._edit.toPlainText().split("\n") if not self._edit.document().isEmpty() else []
        return "\n".join([*shown, *self._waiting][-CAPACITY:])

    def line_count(self) -> int:
        shown = 0 if self._edit.document().isEmpty() else self._edit.blockCount()
        return min(CAPACITY, shown + len(self._waiting))

    def _show_batch(self) -> None:
        lines = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        if lines:
            self._edit.append_lines(lines)
        if self._waiting:
            self._timer.start(PAUSE)


class _LogText(QPlainTextEdit):
    def __init__(self, visible_lines: int) -> None:
        super().__init__()
        self._visible_lines = visible_lines
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setTabChangesFocus(True)
        self.setMaximumBlockCount(CAPACITY)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        # Read-only text is otherwise not scrolled by the keyboard.
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._apply_theme()

    def append_lines(self, lines: list[str]) -> None:
        bar = self.verticalScrollBar()
        following = bar.value() >= bar.maximum()
        held = self.firstVisibleBlock()
        self.appendPlainText("\n".join(lines))
        if following:
            bar.setValue(bar.maximum())
        elif held.isValid():
            # Lines at the top may have gone, and all others have moved up by as many.
            bar.setValue(held.firstLineNumber())

    def sizeHint(self) -> QSize:
        return QSize(theme.px(480), self._visible_lines * self.fontMetrics().lineSpacing())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), 4 * self.fontMetrics().lineSpacing())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.MONO_SMALL))
        self.updateGeometry()
