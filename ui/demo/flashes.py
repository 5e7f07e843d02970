"""Windows that nobody asked for: a widget that is shown before it has a parent is a window of its own for a moment.

It flashes up on the screen, takes the keyboard away from the window, and costs milliseconds.
"""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from ui.demo.flaw import called

_MEANT = (Qt.WindowType.Popup, Qt.WindowType.ToolTip)


class Flashes(QObject):
    """`seen` are those since it was made. It looks at every event: not for a walk whose speed is measured."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []
        application = QCoreApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and _is_unmeant(watched):
            self.seen.append(called(watched))
        return False


def _is_unmeant(widget: QWidget) -> bool:
    return widget.isWindow() and not isinstance(widget, QMainWindow | QDialog) and widget.windowType() not in _MEANT
