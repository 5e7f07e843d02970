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
    """`Window/Card#limits/Button “Continue”`: classes from the window down, with what tells them from others."""
    names = [_name(widget, told=True)]
    parent = widget.parentWidget()
    while widget is not window and parent is not None:
        names.append(_name(parent, told=False))
        if parent is window:
            break
        parent = parent.parentWidget()
    return "/".join(reversed(names))


def accessible_name(widget: QWidget) -> str:
    """The name that assistive technology is told, which for a label or a button is its text."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface.isValid() else ""


def is_overlay(widget: QWidget) -> bool:
    return bool(widget.property(OVERLAY))


def _name(widget: QWidget, *, told: bool) -> str:
    name = type(widget).__name__
    if own := widget.objectName():
        name += f"#{own}"
    if told and (spoken := accessible_name(widget)):
        name += f" “{spoken}”"
    return name
