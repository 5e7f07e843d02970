"""A widget in a window of its own, shown and laid out as a page would: for the tests of `ui/widgets`."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.demo.looks import inspect
from ui.theme import Scheme

NARROW, WIDE = 560, 1100
# What a name in an account may hold: controls, an escape sequence, a reordering mark, mark-up, a very long word.
HOSTILE = "a\x00b\x1b[31mc\u202ed<b>bold</b><img src=x>\r\n\x07" + "w" * 10_000


class Shown(QWidget):
    """A window around `widgets`."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 24, 24, 24)
        for widget in widgets:
            self._column.addWidget(widget)
        self._column.addStretch(1)

    def fit(self, width: int) -> None:
        """That width, and the height that follows from it."""
        self.resize(width, 100)
        for _ in range(3):  # what wraps tells its height once it knows its width
            QApplication.processEvents()
            self.resize(width, self._column.totalHeightForWidth(width))
        QApplication.processEvents()


def shown(qtbot: QtBot, *widgets: QWidget, width: int = WIDE) -> Shown:
    """The active window around `widgets`."""
    window = Shown(*widgets)
    # A test that needs only its widgets does not hold the window, and Qt would delete both: this function does.
    qtbot.addWidget(window, before_close_func=lambda _: window.hide())
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.fit(width)
    return window


def focus(widget: QWidget) -> None:
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()


def flaws(window: QWidget) -> list[str]:
    """What is clipped, overlaps, is too faint or has no name: wide and light at 100 %, narrow and dark at 150 %."""
    found = []
    for scheme, scale, width in ((Scheme.LIGHT, 1.0, WIDE), (Scheme.DARK, 1.5, NARROW)):
        theme.set_scheme(scheme)
        theme.set_scale(scale)
        if isinstance(window, Shown):
            window.fit(width)
        found += [f"{scheme} {scale} {width}: {flaw}" for flaw in inspect(window)]
    return found
