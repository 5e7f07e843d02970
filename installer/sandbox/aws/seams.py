"""Where the layer hooks into ministack: every function that is replaced or relied on is declared.

ministack's internals promise nothing, so its version is pinned exactly, and the code behind each seam has a fingerprint
in tests/sandbox/conformance/pinned_sources.json; `test_seams.py` beside it fails when ministack changes under us.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, update_wrapper
from types import ModuleType
from typing import Any

PINNED_VERSION = "1.5.33"
ABSENT = "absent"

Function = Callable[..., Any]


@dataclass(frozen=True)
class Seam:
    """One place in ministack: `name` is an attribute of `module`, or `TABLE[key]…` for an entry of a table."""

    gap: str
    module: str
    name: str
    replacement: Function | None

    def read(self) -> Any:
        """What is there now; `None` for a table entry that does not exist."""
        table, keys = self._path()
        value = getattr(importlib.import_module(self.module), table)
        for key in keys:
            value = value.get(key)
        return value

    def write(self, value: Any) -> None:
        table, keys = self._path()
        module = importlib.import_module(self.module)
        if not keys:
            setattr(module, table, value)
            return
        entry = getattr(module, table)
        for key in keys[:-1]:
            entry = entry[key]
        entry[keys[-1]] = value

    def _path(self) -> tuple[str, list[str]]:
        table, *keys = self.name.split("[")
        return table, [key.removesuffix("]") for key in keys]

    def module_of_layer(self) -> str:
        """Which file of the layer replaces it, empty where it is only relied on."""
        return self.replacement.__module__ if self.replacement else ""

    def fingerprint(self) -> str:
        """Twelve hex digits of the source behind the seam, or `absent`. Meaningful only where no seam is applied."""
        value = self.read()
        if value is None:
            return ABSENT
        text = inspect.getsource(value) if callable(value) else repr(value)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class PinError(RuntimeError):
    """ministack is missing or is not the version this layer was written for."""


_seams: list[Seam] = []


def replaces(module: str, name: str, *, gap: str) -> Callable[[Function], Function]:
    """Declare that the decorated function stands in for `module.name`; it gets what it replaces as first argument."""

    def declare(function: Function) -> Function:
        _seams.append(Seam(gap, module, name, function))
        return function

    return declare


def adds(module: str, name: str, *, gap: str) -> Callable[[Function], Function]:
    """Declare that the decorated function becomes a table entry which ministack does not have."""
    return replaces(module, name, gap=gap)


def relies_on(module: str, name: str, *, gap: str) -> None:
    """Declare code that a seam depends on without replacing it."""
    _seams.append(Seam(gap, module, name, None))


def declared() -> tuple[Seam, ...]:
    return tuple(_seams)


def check_version() -> None:
    """Refuse any ministack but the pinned one."""
    try:
        found = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        raise PinError(
            f"ministack {PINNED_VERSION} is not installed: install houseguest with the extra 'demo'"
        ) from None
    if found != PINNED_VERSION:
        raise PinError(f"ministack {found} is installed, but this sandbox was written for {PINNED_VERSION}")


def install(modules: Sequence[ModuleType]) -> None:
    """Apply every declared seam, module by module: of two on the same place, the later one runs first."""
    unknown = {seam.module_of_layer() for seam in _seams} - {module.__name__ for module in modules}
    if unknown - {""}:
        raise RuntimeError(f"seams declared outside the layer's list: {sorted(unknown)}")
    for module in modules:
        for seam in _seams:
            if seam.replacement is not None and seam.module_of_layer() == module.__name__:
                original = seam.read()
                bound = partial(seam.replacement, original)
                seam.write(update_wrapper(bound, original or seam.replacement))
