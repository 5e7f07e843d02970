"""While the account is read: which regions have answered so far. What was read is shown by `network_known.py`."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from installer.events import Scanned
from ui import theme
from ui.numbers import counted
from ui.theme import TextRole, Tone
from ui.widgets.card import Card
from ui.widgets.flow import Flow
from ui.widgets.layouts import Wrapping
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import one_line, tool_tip
from ui.widgets.states import Loading
from ui.widgets.text import Label

_LINE_WIDTH = 264


class ScanCard(Card):
    """Regions appear as they answer; how many there are, only AWS knows, until it has said so once."""

    def __init__(self) -> None:
        super().__init__()
        self._total: int | None = None
        self._lines: list[_RegionLine] = []
        self.loading = Loading("")
        self._regions = Wrapping()
        self._flow = Flow(self._regions, gap=16, row_gap=8)
        self.body.addWidget(self.loading)
        self.body.addWidget(self._regions)

    def begin(self, total: int | None) -> None:
        """`total` is how many regions were read the time before."""
        self._total = total
        for line in self._lines:
            self._flow.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines = []
        self._tell()

    def add(self, event: Scanned) -> None:
        line = _RegionLine(event)
        self._lines.append(line)
        self._flow.addWidget(line)
        line.show()
        self._tell()

    def progress(self) -> str:
        """ "11 of 17 regions read"."""
        read = len(self._lines)
        if self._total is not None and read <= self._total:
            return f"{read} of {counted(self._total, 'region')} read"
        return f"{counted(read, 'region')} read" if read else ""

    def _tell(self) -> None:
        what = "Reading which addresses your account uses, in every region at once."
        self.loading.set_sentence(f"{what} {self.progress()}.".removesuffix(" ."))


class _RegionLine(Wrapping):
    """One region: how many ranges are known there, or that not all could be read."""

    def __init__(self, event: Scanned) -> None:
        super().__init__()
        told = counted(event.ranges, "range")
        if event.problem:
            told = f"{told}, not all was read"
            self.setToolTip(tool_tip(event.problem))
            self.setAccessibleDescription(one_line(event.problem))
        shape, tone = (Shape.TRIANGLE, Tone.CAUTION) if event.problem else (Shape.CHECK, Tone.GOOD)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(Label(one_line(event.region), TextRole.MONO_SMALL))
        text.addWidget(Label(told, TextRole.SECONDARY, colour="secondary"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(10)
        row.addWidget(Mark(shape, tone, size=18), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)
        self.setAccessibleName(f"{one_line(event.region)}: {told}")
        self._apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self.setFixedWidth(theme.px(_LINE_WIDTH))
