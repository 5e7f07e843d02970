"""Python's collector works in the UI thread only, often enough and not all the time, and never for long.

That a widget would otherwise be destroyed in a worker is held in test_tasks.py.
"""

import gc
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui import garbage
from ui.garbage import GarbageCollector


class Cycle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    yield collector
    collector.stop()


@pytest.fixture
def generations(collector: GarbageCollector) -> Iterator[list[int]]:
    """Which generation was collected, each time."""
    seen: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)


def allocate(number: int) -> list[Cycle]:
    return [Cycle() for _ in range(number)]


def test_python_does_not_collect_of_itself(collector: GarbageCollector, generations: list[int]) -> None:
    allocate(20_000)
    assert not gc.isenabled()
    assert generations == []


def test_it_collects_what_is_new(collector: GarbageCollector, generations: list[int]) -> None:
    gc.collect()
    generations.clear()
    allocate(10_000)
    before = len(gc.get_objects())
    collector.look()
    assert before - len(gc.get_objects()) >= 10_000
    assert generations == [0]


def test_the_young_mostly_and_those_that_have_lasted_seldom(
    collector: GarbageCollector, generations: list[int]
) -> None:
    gc.freeze()
    kept: list[Cycle] = []
    for _ in range(100):
        kept = allocate(1000)
        collector.look()
    assert len(kept) == 1000
    assert [generations.count(generation) for generation in (0, 1, 2)] == [90, 10, 0]


def test_what_is_too_much_at_once_is_set_aside(collector: GarbageCollector, generations: list[int]) -> None:
    gc.freeze()
    before = gc.get_freeze_count()
    kept = allocate(garbage._AT_ONCE + 1000)
    collector.look()
    assert generations == []
    assert gc.get_freeze_count() - before >= len(kept)


def test_what_has_lasted_and_is_too_much_is_set_aside(collector: GarbageCollector, generations: list[int]) -> None:
    gc.freeze()
    before = gc.get_freeze_count()
    kept: list[Cycle] = []
    for _ in range(garbage._PASSES):
        kept += allocate(2_500)
        collector.look()
    assert generations == [0] * (garbage._PASSES - 1)
    assert gc.get_freeze_count() - before >= len(kept)


def test_what_was_set_aside_is_collected_once_there_is_no_work(
    collector: GarbageCollector, generations: list[int], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr(garbage, "_SET_ASIDE", garbage._AT_ONCE)
    collector._rest.setInterval(0)
    last = allocate(garbage._AT_ONCE + 1000)[-1]
    gone = weakref.ref(last)
    del last
    collector.look()
    assert gone() is not None
    collector.attend()
    collector.relax()
    qtbot.waitUntil(lambda: gone() is None)
    assert generations == [2]
    collector.look_at_all()
    assert generations == [2], "little was set aside since"


def test_it_does_not_look_at_all_while_there_is_work(collector: GarbageCollector) -> None:
    collector.relax()
    collector.attend()
    assert not collector._rest.isActive()


def test_it_rests_while_nothing_is_new(collector: GarbageCollector, generations: list[int]) -> None:
    collector.attend()
    assert collector._timer.interval() == garbage._BUSY_MS
    gc.collect()
    generations.clear()
    collector.look()
    assert generations == []
    assert collector._timer.interval() == garbage._IDLE_MS
    allocate(1000)
    collector.look()
    assert collector._timer.interval() == garbage._BUSY_MS


def test_in_the_end_python_does_it_again() -> None:
    first, second = GarbageCollector(), GarbageCollector()
    second.stop()
    assert not gc.isenabled()
    first.stop()
    assert gc.isenabled()
