"""What a person finds in the window: by the words it shows, never by the names of our own attributes."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPlainTextEdit, QWidget

from installer.steps import Severity
from ui.demo.flaw import accessible_name
from ui.widgets.rows import FactLine, FindingRow, RowList, StepRow

Found = TypeVar("Found", bound=QWidget)


class NotFound(LookupError):
    """The window does not show what is looked for, or shows it twice."""


def button(root: QWidget, text: str) -> QAbstractButton:
    """The button, card or item that says exactly this."""
    return _only(root, QAbstractButton, text, lambda one: accessible_name(one) == text)


def editor(root: QWidget, label: str) -> QLineEdit | QPlainTextEdit:
    """The field with this label."""
    editors: list[QLineEdit | QPlainTextEdit] = [*_shown(root, QLineEdit), *_shown(root, QPlainTextEdit)]
    found = [one for one in editors if one.accessibleName() == label]
    if len(found) != 1:
        raise NotFound(f"There are {len(found)} fields “{label}”; there are {_names(editors)}.")
    return found[0]


def facts(root: QWidget, name: str) -> dict[str, str]:
    """The names and values in the list that is called `name`."""
    return {line.accessibleName(): line.value() for line in _rows(root, name, FactLine)}


def steps(root: QWidget) -> tuple[StepRow, ...]:
    """The rows of what goes on, or went on."""
    return tuple(_shown(root, StepRow))


def blockers(root: QWidget) -> tuple[str, ...]:
    """What the page says that stops here."""
    found = [row for row in _shown(root, FindingRow) if row.severity is Severity.BLOCKER]
    return tuple(f"{row.accessibleName()} {row.accessibleDescription()}".strip() for row in found)


def _rows(root: QWidget, name: str, kind: type[Found]) -> list[Found]:
    lists = [one for one in _shown(root, RowList) if one.accessibleName() == name]
    return [row for one in lists for row in _shown(one, kind)]


def _only(root: QWidget, kind: type[Found], what: str, is_it: Callable[[Found], bool]) -> Found:
    shown = _shown(root, kind)
    found = [one for one in shown if is_it(one)]
    if len(found) != 1:
        raise NotFound(f"“{what}” is there {len(found)} times; there are {_names(shown)}.")
    return found[0]


def _shown(root: QWidget, kind: type[Found]) -> list[Found]:
    return [one for one in root.findChildren(kind) if one.isVisible()]


def _names(widgets: Sequence[QWidget]) -> str:
    return ", ".join(f"“{accessible_name(one)}”" for one in widgets) or "none"
