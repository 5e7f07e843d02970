"""What the window asks, or says, before it does what it was asked for. The dialogs are in `widgets/dialogs.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

if TYPE_CHECKING:
    from ui.widgets.dialogs import Notice, Question


def leave(window: QWidget, going_on: str, act: Callable[[], None]) -> None:
    """`going_on` says what goes on when the window is closed."""
    from ui.widgets.dialogs import Question

    _open(window, Question("Leave now?", going_on, yes="Leave", no="Stay", parent=window), act)


def put_aside(window: QWidget, name: str, act: Callable[[], None]) -> None:
    """Another journey is about to begin, and nothing of this one is saved."""
    from ui.widgets.dialogs import Question

    sentence = f"{name} is not installed yet. What you have chosen for it is forgotten. Nothing in AWS changes."
    question = Question(
        "Open another invitation?", sentence, yes="Open another one", no=f"Go on with {name}", parent=window
    )
    _open(window, question, act)


def not_now(window: QWidget, doing: str) -> None:
    """Another invitation was to be opened, while something goes on that must not be left alone."""
    from ui.widgets.dialogs import Notice

    what = f"Houseguest is busy: {doing}." if doing else "This window has asked you something."
    owner = QApplication.activeModalWidget() or window
    _open(owner, Notice("The invitation is not opened yet", f"{what} Open it again after that.", parent=owner))


def _open(owner: QWidget, dialog: Notice | Question, act: Callable[[], None] | None = None) -> None:
    """One of a kind at a time."""
    for other in owner.findChildren(type(dialog), options=Qt.FindChildOption.FindDirectChildrenOnly):
        if other is not dialog and other.isVisible():
            other.done(QDialog.DialogCode.Rejected)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if act is not None:
        dialog.accepted.connect(act)
    dialog.open()
