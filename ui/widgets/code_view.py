"""A document to read, such as a policy: monospace, with line numbers, Copy, and a search that opens with Ctrl+F.

The text with its numbers is in `ui.widgets.code_text`.
"""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.numbers import counted
from ui.theme import TextRole
from ui.widgets.announce import announce
from ui.widgets.buttons import Button, Kind
from ui.widgets.code_text import CodeText
from ui.widgets.copy_button import CopyButton
from ui.widgets.field import Well
from ui.widgets.fields import TextField
from ui.widgets.flow import Flow
from ui.widgets.layouts import Wrapping
from ui.widgets.plain import many_lines
from ui.widgets.text import Label

FIELD_WIDTH = 260


class CodeView(QWidget):
    """The text is read-only; it can be selected with the mouse and with the keyboard."""

    def __init__(self, text: str = "", *, name: str = "Document", visible_lines: int = 16) -> None:
        super().__init__()
        self._code = CodeText(visible_lines)
        self._code.setAccessibleName(name)
        self._fact = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self._find = _FindBar()
        self._find.hide()
        self._lay_out(name)
        self._find.wanted.connect(self._search)
        self._find.moved.connect(self._go)
        self._find.closed.connect(self._close_search)
        for keys, slot in (
            (QKeySequence.StandardKey.Find, self.open_search),
            (QKeySequence.StandardKey.FindNext, self._next),
            (QKeySequence.StandardKey.FindPrevious, self._previous),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self.set_text(text)

    def _lay_out(self, name: str) -> None:
        search = Button("Find", Kind.LINK)
        search.setAccessibleName(f"Find in: {name}")
        search.clicked.connect(self.open_search)
        bar = QHBoxLayout()
        bar.setSpacing(16)
        bar.addWidget(self._fact, 1)
        bar.addWidget(search)
        bar.addWidget(CopyButton(name, self.text))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self._find)
        column.addWidget(Well(self._code, padding=(6, 6)), 1)

    def text(self) -> str:
        return self._code.toPlainText()

    def set_text(self, text: str) -> None:
        self._code.setPlainText(many_lines(text))
        lines = self._code.blockCount() if text else 0
        self._fact.setText(f"{counted(lines, 'line')}, {counted(len(self.text()), 'character')}")
        if not self._find.isHidden():
            self._search(self._find.text())

    def open_search(self) -> None:
        """Show the search, with what is selected in the text as its words."""
        selected = self._code.textCursor().selectedText()
        self._find.open(selected if "\u2029" not in selected else "")

    def _search(self, words: str) -> None:
        self._show_hit(self._code.search(words), words)

    def _go(self, step: int) -> None:
        self._show_hit(self._code.go(step), self._find.text())

    def _next(self) -> None:
        self._go(1)

    def _previous(self) -> None:
        self._go(-1)

    def _show_hit(self, hit: int, words: str) -> None:
        found = self._code.hits()
        self._find.show_count(f"{hit + 1} of {found}" if found else "Nothing found" if words else "")

    def _close_search(self) -> None:
        self._find.hide()
        self._code.search("")
        self._code.setFocus(Qt.FocusReason.OtherFocusReason)


class _FindBar(Wrapping):
    """The words that are searched, which hit is shown, and the ways to the next."""

    wanted = Signal(str)
    moved = Signal(int)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._field = TextField("", placeholder="Find in this document")
        self._field.editor.setAccessibleName("Find in this document")
        self._field.editor.installEventFilter(self)
        self._count = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        row = Flow(self, gap=12)
        row.addWidget(self._field)
        row.addWidget(self._count)
        for text, step in (("Previous", -1), ("Next", 1)):
            button = Button(text, Kind.SECONDARY)
            button.setProperty("step", step)
            button.clicked.connect(self._step)
            row.addWidget(button)
        close = Button("Close", Kind.LINK)
        close.setAccessibleName("Close the search")
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self._field.changed.connect(self.wanted)
        self._apply_theme()

    def text(self) -> str:
        return self._field.text()

    def open(self, words: str) -> None:
        self.show()
        if words:
            self._field.set_text(words)
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.select_all()
        self.wanted.emit(self._field.text())

    def show_count(self, count: str) -> None:
        if count and count != self._count.text():
            announce(self._field, count)
        self._count.setText(count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.moved.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self._field.setMinimumWidth(theme.px(FIELD_WIDTH))

    def _step(self) -> None:
        self.moved.emit(int(self.sender().property("step")))
