"""Which AWS profile: the list of the Sign in page, the one used last first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.fields import Item, Select
from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from ui.memory import Memory

_TOOLS = "\0tools"
"""The value of the item that stands for the choice of AWS's own tools: no profile's name holds a NUL."""
CHOICE_OF_THE_TOOLS = ("What your AWS tools choose", True, "AWS_PROFILE, or their default")
"""How that item is shown, wherever a profile is chosen: its text, that it can be chosen, and its note."""
_HINT = "Your credentials stay on this computer. Neither the vendor nor anybody else gets them."
_NO_PROFILE = (
    "Your AWS configuration has no profile. Make one with the AWS tools and read again, or go on with what they choose."
)


class ProfileCard(Card):
    """`chosen` with a profile, or with None for what AWS's own tools choose, whenever a person or a page chose it."""

    chosen = Signal(object)
    again = Signal()

    def __init__(self, memory: Memory | None) -> None:
        read = Button("Read the profiles again", Kind.LINK, icon="refresh")
        super().__init__("How you sign in", read)
        self._memory = memory
        self._profiles: tuple[str, ...] | None = None
        self.select = Select("AWS profile", placeholder="Choose a profile", hint=_HINT)
        self.body.addWidget(self.select)
        self.setFocusProxy(self.select)
        read.clicked.connect(self.again)
        self.select.changed.connect(self._chosen)

    @property
    def is_filled(self) -> bool:
        """Whether it is known which profiles there are."""
        return self._profiles is not None

    @property
    def is_chosen(self) -> bool:
        return self.select.value() is not None

    @property
    def profile(self) -> str | None:
        value = self.select.value()
        return None if value is None or value == _TOOLS else str(value)

    def show_profiles(self, profiles: Sequence[str], account_id: str | None) -> None:
        """`account_id` is the only account that will do; what was used for it stands first."""
        self._profiles = tuple(profiles)
        last = self._used_last(account_id)
        names = [name for name in profiles if name == last] + [name for name in profiles if name != last]
        items = [Item(name, one_line(name), note="used last" if name == last else "") for name in names]
        items.append(Item(_TOOLS, *CHOICE_OF_THE_TOOLS))
        self.select.blockSignals(True)
        self.select.set_items(items)
        self.select.blockSignals(False)
        self.select.set_hint(_HINT if profiles else f"{_NO_PROFILE} {_HINT}")

    def suggest(self, before: str | None, account_id: str | None) -> bool:
        """Choose the profile of before, the environment's, this account's, or the only one, without telling; whether
        one is chosen now. Else it is for the person to say in which account they are.
        """
        profiles = self._profiles or ()
        known = self._memory.aws_profile(account_id) if self._memory is not None and account_id else ""
        only = profiles[0] if len(profiles) == 1 else None
        wanted = next((name for name in (before, os.environ.get("AWS_PROFILE"), known, only) if name in profiles), None)
        if wanted is not None and not self.is_chosen:
            self.select.blockSignals(True)
            self.select.set_value(wanted)
            self.select.blockSignals(False)
        return self.is_chosen

    def remember(self, account_id: str, profile: str | None) -> None:
        """It was used for that account."""
        if self._memory is not None and profile is not None:
            self._memory.remember_aws_profile(account_id, profile)

    def _used_last(self, account_id: str | None) -> str:
        if self._memory is None:
            return ""
        return (self._memory.aws_profile(account_id) if account_id else "") or self._memory.aws_profile()

    @Slot(object)
    def _chosen(self, value: object) -> None:
        if value is not None:
            self.chosen.emit(self.profile)
