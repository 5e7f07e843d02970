"""Where the vendor writes when the product is ready: the one thing that is asked on the Review page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from ui.widgets.card import Card
from ui.widgets.fields import TextField
from ui.widgets.plain import one_line
from ui.widgets.rows import FactLine, RowList

LONGEST = 254
"""RFC 5321 leaves so many characters for an address."""


def problem_of(address: str) -> str:
    """What is wrong with an address, in a sentence; empty where it may be one. Only mail can tell if it is."""
    if any(char.isspace() for char in address):
        return "An e-mail address has no blanks in it."
    name, _, place = address.partition("@")
    if address and address.count("@") != 1:
        return "An e-mail address has one @ in it."
    if address and not (name and place):
        return "A part of the e-mail address is missing."
    return f"An e-mail address has at most {LONGEST} characters." if len(address) > LONGEST else ""


class EmailCard(Card):
    """A field before the commit, a fact after it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("When it is ready")
        self.field = TextField(
            "E-mail", placeholder="you@company.example", hint="Optional. The vendor is given it with the install."
        )
        self.fact = RowList(name="When it is ready")
        self.body.addWidget(self.field)
        self.body.addWidget(self.fact)
        self.field.changed.connect(self._typed)
        if isinstance(self.field.editor, QLineEdit):
            self.field.editor.editingFinished.connect(self._judge)
        self.setFocusProxy(self.field)

    @property
    def address(self) -> str:
        return self.field.text().strip()

    @property
    def problem(self) -> str:
        """What is wrong, said beside the field only once the person has finished typing."""
        return problem_of(self.address)

    def set_operator(self, operator: str) -> None:
        self.set_title(f"Where {one_line(operator)} writes when it is ready")

    def set_address(self, address: str) -> None:
        self.field.set_text(address)
        self.field.set_problem("")

    def show_settled(self, address: str | None) -> None:
        """As it was settled; None where there is none."""
        self.fact.set_rows((FactLine("E-mail", address or "none given"),))

    def set_read_only(self, read_only: bool) -> None:
        self.field.setVisible(not read_only)
        self.fact.setVisible(read_only)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return ends typing here. It would press the window's primary button, and that cannot be taken back."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    @Slot()
    def _typed(self) -> None:
        if not self.problem:
            self.field.set_problem("")
        self.changed.emit()

    @Slot()
    def _judge(self) -> None:
        self.field.set_problem(self.problem)
