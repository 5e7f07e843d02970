"""Canary: ministack is the version the layer was written for, and the code behind each seam is what it was.

When this fails after an update of ministack, read what changed at each seam named here, adapt the layer, run the other
conformance cases, then write the new fingerprints with `python -m tests.sandbox.conformance.test_seams`.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
from functools import cache
from pathlib import Path

import pytest

# The layer imports ministack, which reads its settings at that moment; nothing is served or changed here.
os.environ.setdefault("AUTH", "true")

from installer.sandbox.aws import layer, seams

PINNED = Path(__file__).with_name("pinned_sources.json")


@cache
def _found() -> dict[str, str]:
    return {f"{seam.module}:{seam.name}": seam.fingerprint() for seam in seams.declared()}


def test_the_version_is_the_pinned_one() -> None:
    assert importlib.metadata.version("ministack") == seams.PINNED_VERSION
    seams.check_version()


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "1.5.34")
    with pytest.raises(seams.PinError, match=r"1\.5\.34 is installed, but this sandbox was written for 1\.5\.33"):
        seams.check_version()


@pytest.mark.parametrize("place", sorted(_found()))
def test_the_code_behind_the_seam_is_unchanged(place: str) -> None:
    assert _found()[place] == json.loads(PINNED.read_text())[place]


def test_no_fingerprint_is_left_over() -> None:
    assert json.loads(PINNED.read_text()).keys() == _found().keys()


def test_every_file_of_the_layer_that_declares_a_seam_is_in_its_list() -> None:
    listed = {module.__name__ for module in layer.GAPS}
    assert {seam.module_of_layer() for seam in seams.declared()} - {""} == listed


if __name__ == "__main__":
    PINNED.write_text(json.dumps(_found(), indent=1, sort_keys=True) + "\n")
