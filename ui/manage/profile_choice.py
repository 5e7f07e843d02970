"""With which AWS profile each account is looked at: as the person chose, or as it worked the last time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.memory import Memory


class ProfileChoice:
    """By account id. A profile of None is what the person's AWS tools choose."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory
        self._chosen: dict[str, str | None] = {}

    def has(self, account_id: str) -> bool:
        return account_id in self._chosen

    def of(self, account_id: str) -> str | None:
        return self._chosen.get(account_id)

    def choose(self, account_id: str, profile: str | None) -> None:
        self._chosen[account_id] = profile

    def forget(self, account_id: str) -> None:
        """It was the wrong one."""
        self._chosen.pop(account_id, None)

    def suggest(self, account_id: str, profiles: Sequence[str]) -> None:
        """Where none was chosen: the one that worked, that the environment names, or the only one."""
        if account_id in self._chosen:
            return
        worked = self._memory.aws_profile(account_id) if self._memory is not None else ""
        named = (worked, os.environ.get("AWS_PROFILE", ""), profiles[0] if len(profiles) == 1 else "")
        found = next((name for name in named if name in profiles), None)
        if found is not None:
            self._chosen[account_id] = found

    def worked(self, account_id: str) -> None:
        """It is of this account: remember it for the next time."""
        profile = self._chosen.get(account_id)
        if self._memory is not None and profile is not None:
            self._memory.remember_aws_profile(account_id, profile)
