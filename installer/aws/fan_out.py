"""The engine's one place that creates threads: the same work for many regions at once.

Threads are daemons, so that a call that hangs never keeps the program from ending.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from installer.context import Context
from installer.errors import Cancelled, HouseguestError

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Outcome(Generic[Key, Value]):
    """What came of one piece of work: a value, or the error that the engine knows."""

    key: Key
    value: Value | None = None
    error: HouseguestError | None = None


def fan_out(ctx: Context, work: Mapping[Key, Callable[[], Value]], *, limit: int = 24) -> Iterator[Outcome[Key, Value]]:
    """Run all of `work`, at most `limit` at a time; yield each outcome as it comes.

    A `HouseguestError` is an outcome; any other exception is a fault of ours and is raised here. Cancelling, or leaving
    the loop, starts no further work and waits for none.
    """
    waiting: queue.SimpleQueue[tuple[Key, Callable[[], Value]]] = queue.SimpleQueue()
    for item in work.items():
        waiting.put(item)
    results: queue.SimpleQueue[Outcome[Key, Value] | BaseException] = queue.SimpleQueue()
    left = threading.Event()

    def run() -> None:
        while not (left.is_set() or ctx.cancel.cancelled):
            try:
                key, job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                results.put(Outcome(key, value=job()))
            except Cancelled as stopped:
                results.put(stopped)  # the end of all of it, not the outcome of one
            except HouseguestError as error:
                results.put(Outcome(key, error=error))
            except BaseException as fault:  # noqa: BLE001 - handed to the caller's thread, raised there
                results.put(fault)

    for number in range(min(limit, len(work))):
        threading.Thread(target=run, name=f"fan-out-{number}", daemon=True).start()
    try:
        for _ in range(len(work)):
            yield _next(ctx, results)
    finally:
        left.set()


def _next(ctx: Context, results: "queue.SimpleQueue[Outcome[Key, Value] | BaseException]") -> Outcome[Key, Value]:
    while True:
        ctx.check()
        try:
            outcome = results.get(timeout=0.2)
        except queue.Empty:
            continue
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome
