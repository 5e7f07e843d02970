"""A document to read, such as a policy: monospace, with line numbers, Copy, and a search that opens with Ctrl+F.

The text with its numbers is in `ui.widgets.code_text`, the search in `ui.widgets.find_bar`.
"""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.numbers import counted
from ui.theme import TextRole
from ui.widgets.buttons import Button, Kind
from ui.widgets.code_text import CodeText
from ui.widgets.copy_button import CopyButton
from ui.widgets.field import Well
from ui.widgets.find_bar import FindBar
from ui.widgets.plain import many_lines
from ui.widgets.text import Label


class CodeView(QWidget):
    """The text is read-only; it can be selected with the mouse and with the keyboard."""

    def __init__(self, text: str = "", *, name: str = "Document", visible_lines: int = 16) -> None:
        super().__init__()
        self._code = CodeText(visible_lines)
        self._code.setAccessibleName(name)
        self._fact = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self._find = FindBar(self._code)
        self._lay_out(name)
        self._find.add_shortcuts(self)
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
        self._find.refresh()

    def open_search(self) -> None:
        """Show the search, with what is selected in the text as its words."""
        self._find.open_search()
