"""installer/aws/fan_out.py. Nothing here waits for time to pass: threads meet at barriers and events."""

import threading
from collections.abc import Callable

import pytest

from installer.aws.fan_out import Outcome, fan_out
from installer.context import CancelToken, Context
from installer.errors import AwsError, Cancelled, Throttled

SOON = 10  # seconds that only a failing test waits


def raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


def test_runs_everything_side_by_side() -> None:
    meeting = threading.Barrier(8)

    def work() -> int:
        return meeting.wait(SOON)  # passes only when all eight are there

    outcomes = list(fan_out(Context(), {str(number): work for number in range(8)}))
    assert sorted(outcome.value or 0 for outcome in outcomes) == list(range(8))


def test_keeps_to_its_limit() -> None:
    running, most = 0, 0
    lock = threading.Lock()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.001)
        with lock:
            running -= 1

    assert len(list(fan_out(Context(), dict.fromkeys(range(40), work), limit=3))) == 40
    assert most <= 3


def test_yields_each_outcome_as_it_comes() -> None:
    first_was_seen = threading.Event()
    work: dict[str, Callable[[], bool]] = {"slow": lambda: first_was_seen.wait(SOON), "fast": lambda: True}
    outcomes = fan_out(Context(), work)
    assert next(outcomes) == Outcome("fast", value=True)
    first_was_seen.set()
    assert next(outcomes) == Outcome("slow", value=True)


def test_of_nothing_is_nothing() -> None:
    assert list(fan_out(Context(), {})) == []


def test_a_known_error_is_the_outcome_of_its_own_work_only() -> None:
    error = Throttled("AWS asks to slow down.")
    outcomes = {outcome.key: outcome for outcome in fan_out(Context(), {"bad": raising(error), "good": lambda: 1})}
    assert outcomes == {"bad": Outcome("bad", error=error), "good": Outcome("good", value=1)}


def test_a_fault_of_ours_is_raised_in_the_callers_thread() -> None:
    with pytest.raises(ZeroDivisionError):
        list(fan_out(Context(), {"bad": raising(ZeroDivisionError())}))


def test_a_stop_ends_all_of_it() -> None:
    with pytest.raises(Cancelled):
        list(fan_out(Context(), {"stopped": raising(Cancelled())}))


def test_cancelling_waits_for_nothing_and_starts_nothing() -> None:
    token = CancelToken()
    started, release = [], threading.Event()

    def work(number: int) -> None:
        started.append(number)
        token.cancel()
        release.wait(SOON)

    try:
        with pytest.raises(Cancelled):
            list(fan_out(Context(cancel=token), {n: lambda n=n: work(n) for n in range(9)}, limit=1))
        assert started == [0]
    finally:
        release.set()


def test_leaving_the_loop_starts_nothing_more() -> None:
    started: list[int] = []
    go_on = threading.Event()

    def work(number: int) -> int:
        started.append(number)
        if number:
            go_on.wait(SOON)
        return number

    outcomes = fan_out(Context(), {n: lambda n=n: work(n) for n in range(9)}, limit=1)
    assert next(outcomes) == Outcome(0, value=0)
    outcomes.close()  # type: ignore[attr-defined]  # a generator, told as an iterator
    go_on.set()
    for thread in threading.enumerate():
        if thread.name.startswith("fan-out"):
            thread.join(SOON)
    assert len(started) <= 2


def test_its_threads_never_keep_the_program_alive() -> None:
    seen = []
    list(fan_out(Context(), {"one": lambda: seen.append(threading.current_thread().daemon)}))
    assert seen == [True]


def test_an_error_of_aws_keeps_its_call() -> None:
    (outcome,) = fan_out(Context(), {"x": raising(AwsError("No.", call="ec2:DescribeVpcs"))})
    assert isinstance(outcome.error, AwsError)
    assert outcome.error.call == "ec2:DescribeVpcs"
