"""Two texts compared: beside one another where there is room, else below one another, with a sign before each change.

What differs is found in `ui.widgets.diff_view_lines`; the list of it is `ui.widgets.diff_view_list`.
"""

import difflib

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import TextRole
from ui.widgets.buttons import Button, Kind
from ui.widgets.copy_button import CopyButton
from ui.widgets.diff_view_lines import Comparison, compare
from ui.widgets.diff_view_list import DiffList
from ui.widgets.field import Well
from ui.widgets.flow import Flow
from ui.widgets.layouts import Wrapping
from ui.widgets.plain import one_line
from ui.widgets.policy_editor_paste import cleaned
from ui.widgets.states import EmptyState
from ui.widgets.text import Label, Name

MOST_LINES = 2_000
"""Of each text. Longer ones would halt the window while they are compared."""


class DiffView(QWidget):
    """F8 and Shift+F8 go from change to change, the arrows from line to line; Return opens what is folded."""

    def __init__(
        self,
        before: str = "",
        after: str = "",
        *,
        before_name: str = "Before",
        after_name: str = "After",
        visible_lines: int = 24,
    ) -> None:
        super().__init__()
        self._texts = ("", "")
        self._names = one_line(before_name), one_line(after_name)
        self._list = DiffList(visible_lines)
        self._list.setAccessibleName(f"Changes from {self._names[0]} to {self._names[1]}")
        self._fact = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self._same = EmptyState("check", "No differences", "")
        self._heads = [Name(""), Name("")]
        self._shown = QWidget()
        self._make_buttons()
        self._lay_out()
        for keys, slot in (("F8", self.next_change), ("Shift+F8", self.previous_change)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self._list.unfolded.connect(self._show_folding)
        self.setFocusProxy(self._list)
        self.set_texts(before, after)

    def set_texts(self, before: str, after: str) -> None:
        """Two other texts. Hidden characters in them become visible."""
        old, new = (cleaned(text).text.expandtabs(4) for text in (before, after))
        self._texts = old, new
        longest = max(old.count("\n"), new.count("\n")) + 1
        comparison = compare(old, new) if longest <= MOST_LINES else None
        self._list.set_comparison(comparison or Comparison((), (), ()))
        self._tell(comparison, longest)
        self._show_folding()

    def text(self) -> str:
        """The changes in the unified format, as patch and git write them."""
        old, new = (text.split("\n") for text in self._texts)
        return "\n".join(difflib.unified_diff(old, new, *self._names, lineterm=""))

    def next_change(self) -> None:
        self._list.go(1)

    def previous_change(self) -> None:
        self._list.go(-1)

    def show_all(self) -> None:
        """Every line, the unchanged ones too; once more: only what is near a change."""
        self._list.set_folding(not self._list.folding())
        self._show_folding()

    def _make_buttons(self) -> None:
        self._previous = _link("Previous change", "Shift+F8", self.previous_change)
        self._next = _link("Next change", "F8", self.next_change)
        self._all = _link("", "", self.show_all)
        self._copy = CopyButton("the changes", self.text)

    def _lay_out(self) -> None:
        tools = Wrapping()
        row = Flow(tools, gap=16, row_gap=4)
        row.addWidget(self._fact)
        for button in (self._previous, self._next, self._all, self._copy):
            row.addWidget(button)
        heads = QHBoxLayout()
        heads.setSpacing(8)
        for head, sign, name in zip(self._heads, "−+", self._names, strict=True):
            head.setText(f"{sign} {name}")
            heads.addWidget(head, 1)
        inside = QVBoxLayout(self._shown)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(8)
        inside.addWidget(tools)
        inside.addLayout(heads)
        inside.addWidget(Well(self._list, padding=(2, 4)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._shown)
        column.addWidget(self._same)

    def _tell(self, comparison: Comparison | None, longest: int) -> None:
        differs = comparison is not None and comparison.differs
        self._shown.setVisible(differs)
        self._same.setVisible(not differs)
        if comparison is None:
            sentence = f"One of the texts has {longest:,} lines. Up to {MOST_LINES:,} are compared here."
            self._same.set("Too long to compare", sentence)
        elif differs:
            added, removed = comparison.added, comparison.removed
            self._fact.setText(f"{_lines(added)} added, {removed:,} removed")
        else:
            self._same.set(
                "No differences", f"“{self._names[0]}” and “{self._names[1]}” are the same, {_lines(longest)}."
            )
        self._list.setAccessibleDescription(f"{self._fact.text()}. F8 goes to the next change." if differs else "")

    def _show_folding(self) -> None:
        self._all.setText("Show all lines" if self._list.hides() else "Fold what is unchanged")
        self._all.setVisible(self._list.folds())


def _lines(number: int) -> str:
    return f"{number:,} {'line' if number == 1 else 'lines'}"


def _link(text: str, keys: str, slot: object) -> Button:
    button = Button(text, Kind.LINK)
    button.setToolTip(keys)
    button.setAccessibleDescription(keys)
    button.clicked.connect(slot)
    return button
