"""The region and the address block, side by side where there is room. The block's own card is in `network_block.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout

from ui import theme
from ui.pages.network_block import BlockCard
from ui.pages.network_choice import Judged
from ui.widgets.card import Card
from ui.widgets.fields import Item, Select
from ui.widgets.layouts import Wrapping
from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from installer.claims import PrefixLength
    from installer.steps.network import RegionChoice

_ROOM = 720
"""The width from which on the two cards stand side by side, in pixels of 100 %."""


class PlaceCards(Wrapping):
    region_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.region = Select("Region")
        self.block = BlockCard()
        card = Card()
        card.body.addWidget(self.region)
        card.body.addStretch(1)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._pair.setContentsMargins(0, 0, 0, 0)
        self._pair.setSpacing(16)
        self._pair.addWidget(card, 1)
        self._pair.addWidget(self.block, 1)
        self.region.changed.connect(self._region_changed)

    def offer(self, regions: Sequence[RegionChoice], sizes: PrefixLength, product: str) -> None:
        """What can be chosen. A region that cannot be used is listed with the reason."""
        items = [
            Item(one.name, one.title, note=one.name)
            if one.usable
            else Item(one.name, f"{one.title} ({one.name})", enabled=False, note=one.why_not)
            for one in regions
        ]
        unusable = sum(not one.usable for one in regions)
        self.region.blockSignals(True)
        self.region.set_items(items)
        self.region.blockSignals(False)
        self.region.set_hint(
            f"{one_line(product)} is offered in {len(regions)} regions; {unusable} cannot be used in your account."
            if unusable
            else ""
        )
        self.block.offer_sizes(sizes)

    def show_judged(self, judged: Judged, *, certain: bool) -> None:
        self.region.blockSignals(True)
        self.region.set_value(judged.choice.region)
        self.region.blockSignals(False)
        self.block.show_judged(judged, certain=certain)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = self.width() >= theme.px(_ROOM)
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def _region_changed(self, value: object) -> None:
        if isinstance(value, str):
            self.region_chosen.emit(value)
