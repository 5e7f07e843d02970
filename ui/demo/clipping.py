"""Text that cannot be read in full: cut by an edge, elided without a tool tip, or not drawn at all."""

import re
from collections import Counter
from collections.abc import Iterator

from PySide6 import QtGui
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QCheckBox, QHeaderView, QLabel, QPushButton, QRadioButton, QWidget

from ui.demo.drawn import Text
from ui.demo.flaw import accessible_name
from ui.demo.pointing import tool_tip_at
from ui.demo.scene import Part, item_at, reach

ELLIPSIS = "…"
TOLERANCE = 1.0
"""Pixels of ink that may lie outside: the rounding of a glyph's outline to the grid."""

# Without a mnemonic's mark, `&Back` reads Back and `&&` reads &.
_MNEMONIC = re.compile(r"&(.)", re.DOTALL)

# Where Qt's widgets, and those made of them, have what they show.
_TEXTS = ("text", "title", "currentText", "placeholderText", "plainText", "accessibleDescription")


def clipped(parts: tuple[Part, ...], window: QWidget) -> Iterator[tuple[Part, str]]:
    for part in parts:
        for text in part.drawing.texts:
            if cut := _cut(text.ink.translated(part.origin), reach(part, text, window)):
                yield part, f"“{text.text.strip()}” is cut by {cut}"
        if elided := [text for text in part.drawing.texts if _is_elided(part, text)]:
            yield from ((part, f"“{text.text.strip()}” is elided, and no tool tip has all of it") for text in elided)
        elif missing := _not_drawn(part):
            yield part, f"“{missing}” is not drawn in full"


def _cut(ink: QRectF, reach: QRectF) -> str:
    """In words, on which side and how much."""
    beyond = {
        "left": reach.left() - ink.left(),
        "right": ink.right() - reach.right(),
        "top": reach.top() - ink.top(),
        "bottom": ink.bottom() - reach.bottom(),
    }
    return ", ".join(f"{over:.0f} px at the {side}" for side, over in beyond.items() if over > TOLERANCE)


def _is_elided(part: Part, text: Text) -> bool:
    line = _squeezed(text.text)
    if ELLIPSIS not in line:
        return False
    if any(line in _squeezed(told) for told in _told(part, text)):
        return False  # the ellipsis is the author's own
    whole = re.compile(".+".join(map(re.escape, line.split(ELLIPSIS))), re.DOTALL)
    return whole.search(_squeezed(tool_tip_at(part.widget, text.ink.center().toPoint()))) is None


def _told(part: Part, text: Text) -> Iterator[str]:
    """The texts in full that the widget itself knows of what it draws there."""
    yield accessible_name(part.widget)
    yield _of_item(part.widget, text.ink)
    area = part.widget.parentWidget()
    owner = area if isinstance(area, QAbstractScrollArea) else part.widget
    for own in (str(owner.property(name) or "") for name in _TEXTS):
        yield own
        yield _MNEMONIC.sub(r"\1", own)


def _of_item(widget: QWidget, ink: QRectF) -> str:
    header = widget.parentWidget()
    centre = ink.center().toPoint()
    if isinstance(header, QHeaderView) and header.viewport() is widget and header.model() is not None:
        return str(header.model().headerData(header.logicalIndexAt(centre), header.orientation()) or "")
    index = item_at(widget, centre)
    return str(index.data() or "") if index is not None and index.isValid() else ""


def _not_drawn(part: Part) -> str:
    """The own text of a label or a button that its drawing lacks, unless a tool tip has it. What is elided is no matter
    of this function."""
    own = _own_text(part.widget)
    drawn = "".join(text.text for text in part.drawing.texts)
    if ELLIPSIS in drawn or not _letters(own) - _letters(drawn):
        return ""
    return "" if own in tool_tip_at(part.widget, part.widget.rect().center()) else own


def _own_text(widget: QWidget) -> str:
    if isinstance(widget, QPushButton | QCheckBox | QRadioButton):
        return _MNEMONIC.sub(r"\1", widget.text())
    if isinstance(widget, QLabel) and not _is_rich(widget):
        return _MNEMONIC.sub(r"\1", widget.text()) if widget.buddy() is not None else widget.text()
    return ""


def _is_rich(label: QLabel) -> bool:
    guessed = label.textFormat() == Qt.TextFormat.AutoText and QtGui.Qt.mightBeRichText(label.text())
    return guessed or label.textFormat() in (Qt.TextFormat.RichText, Qt.TextFormat.MarkdownText)


def _squeezed(text: str) -> str:
    """Without white space, which lines lose where they wrap."""
    return "".join(text.split())


def _letters(text: str) -> Counter[str]:
    # Writing from right to left is drawn in another order, and a font may draw capitals.
    return Counter(_squeezed(text).casefold())
