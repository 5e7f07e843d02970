"""Banners that come and go: what is to be known before a choice is taken."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from installer.steps import Finding
from ui import theme
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.plain import one_line

Note = tuple[Tone, str, str]
"""Tone, title, sentence."""


class Notes(QWidget):
    """One banner below the other; hidden where there is nothing to know."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Note, ...] = ()
        self._banners: list[Banner] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.UNIT)
        self.hide()

    def notes(self) -> tuple[Note, ...]:
        return self._shown

    def show_notes(self, notes: Iterable[Note]) -> None:
        """These, instead of those before."""
        wanted = tuple((tone, one_line(title), one_line(sentence)) for tone, title, sentence in notes)
        if wanted != self._shown:
            self._shown = wanted
            for banner in self._banners:
                self._column.removeWidget(banner)
                banner.hide()
                banner.deleteLater()
            self._banners = [Banner(*note) for note in wanted]
            for banner in self._banners:
                self._column.addWidget(banner)
        self.setVisible(bool(wanted))


def as_notes(findings: Iterable[Finding]) -> tuple[Note, ...]:
    return tuple((Tone.CAUTION, "One thing to know", f"{found.sentence} {found.fix}") for found in findings)
