"""A button that puts a text on the clipboard, and says so for a moment."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from ui.widgets.announce import announce
from ui.widgets.buttons import Button, Kind

SAID_FOR = 1600
"""How long it says "Copied", in ms."""


class CopyButton(Button):
    """Copies what `text` returns at that moment. `what` names it: "the log"."""

    def __init__(
        self,
        what: str,
        text: Callable[[], str],
        *,
        label: str = "Copy",
        kind: Kind = Kind.LINK,
        rest: int = SAID_FOR,
    ) -> None:
        super().__init__(label, kind)
        self._label = label
        self._what = what
        self._text = text
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(rest)
        self._rest.timeout.connect(self._show_label)
        self.setAccessibleName(f"{label}: {what}")
        self.clicked.connect(self.copy)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text())
        self.setText("Copied")
        announce(self, f"{self._what} copied")
        self._rest.start()

    def _show_label(self) -> None:
        self.setText(self._label)
