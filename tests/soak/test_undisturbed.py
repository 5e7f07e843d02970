"""What one install and one removal write when nothing disturbs them: if this changes, `points.py` must follow."""

from __future__ import annotations

import pytest

from installer.journal import Kind
from tests.soak import points
from tests.support.interruptions import Bench

pytestmark = pytest.mark.soak


def test_install_and_removal(bench: Bench, name: str) -> None:
    installed = bench.install(name)
    assert installed.code == 0, installed.err
    assert bench.faults_of_install(name) == []
    entries = bench.journal(name).entries
    assert len(entries) == points.INSTALL_ENTRIES
    assert {entry.kind for entry in entries} == {Kind.INTENT, Kind.DONE}
    assert tuple(exchange.asked.call for exchange in bench.aws.writes) == points.INSTALL_AWS_WRITES
    assert tuple(exchange.asked.call for exchange in bench.vendor.writes) == points.INSTALL_VENDOR_WRITES
    assert {exchange.asked.call for exchange in bench.aws.exchanges} == set(points.INSTALL_AWS_CALLS)

    session = bench.session(name)
    assert session is not None
    assert "look at networks" in session.allowed()
    removed = bench.remove(name)
    assert removed.code == 0, removed.err
    assert removed.out["removed"]
    assert bench.faults_of_removal(name) == []
    assert session.allowed() == set()
    assert len(bench.journal(name).entries) == points.INSTALL_ENTRIES + points.REMOVE_ENTRIES
    assert tuple(exchange.asked.call for exchange in bench.aws.writes) == points.REMOVE_AWS_WRITES
    assert bench.vendor.writes == ()
