"""The list of what Connect creates, with why, and who can change it. Part of the Connect page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.card import Card
from ui.widgets.copy_button import CopyButton
from ui.widgets.rows import RowList
from ui.widgets.text import ElidedLabel, Label

if TYPE_CHECKING:
    from installer.steps.connect import Created


class CreatedRow(QWidget):
    """One thing: what it is, its name, why it is made, who can change it."""

    def __init__(self, created: Created) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(created.kind, theme.TextRole.SECONDARY, colour="secondary", wrap=False))
        head.addWidget(ElidedLabel(created.arn or created.name, theme.TextRole.MONO), 1)
        copy = CopyButton(created.name, lambda: created.arn or created.name)
        head.addWidget(copy)
        column.addLayout(head)
        column.addWidget(Label(created.why, theme.TextRole.BODY))
        column.addWidget(
            Label(f"Who can change it: {created.who_can_change}", theme.TextRole.SECONDARY, colour="secondary")
        )
        self.setAccessibleName(f"{created.kind} {created.name}")


class CreatedCard(Card):
    def __init__(self) -> None:
        super().__init__("What is created, and why")
        self._rows = RowList(name="What is created")
        self._shown: tuple[Created, ...] = ()
        self.body.addWidget(self._rows)

    @property
    def is_filled(self) -> bool:
        return bool(self._shown)

    def show_created(self, created: Sequence[Created]) -> None:
        if tuple(created) != self._shown:
            self._shown = tuple(created)
            self._rows.set_rows(CreatedRow(one) for one in self._shown)
