"""Looks at a window that is shown, and tells what nobody should have to see: `inspect`.

`flaw` says what can be wrong. `drawn` and `scene` take the window apart; `clipping`, `placing` and `contrast` judge it.
Menus, dialogs and other windows that belong to it are windows of their own, each to be inspected by itself.
"""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ui.demo.clipping import clipped
from ui.demo.contrast import too_faint
from ui.demo.flaw import OVERLAY, Flaw, Kind, accessible_name, where
from ui.demo.placing import beyond, overlapping
from ui.demo.scene import Part, scene

__all__ = ["OVERLAY", "Flaw", "Kind", "inspect"]


def inspect(window: QWidget) -> tuple[Flaw, ...]:
    """What is wrong with the window as it is shown now. Nothing in it is changed but layouts that were due anyway."""
    parts = scene(window)
    found = [
        *((part, Kind.CLIPPED, detail) for part, detail in clipped(parts, window)),
        *((part, Kind.OVERLAP, detail) for part, detail in overlapping(parts, window)),
        *too_faint(parts, window),
        *((part, Kind.UNNAMED, detail) for part, detail in _unnamed(parts)),
        *((part, Kind.BEYOND, detail) for part, detail in beyond(parts, window)),
    ]
    # One text may be drawn in several runs, each with the same to say.
    return tuple(dict.fromkeys(Flaw(kind, where(part.widget, window), detail) for part, kind, detail in found))


def _unnamed(parts: tuple[Part, ...]) -> Iterator[tuple[Part, str]]:
    """A name is words: a glyph alone is read out as nothing."""
    for part in parts:
        focusable = part.widget.focusPolicy() != Qt.FocusPolicy.NoFocus and part.widget.focusProxy() is None
        name = accessible_name(part.widget)
        if focusable and not any(letter.isalnum() for letter in name):
            yield part, f"takes the focus and is named “{name}”" if name else "takes the focus and has no name"
