"""An editor of JSON text, such as a policy: what is wrong is shown in place, and how much room is left.

The text is in `ui.widgets.policy_editor_text`, the list of problems in `…_problems`, the room in `…_budget`. What is
wrong, and what the text is formatted to, the editor is told: it only says that the text has changed.
"""

import sys
from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from installer.steps import Severity
from ui.theme import TextRole
from ui.widgets.announce import announce
from ui.widgets.buttons import Button, Kind
from ui.widgets.copy_button import CopyButton
from ui.widgets.find_bar import FindBar
from ui.widgets.flow import Flow
from ui.widgets.layouts import Wrapping
from ui.widgets.policy_editor_budget import Budget
from ui.widgets.policy_editor_problems import ProblemList, TextProblem, worst
from ui.widgets.policy_editor_status import Ground, Notice, Place
from ui.widgets.policy_editor_text import PolicyText
from ui.widgets.text import Label

__all__ = ["PolicyEditor", "TextProblem"]

MOST_CHARACTERS = 262_144
PAUSE = 120
"""So long after the last change it is told, in ms."""
UNCHECKED = 1_000
"""So long after that the problems are no longer called checked, if nobody has told new ones, in ms."""
FORMAT_KEYS = "Ctrl+Shift+F"
# On macOS Qt's Ctrl is Command, which with M would put the window away.
TAB_KEYS = "Meta+M" if sys.platform == "darwin" else "Ctrl+M"

Format = Callable[[str], str | None]
"""Text to the same text, well laid out; None where it cannot be, because it is not JSON yet."""


