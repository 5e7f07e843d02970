"""Widgets in one another's way, and widgets that reach beyond what holds them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from ui.demo.flaw import called
from ui.demo.scene import Part, lineage, scrolls_down, shown

TOLERANCE = 2.0
"""Pixels by which two may touch: styles let a tab reach into its pane, and ink is rounded outwards."""

Thing = TypeVar("Thing")


def overlapping(parts: tuple[Part, ...], window: QWidget) -> Iterator[tuple[Part, str]]:
    """Two siblings of which something drawn lies on something drawn, or two texts drawn on one another."""
    seen = [part for part in parts if not part.overlay and part.drawing.draws]
    told: set[frozenset[QWidget]] = set()
    for one, other in _meeting(seen, lambda part: QRectF(part.visible)):
        pair = _siblings(one.widget, other.widget, window)
        if pair is not None and frozenset(pair) not in told:
            told.add(frozenset(pair))
            met = one.visible.intersected(other.visible)
            yield one, f"{called(pair[0])} and {called(pair[1])} share {met.width()} × {met.height()} px"
    yield from _text_on_text(seen, window)


def _text_on_text(parts: list[Part], window: QWidget) -> Iterator[tuple[Part, str]]:
    """Within one widget, or between a widget and what it holds: siblings are looked at as a whole."""
    texts = [(part, text, shown(part, text)) for part in parts for text in part.drawing.texts]
    for (part, text, _), (other_part, other, _) in _meeting(texts, lambda entry: entry[2]):
        apart = _siblings(part.widget, other_part.widget, window) is not None
        # A selection is drawn a second time, over the line it is part of.
        if not apart and text.text not in other.text and other.text not in text.text:
            yield part, f"the texts “{text.text.strip()}” and “{other.text.strip()}” lie on one another"


def beyond(parts: tuple[Part, ...], window: QWidget) -> Iterator[tuple[Part, str]]:
    """To either side of the parent; above and below it too, unless scrolling leads there."""
    for part in parts:
        parent = part.widget.parentWidget()
        if part.widget is window or parent is None or part.overlay:
            continue
        place = part.widget.geometry()
        over = {"left": -place.left(), "right": place.right() - parent.rect().right()}
        if not scrolls_down(parent):
            over |= {"top": -place.top(), "bottom": place.bottom() - parent.rect().bottom()}
        if told := ", ".join(f"{far} px at the {side}" for side, far in over.items() if far > 0):
            yield part, told


def _meeting(things: Iterable[Thing], rect: Callable[[Thing], QRectF]) -> Iterator[tuple[Thing, Thing]]:
    """Pairs whose rectangles have more than a touch in common, found row by row from the top."""
    above: list[tuple[Thing, QRectF]] = []
    for thing, place in sorted(((thing, rect(thing)) for thing in things), key=lambda entry: entry[1].top()):
        above = [(other, taken) for other, taken in above if taken.bottom() > place.top()]
        for other, taken in above:
            met = taken.intersected(place)
            if min(met.width(), met.height()) > TOLERANCE:
                yield other, thing
        above.append((thing, place))


def _siblings(one: QWidget, other: QWidget, window: QWidget) -> tuple[QWidget, QWidget] | None:
    """The siblings in which the two lie; nothing where one lies within the other."""
    mine, others = (list(lineage(widget, window))[::-1] for widget in (one, other))
    return next(((a, b) for a, b in zip(mine, others, strict=False) if a is not b), None)
