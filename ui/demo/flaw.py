"""What can be wrong with the look of a window, and the name of the place where it is. `looks` does the looking."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

OVERLAY = "overlay"
"""The dynamic property of a widget that lies over its siblings on purpose: `widget.setProperty("overlay", True)`."""


class Kind(StrEnum):
    CLIPPED = "clipped text"
    OVERLAP = "overlap"
    CONTRAST = "low contrast"
    DISABLED_CONTRAST = "low contrast while disabled"
    UNNAMED = "no accessible name"
    BEYOND = "beyond its parent"


@dataclass(frozen=True)
class Flaw:
    """`where` leads from the window to the widget; `detail` has the text and the numbers, in logical pixels."""

    kind: Kind
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.detail}"


def where(widget: QWidget, window: QWidget) -> str:
    """`Window/Card#limits/Button “Continue”`: the classes from the window down, and how the widget itself is called."""
    path = [called(widget)]
    while widget is not window and (parent := widget.parentWidget()) is not None:
        path.append(_class(parent))
        widget = parent
    return "/".join(reversed(path))


def called(widget: QWidget) -> str:
    """`Button “Continue”`."""
    name = accessible_name(widget)
    return f"{_class(widget)} “{name}”" if name else _class(widget)


def accessible_name(widget: QWidget) -> str:
    """The name that assistive technology is told, which for a label or a button is its text."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface.isValid() else ""


def is_overlay(widget: QWidget) -> bool:
    return bool(widget.property(OVERLAY))


def _class(widget: QWidget) -> str:
    name = type(widget).__name__
    return f"{name}#{widget.objectName()}" if widget.objectName() else name
