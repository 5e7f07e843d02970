"""The demo's whole inspection: what is noted before, held meanwhile, and compared afterwards, from phase to phase."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installer.sandbox.checks.check import Check, Wrong
from installer.sandbox.checks.customer import holdings
from installer.sandbox.checks.health import HealthWatch
from installer.sandbox.checks.journey import Before, Scene, after_install, after_reconnect, after_removal, beside
from installer.sandbox.checks.witness import Told, Witness
from installer.sandbox.info import SandboxInfo


class Inspection:
    """Make it before anything is installed. Each phase takes what its command told; all but the checks raise Wrong."""

    def __init__(self, info: SandboxInfo, home: Path) -> None:
        self._witness = Witness(info)
        self._home = home
        self._holdings = holdings(self._witness)
        self._first: Scene | None = None
        self._before: Before | None = None
        self._health: HealthWatch | None = None

    def after_install(self, told: Told) -> tuple[Check, ...]:
        """From here on the vendor holds a live session."""
        self._first = self._scene(told)
        return after_install(self._first)

    @contextmanager
    def through_removal(self) -> Iterator[None]:
        """Around removal and reconnect: the rules of now are noted, and the product's health is watched."""
        first = self._installed_first()
        self._before = Before.read(first.witness, first.installed)
        with HealthWatch(str(first.installed.told["health_url"])) as self._health:
            yield

    def after_removal(self, removed: Told) -> tuple[Check, ...]:
        return after_removal(self._installed_first(), removed, self._watched()[1])

    def after_reconnect(self, told: Told) -> tuple[Check, ...]:
        before, health = self._watched()
        return after_reconnect(self._witness, self._witness.installed(told), before, health)

    def after_second(self, told: Told) -> tuple[Check, ...]:
        return beside(self._installed_first().installed, self._scene(told))

    def _scene(self, told: Told) -> Scene:
        installed = self._witness.installed(told)
        live = self._witness.hold_session(installed)
        return Scene(self._witness, installed, live, self._home, self._holdings)

    def _installed_first(self) -> Scene:
        if self._first is None:
            raise Wrong("Nothing was installed yet.")
        return self._first

    def _watched(self) -> tuple[Before, HealthWatch]:
        if self._before is None or self._health is None:
            raise Wrong("Nobody watched the removal.")
        return self._before, self._health
