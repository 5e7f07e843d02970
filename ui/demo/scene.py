"""A window taken apart for looking at it: its visible widgets, what each draws, and how far each can be seen."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QAbstractAnimation, QCoreApplication, QEvent, QModelIndex, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from ui.demo.drawn import EVERYWHERE, Drawing, Text, drawing
from ui.demo.flaw import is_overlay

_ROUNDS = 8


@dataclass(frozen=True)
class Part:
    """A visible widget, where it stands in the window, how much of that can be seen, and what it draws itself."""

    widget: QWidget
    rect: QRect
    visible: QRect
    drawing: Drawing
    overlay: bool

    @property
    def origin(self) -> QPointF:
        return QPointF(self.rect.topLeft())


def settle(window: QWidget) -> None:
    """Brings looks and layouts up to date, without letting anything else happen. What moves is brought to its end."""
    for animation in window.findChildren(QAbstractAnimation):
        if animation.totalDuration() >= 0:
            animation.setCurrentTime(animation.totalDuration())
    for kind in (QEvent.Type.ApplicationPaletteChange, QEvent.Type.ApplicationFontChange):
        QCoreApplication.sendPostedEvents(None, kind)
    before: list[QRect] = []
    # A new width may make a text higher, and that its parent. Layouts that never agree are not waited for.
    for _ in range(_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        now = [widget.geometry() for widget in window.findChildren(QWidget)]
        if now == before:
            return
        before = now


def scene(window: QWidget) -> tuple[Part, ...]:
    """All that can be seen in the settled window, parents before their children."""
    settle(window)
    return tuple(_parts(window, window, window.rect(), overlay=False))


def _parts(widget: QWidget, window: QWidget, opening: QRect, *, overlay: bool) -> Iterator[Part]:
    overlay = overlay or is_overlay(widget)
    rect = QRect(widget.mapTo(window, QPoint()), widget.size())
    visible = rect.intersected(opening)
    yield Part(widget, rect, visible, drawing(widget), overlay)
    for child in _children(widget):
        yield from _parts(child, window, visible, overlay=overlay)


def _children(widget: QWidget) -> list[QWidget]:
    """Those that are visible and no windows of their own."""
    children = widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [child for child in children if child.isVisible() and not child.isWindow()]


def item_at(widget: QWidget, place: QPoint) -> QModelIndex | None:
    """The item drawn at a place of an item view's viewport; nothing for other widgets and for headers."""
    view = widget.parentWidget()
    if isinstance(view, QAbstractItemView) and not isinstance(view, QHeaderView) and view.viewport() is widget:
        return view.indexAt(place)
    return None


def scrolls_down(widget: QWidget) -> bool:
    """Whether it shows what can be scrolled: the viewport, or a column beside it that moves with it."""
    area = widget.parentWidget()
    if isinstance(area, QHeaderView):
        area = area.parentWidget()
    return isinstance(area, QAbstractScrollArea) and _can_move(area.verticalScrollBar(), area.verticalScrollBarPolicy())


def scrolls_aside(widget: QWidget) -> bool:
    """Only what is edited or quoted line by line may do so: a line edit, and a text view that does not wrap."""
    area = widget.parentWidget()
    return isinstance(widget, QLineEdit) or (
        isinstance(area, QPlainTextEdit | QTextEdit)
        and area.viewport() is widget
        and _can_move(area.horizontalScrollBar(), area.horizontalScrollBarPolicy())
    )


def _can_move(bar: QScrollBar, policy: Qt.ScrollBarPolicy) -> bool:
    return policy != Qt.ScrollBarPolicy.ScrollBarAlwaysOff and bar.maximum() > bar.minimum()


def shown(part: Part, text: Text) -> QRectF:
    """What can be seen of a text's ink now, in coordinates of the window."""
    return text.ink.intersected(text.clip).translated(part.origin).intersected(QRectF(part.visible))


def reach(part: Part, text: Text, window: QWidget) -> QRectF:
    """Where a text of the part may stand without being cut: what scrolling brings into sight is not cut."""
    box = _Box(EVERYWHERE)
    own = QRectF(QPointF(), part.rect.size().toSizeF())
    box.limit(_without_edges(text.clip, own, part.widget).translated(part.origin))
    for widget in lineage(part.widget, window):
        box.pass_through(widget)
        box.limit(QRectF(QRect(widget.mapTo(window, QPoint()), widget.size())))
    return box.rect


def _without_edges(clip: QRectF, own: QRectF, widget: QWidget) -> QRectF:
    """A painter's clip, opened where it only repeats the edge of a viewport that can be scrolled."""
    left, top, right, bottom = clip.left(), clip.top(), clip.right(), clip.bottom()
    if scrolls_aside(widget):
        left, right = EVERYWHERE.left(), EVERYWHERE.right()
    if scrolls_down(widget):
        top = EVERYWHERE.top() if top <= own.top() else top
        bottom = EVERYWHERE.bottom() if bottom >= own.bottom() else bottom
    return QRectF(QPointF(left, top), QPointF(right, bottom))


def lineage(widget: QWidget, window: QWidget) -> Iterator[QWidget]:
    """The widget, its parent, and so on up to the window."""
    yield widget
    while widget is not window and (parent := widget.parentWidget()) is not None:
        yield parent
        widget = parent


class _Box:
    """A rectangle that grows smaller, until a scrolling viewport ends that for one direction."""

    def __init__(self, rect: QRectF) -> None:
        self.rect = rect
        self._down = self._aside = False

    def pass_through(self, widget: QWidget) -> None:
        self._down = self._down or scrolls_down(widget)
        self._aside = self._aside or scrolls_aside(widget)

    def limit(self, rect: QRectF) -> None:
        left, top, right, bottom = self.rect.left(), self.rect.top(), self.rect.right(), self.rect.bottom()
        if not self._aside:
            left, right = max(left, rect.left()), min(right, rect.right())
        if not self._down:
            top, bottom = max(top, rect.top()), min(bottom, rect.bottom())
        self.rect = QRectF(QPointF(left, top), QPointF(right, bottom))
