"""Python's collector works in the UI thread only, often enough and not all the time. That a widget would otherwise be
destroyed in a worker is held in test_tasks.py."""

import gc
from collections.abc import Iterator

import pytest

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


def test_it_collects_what_there_is(collector: GarbageCollector, generations: list[int]) -> None:
    gc.collect()
    allocate(20_000)
    before = len(gc.get_objects())
    collector.look()
    assert before - len(gc.get_objects()) >= 20_000
    assert generations[1:] == [0]


def test_the_young_mostly_and_all_seldom(collector: GarbageCollector, generations: list[int]) -> None:
    for _ in range(100):
        kept = allocate(1000)
        collector.look()
    assert len(kept) == 1000
    assert [generations.count(generation) for generation in (0, 1, 2)] == [90, 9, 1]


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
