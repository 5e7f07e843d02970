"""Scrolling: the calm scroll bar, and the area that a page's content lies in."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QAbstractSlider,
    QFrame,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from ui import theme

THICK = 12
"""Of a scroll bar, in pixels of 100 %."""
_INSET = 3


class ScrollBar(QScrollBar):
    """A thin handle without a groove; stronger under the mouse, in the accent while its area has the focus."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)

    def sizeHint(self) -> QSize:
        thick, long = theme.px(THICK), theme.px(48)
        return QSize(thick, long) if self.orientation() is Qt.Orientation.Vertical else QSize(long, thick)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.updateGeometry()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() <= self.minimum():
            return
        # What Qt knows of styles is loaded with the first bar that has something to show.
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_ScrollBar, option, QStyle.SubControl.SC_ScrollBarSlider, self
        )
        colours = theme.colours()
        focused = _has_focus(self.parentWidget())
        strong = self.isSliderDown() or self.underMouse()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(
            colours.accent if focused else theme.mixed(colours.line, colours.faint, 0.9 if strong else 0.45)
        )
        inset = theme.px(_INSET)
        body = QRectF(handle).adjusted(inset, inset, -inset, -inset)
        radius = min(body.width(), body.height()) / 2
        painter.drawRoundedRect(body, radius, radius)


def _has_focus(widget: QWidget | None) -> bool:
    """Whether the focus is on the area around a scroll bar: Qt puts a container between them."""
    while widget is not None and not isinstance(widget, QAbstractScrollArea):
        widget = widget.parentWidget()
    return widget is not None and widget.hasFocus()


def calm(area: QAbstractScrollArea) -> None:
    """Gives any scrolling widget this program's scroll bars."""
    area.setVerticalScrollBar(ScrollBar(Qt.Orientation.Vertical))
    area.setHorizontalScrollBar(ScrollBar(Qt.Orientation.Horizontal))


class ScrollArea(QScrollArea):
    """Scrolls downwards only, by wheel and by keys from wherever the focus is inside."""

    def __init__(self, *, name: str = "Content of this page") -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        calm(self)
        # The ground is that of whatever lies below: Qt's own viewport would have one.
        self.setViewport(QWidget())
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._offer_focus)

    def setWidget(self, widget: QWidget) -> None:
        super().setWidget(widget)
        # QScrollArea fills the background of its widget.
        widget.setAutoFillBackground(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        actions = {
            Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
            Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
        }
        action = actions.get(Qt.Key(event.key()))
        if action is None:
            super().keyPressEvent(event)
        else:
            bar.triggerAction(action)

    def focusInEvent(self, event: QEvent) -> None:
        self.verticalScrollBar().update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.verticalScrollBar().update()

    def _offer_focus(self) -> None:
        """Text that is longer than the window must be reachable by Tab where nothing in it takes the focus."""
        content = self.widget()
        inside = content.findChildren(QWidget) if content is not None else []
        reachable = any(child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() for child in inside)
        scrolls = self.verticalScrollBar().maximum() > 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if scrolls and not reachable else Qt.FocusPolicy.NoFocus)
