"""What content stands on: the card, the line between its parts, and the section without a card."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.text import Label

RADIUS = 12
_MARGINS = (20, 16, 20, 16)
_SPACING = 12


class _Group(QWidget):
    """A title with something at its right, and a body below."""

    def __init__(self, title: str, trailing: QWidget | None, margins: tuple[int, int, int, int]) -> None:
        super().__init__()
        self._margins = margins
        self._title = Label(title, TextRole.ROW)
        self._column = QVBoxLayout(self)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title, 1)
        if trailing is not None:
            self._head.addWidget(trailing, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        if title or trailing is not None:
            self._column.addLayout(self._head)
        self._column.addLayout(self.body)
        self.set_title(title)
        self._apply_theme()

    def title(self) -> str:
        return self._title.text()

    def set_title(self, title: str) -> None:
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        left, top, right, bottom = (theme.px(length) for length in self._margins)
        self._column.setContentsMargins(left, top, right, bottom)
        self._column.setSpacing(theme.px(_SPACING))
        self._head.setSpacing(theme.px(_SPACING))
        self.body.setSpacing(theme.px(theme.UNIT))
        self.update()


class Card(_Group):
    """A ground with a line around it. Put content into `body`."""

    def __init__(self, title: str = "", trailing: QWidget | None = None) -> None:
        super().__init__(title, trailing, _MARGINS)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colours().line, 1))
        painter.setBrush(theme.colours().card)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class Section(_Group):
    """The same without a ground, directly on the page or within a card."""

    def __init__(self, title: str = "", trailing: QWidget | None = None) -> None:
        super().__init__(title, trailing, (0, 0, 0, 0))


class Divider(QWidget):
    """A line of 1 px."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def sizeHint(self) -> QSize:
        return QSize(1, 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(1, 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colours().line)
