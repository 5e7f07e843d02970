"""How long a key takes in the policy editor, painting included, with a policy as long as AWS takes, and with the marks
of many problems; beside it a bare QPlainTextEdit that is given the same keys.

Both as a person would lay it out and all on one line. The budget is for what the editor adds to Qt, in ms: a person
does not notice that.
"""

import json
import os
import statistics
import sys
from collections.abc import Callable
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from installer.steps import Severity
from ui import theme
from ui.widgets.diff_view import DiffView
from ui.widgets.policy_editor import PolicyEditor

CHARACTERS = 6_144
PROBLEMS = 40
ROUNDS = 30
BUDGET = 5.0
COMPARING = 100.0
CONTROL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier

KEYS = {
    "a letter": (Qt.Key.Key_A, NONE),
    "a quote": (Qt.Key.Key_QuoteDbl, NONE),
    "a bracket": (Qt.Key.Key_BraceLeft, NONE),
    "Backspace": (Qt.Key.Key_Backspace, NONE),
    "Return": (Qt.Key.Key_Return, NONE),
    "Undo": (Qt.Key.Key_Z, CONTROL),
    "Down": (Qt.Key.Key_Down, NONE),
    "Right": (Qt.Key.Key_Right, NONE),
}


def policy(indent: int | None) -> str:
    """A policy of `CHARACTERS` characters, blanks aside, or a few less."""
    made = ""
    statements: list[dict[str, object]] = []
    while sum(not sign.isspace() for sign in made) < CHARACTERS - 220:
        number = len(statements)
        actions = [f"ec2:Describe{number}", "s3:GetObject", f"iam:PassRole{number}"]
        statements.append({"Sid": f"Part{number}", "Effect": "Allow", "Action": actions, "Resource": "*"})
        made = json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=indent)
    return made


def milliseconds(work: Callable[[], object]) -> float:
    timer = QElapsedTimer()
    timer.start()
    work()
    return timer.nsecsElapsed() / 1e6


def pressed(widget: QPlainTextEdit, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(widget, key, modifiers)
    QApplication.processEvents()


def in_the_middle(widget: QPlainTextEdit) -> None:
    cursor = widget.textCursor()
    cursor.setPosition(widget.toPlainText().index("[", widget.document().characterCount() // 2) + 1)
    widget.setTextCursor(cursor)
    widget.centerCursor()


def measured(widget: QPlainTextEdit) -> dict[str, list[float]]:
    widget.setFocus()
    times: dict[str, list[float]] = {name: [] for name in KEYS}
    in_the_middle(widget)
    QApplication.processEvents()
    for _ in range(ROUNDS):
        for name, (key, modifiers) in KEYS.items():
            times[name].append(milliseconds(partial(pressed, widget, key, modifiers)))
    return times


def editor_and_text() -> tuple[PolicyEditor, QPlainTextEdit]:
    editor = PolicyEditor(pause=3_600_000)  # what follows a pause is not part of a key
    editor.resize(900, 700)
    editor.show()
    editor.activateWindow()
    QApplication.processEvents()
    return editor, editor.findChildren(QPlainTextEdit)[0]


def bare_text() -> QPlainTextEdit:
    bare = QPlainTextEdit()
    bare.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    bare.setFont(theme.font(theme.TextRole.MONO_SMALL))
    bare.resize(900, 500)
    bare.show()
    return bare


def keys(name: str, text: str) -> bool:
    bare = bare_text()
    bare.setPlainText(text)
    floor = measured(bare)
    bare.close()
    editor, code = editor_and_text()
    editor.set_text(text)
    step = len(text) // PROBLEMS
    editor.set_problems((at, at + 6, Severity.BLOCKER, "A problem", "") for at in range(0, len(text) - 6, step))
    times = measured(code)
    editor.close()
    added = []
    for key, taken in times.items():
        middle, least = statistics.median(taken), statistics.median(floor[key])
        added.append(middle - least)
        verdict = "kept" if added[-1] <= BUDGET else f"EXCEEDED: {BUDGET:g} ms"
        print(f"  {name}, {key}: {middle:.2f} ms, at most {max(taken):.2f} ms; bare {least:.2f} ms ({verdict})")
    return max(added) <= BUDGET


def comparing() -> bool:
    text = policy(2)
    changed = text.replace("s3:GetObject", "s3:PutObject", 5)
    view = DiffView()
    view.resize(1200, 700)
    view.show()

    def compare() -> None:
        view.set_texts("", "")
        view.set_texts(text, changed)
        QApplication.processEvents()

    taken = statistics.median(milliseconds(compare) for _ in range(7))
    print(f"  two policies compared and shown: {taken:.1f} ms (budget {COMPARING:g} ms)")
    return taken <= COMPARING


def main() -> int:
    application = QApplication(sys.argv[:1])
    theme.install(application, scheme=theme.Scheme.LIGHT)
    kept = [keys("laid out", policy(2)), keys("on one line", policy(None)), comparing()]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