class PolicyEditor(QWidget):
    """Text, its problems and its size. F8 and Shift+F8 go from problem to problem, Ctrl+F searches."""

    edited = Signal()
    """The text is another one now: what was known of it is not known of this one."""
    changed = Signal(str)
    """The text, a moment after it has changed in whatever way."""

    def __init__(
        self,
        text: str = "",
        *,
        name: str = "Policy",
        placeholder: str = "Paste a policy here, or write one.",
        format_text: Format | None = None,
        visible_lines: int = 18,
        most_characters: int = MOST_CHARACTERS,
        pause: int = PAUSE,
    ) -> None:
        super().__init__()
        self._format_text = format_text
        self._read_only_because = ""
        self._seen = self._told = ""
        self._checked: str | None = None
        """The text that was checked last."""
        self._code = PolicyText(visible_lines, most_characters)
        self._code.setAccessibleName(name)
        self._code.setPlaceholderText(placeholder)
        self._well = Ground(self._code, padding=(6, 6))
        self._fact = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self._find = FindBar(self._code)
        self._place = Place(self._code)
        self._hint = Label("", TextRole.SECONDARY, colour="secondary")
        self._notice = Notice()
        self._budget = Budget()
        self._problems = ProblemList()
        self._pause = _once(self, pause, self._tell)
        self._unchecked = _once(self, UNCHECKED, self._say_unchecked)
        self._make_buttons(name)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self._code)
        self._describe()
        if text:
            self.set_text(text)
        self._show_fact()

    # What is in it

    def text(self) -> str:
        return self._code.text()

    def set_text(self, text: str) -> bool:
        """Another text, which cannot be undone. Returns whether it was taken: a far too long one is not, and the editor
        says so. What cannot be seen in it becomes visible, as when it is pasted."""
        return self._code.set_text(text)

    def is_read_only(self) -> bool:
        return self._code.isReadOnly()

    def set_read_only(self, read_only: bool, why: str = "") -> None:
        """`why` is the sentence below the text: what it is, and how to get one that can be edited."""
        self._read_only_because = why
        self._code.set_read_only(read_only)
        self._well.update()
        for button in (self._undo, self._redo, self._format):
            button.setVisible(not read_only and (button is not self._format or self._format_text is not None))
        self._describe()
        self._show_fact()

    def set_problems(self, problems: Iterable[tuple[int, int, Severity, str, str]]) -> None:
        """What is wrong: (start, end, severity, sentence, fix) each, places in UTF-16 units of the text. None: it was
        checked, and nothing was found."""
        self._unchecked.stop()
        self._checked = self.text()
        made = sorted((_named(*problem) for problem in problems), key=lambda problem: problem.start)
        before = self._problems.state()
        self._code.set_problems(made)
        self._problems.set_problems(self._code.placed())
        if self._problems.state() != before and self._code.hasFocus():
            announce(self._code, self._problems.state())
        self._well.set_problem(worst(made) is Severity.BLOCKER)
        self._describe()

    def set_unchecked(self, words: str = "Not checked yet") -> None:
        """Nobody knows whether anything is wrong, and why not."""
        self._problems.set_unchecked(words)
        self._describe()

    def set_budget(self, used: int | None, limit: int = 0) -> None:
        """None: nobody knows how much room it takes."""
        if used is None:
            self._budget.hide()
        else:
            self._budget.set(used, limit)

    # What can be done

    def format(self) -> None:
        """Lay the text out well, in one step that can be undone. Where it is not JSON yet, it says so."""
        if self._format_text is None or self.is_read_only():
            return
        made = self._format_text(self.text())
        if made is None:
            self._notice.set("This is not JSON yet, so it cannot be laid out. Nothing was changed.")
        else:
            self._code.replace_text(made)
            self._notice.set("")

    def go_to_problem(self, number: int) -> None:
        """The cursor to that problem, from 0, in the order of the text."""
        self._code.go_to(number)
        self._code.setFocus(Qt.FocusReason.OtherFocusReason)
        placed = self._code.placed()
        announce(self._code, f"{placed[number].spoken} {number + 1} of {len(placed)}.")

    def next_problem(self) -> None:
        self._step(1)

    def previous_problem(self) -> None:
        self._step(-1)

    def open_search(self) -> None:
        self._find.open_search()

    # How it is made

    def _make_buttons(self, name: str) -> None:
        self._undo = _link("Undo", "Take back the last change", self._code.undo)
        self._redo = _link("Redo", "Make the change again that was taken back", self._code.redo)
        self._format = _link("Format", f"Lay the text out anew ({_native(FORMAT_KEYS)})", self.format)
        if self._format_text is None:
            self._format.hide()
        self._search = _link("Find", f"Find in: {name}", self.open_search)
        self._copy = CopyButton(name, self.text)
        for button in (self._undo, self._redo):
            button.setEnabled(False)

    def _lay_out(self) -> None:
        tools = Wrapping()
        row = Flow(tools, gap=16, row_gap=4)
        row.addWidget(self._fact)
        for button in (self._undo, self._redo, self._format, self._search, self._copy):
            row.addWidget(button)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self._hint, 1)
        below.addWidget(self._place, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(tools)
        column.addWidget(self._find)
        column.addWidget(self._well, 1)
        column.addLayout(below)
        for part in (self._notice, self._budget, self._problems):
            column.addWidget(part)

    def _connect(self) -> None:
        self._code.textChanged.connect(self._text_changed)
        self._code.undoAvailable.connect(self._undo.setEnabled)
        self._code.redoAvailable.connect(self._redo.setEnabled)
        self._code.noticed.connect(self._notice.set)
        self._code.tab_changed.connect(self._describe)
        self._problems.chosen.connect(self.go_to_problem)
        self._find.add_shortcuts(self)
        for keys, slot in (
            ("F8", self.next_problem),
            ("Shift+F8", self.previous_problem),
            (FORMAT_KEYS, self.format),
            (TAB_KEYS, self._toggle_tab),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # What follows from what

    def _text_changed(self) -> None:
        # Qt also calls it a change when only colours change.
        text = self.text()
        if text != self._seen:
            self._seen = text
            self.edited.emit()
        self._pause.start()

    def _tell(self) -> None:
        text = self.text()
        if text == self._told:
            return
        self._told = text
        self._show_fact()
        self._find.refresh()
        if text != self._checked:
            self._unchecked.start()
        self.changed.emit(text)

    def _say_unchecked(self) -> None:
        self.set_unchecked("Not checked since your last change" if self._told else "Nothing to check yet")

    def _step(self, step: int) -> None:
        number = self._code.next_problem(step)
        if number is None:
            announce(self._code, "No problems")
        else:
            self.go_to_problem(number)

    def _toggle_tab(self) -> None:
        if not self.is_read_only():
            self._code.set_tab_indents(not self._code.tab_indents())
            announce(self._code, self._hint.text())

    def _show_fact(self) -> None:
        text = self.text()
        lines = self._code.blockCount() if text else 0
        fact = f"{lines:,} {'line' if lines == 1 else 'lines'}"
        self._fact.setText(f"{fact}, read-only" if self.is_read_only() else fact)

    def _describe(self) -> None:
        tab = _native(TAB_KEYS)
        if self.is_read_only():
            hint = self._read_only_because or "This text can be read and copied, not changed."
        elif self._code.tab_indents():
            hint = f"Tab indents. Esc, then Tab leaves the editor; {tab}: Tab leaves it again."
        else:
            hint = f"Tab leaves the editor; {tab}: Tab indents."
        state = f"{self._problems.state()}."
        found = bool(self._problems.rows())
        self._hint.setText(f"{hint} F8 goes to the next problem." if found else hint)
        self._code.setAccessibleDescription(f"{state} {self._hint.text()}")


def _named(start: int, end: int, severity: Severity, sentence: str, fix: str = "") -> TextProblem:
    return TextProblem(start, end, Severity(severity), sentence, fix)


def _once(parent: QWidget, pause: int, work: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(pause)
    timer.timeout.connect(work)
    return timer


def _link(text: str, said: str, slot: Callable[[], None]) -> Button:
    button = Button(text, Kind.LINK)
    button.setAccessibleDescription(said)
    button.setToolTip(said)
    button.clicked.connect(slot)
    return button


def _native(keys: str) -> str:
    """As this system writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
