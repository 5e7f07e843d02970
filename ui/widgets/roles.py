"""What a widget is to assistive technology where Qt would take it for a mere box: a list, an item of one, an alert.

Names and descriptions, each widget sets itself.
"""

from functools import cache

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget


def install() -> None:
    """Once, before the first page. Qt asks only while assistive technology listens."""
    QAccessible.installFactory(_interface)


def _interface(_class: str, thing: QObject) -> QAccessibleInterface | None:
    """None leaves it to Qt. What is returned belongs to Qt."""
    if isinstance(thing, QWidget):
        for kind, role in _roles():
            if isinstance(thing, kind):
                return QAccessibleWidget(thing, role)
    return None


@cache
def _roles() -> tuple[tuple[type[QWidget], QAccessible.Role], ...]:
    # Imported when Qt first asks, which most of the time is never.
    from ui.widgets.error_panel import ErrorPanel
    from ui.widgets.rows import AnswerRow, EvidenceRow, FactLine, FindingRow, RowList, StepRow

    rows = (AnswerRow, EvidenceRow, FactLine, FindingRow, StepRow)
    return (
        (ErrorPanel, QAccessible.Role.AlertMessage),
        (RowList, QAccessible.Role.List),
        *((row, QAccessible.Role.ListItem) for row in rows),
    )
