"""Work runs beside the window: it tells in the UI thread and in order, stops when asked, and never holds up the window
or the end of the program."""

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from installer import redaction
from installer.context import Context
from installer.errors import Cancelled, HouseguestError, NetworkError
from installer.events import Notice
from ui import tasks
from ui.tasks import Task, TaskRunner

ROOT = Path(__file__).parents[2]
BLOCKED = 60


class Page(QWidget):
    """What a page does with a task: bound methods, called in the UI thread."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.told: list[object] = []
        task.progressed.connect(self.note)
        task.succeeded.connect(self.note)
        task.failed.connect(self.note)
        task.cancelled.connect(self.note_cancelled)
        task.finished.connect(self.note_finished)

    @Slot(object)
    def note(self, value: object) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.told.append(value)

    @Slot()
    def note_cancelled(self) -> None:
        self.note("cancelled")

    @Slot()
    def note_finished(self) -> None:
        self.note("finished")


@pytest.fixture
def tell(qtbot: QtBot, runner: TaskRunner) -> Callable[[tasks.Work], list[object]]:
    """Run work to its end; all that a page was told, in order."""

    def run(work: tasks.Work) -> list[object]:
        task = Task(work, name="work")
        page = Page(task)
        qtbot.addWidget(page)
        with qtbot.waitSignal(task.finished):
            runner.start(task)
        return page.told

    return run


def settle(qapp: QApplication) -> None:
    """Let happen what is posted, and what follows from it."""
    for _ in range(10):
        qapp.processEvents()


def until_cancelled(ctx: Context) -> None:
    ctx.sleep(BLOCKED)


class TestOutcome:
    def test_what_the_work_returns(self, tell: Callable[[tasks.Work], list[object]]) -> None:
        answers = object()
        assert tell(lambda ctx: answers) == [answers, "finished"]

    def test_it_runs_in_a_daemon_thread_of_its_own(self, tell: Callable[[tasks.Work], list[object]]) -> None:
        thread, _ = tell(lambda ctx: threading.current_thread())
        assert isinstance(thread, threading.Thread)
        assert thread is not threading.main_thread()
        assert thread.daemon
        assert thread.name == "task work"

    def test_an_error_of_the_engine_arrives_as_it_is(self, tell: Callable[[tasks.Work], list[object]]) -> None:
        error = NetworkError("10.0.0.0/8 is taken.", fix="Choose another block.")

        def work(ctx: Context) -> None:
            raise error

        assert tell(work) == [error, "finished"]

    @pytest.mark.parametrize("fault", [ValueError("s3cret"), SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
    def test_a_fault_is_told_in_plain_words_and_logged_without_its_text(
        self, tell: Callable[[tasks.Work], list[object]], tmp_path: Path, fault: BaseException
    ) -> None:
        def work(ctx: Context) -> None:
            raise fault

        close = redaction.configure_logging(tmp_path / "log")
        try:
            error, end = tell(work)
        finally:
            close()
        assert end == "finished"
        assert isinstance(error, HouseguestError)
        assert error.message == f"Houseguest has a fault of its own ({type(fault).__name__})."
        assert error.fix == "Report it with `houseguest doctor`."
        logged = (tmp_path / "log").read_text("utf-8")
        assert f'"raised": "{type(fault).__name__}"' in logged
        assert "s3cret" not in logged + str(error.to_json())

    def test_events_come_first_and_in_order(self, tell: Callable[[tasks.Work], list[object]]) -> None:
        events = [Notice(str(number)) for number in range(50)]

        def work(ctx: Context) -> str:
            for event in events:
                ctx.report(event)
            return "done"

        assert tell(work) == [*events, "done", "finished"]

    def test_what_a_helper_thread_reports_too_late_is_dropped(
        self, qtbot: QtBot, tell: Callable[[tasks.Work], list[object]]
    ) -> None:
        contexts: list[Context] = []
        assert tell(contexts.append) == [None, "finished"]
        contexts[0].report(Notice("late"))
        assert tell(lambda ctx: "next") == ["next", "finished"]

    def test_several_run_at_once(self, qtbot: QtBot, runner: TaskRunner) -> None:
        meeting = threading.Barrier(3, timeout=5)
        started = [runner.start(Task(lambda ctx: meeting.wait(), name=f"{number}")) for number in range(3)]
        with qtbot.waitSignals([task.succeeded for task in started]):
            assert runner.running == tuple(started)

    def test_waits_are_scaled_by_the_pace(self, qtbot: QtBot) -> None:
        runner = TaskRunner(pace=0.0001)
        task = Task(until_cancelled, name="short")
        with qtbot.waitSignal(task.succeeded):
            runner.start(task)
        assert runner.shutdown()


class TestRunning:
    def test_until_the_outcome_is_told(self, qtbot: QtBot, runner: TaskRunner) -> None:
        go = threading.Event()
        task = Task(lambda ctx: go.wait(5), name="wait")
        seen: list[object] = []

        class Watcher(QObject):
            @Slot(object)
            def look(self, result: object) -> None:
                seen.append((task.running, runner.running))

        watcher = Watcher()
        task.succeeded.connect(watcher.look)
        assert (task.running, runner.running) == (False, ())
        with qtbot.waitSignal(task.finished):
            assert runner.start(task) is task
            assert (task.running, runner.running) == (True, (task,))
            go.set()
        assert seen == [(False, ())]

    def test_a_task_runs_only_once(self, qtbot: QtBot, runner: TaskRunner) -> None:
        task = Task(lambda ctx: None, name="once")
        with qtbot.waitSignal(task.finished):
            runner.start(task)
        with pytest.raises(ValueError, match="'once' was started before"):
            runner.start(task)

    def test_a_page_need_not_keep_it(self, qtbot: QtBot, runner: TaskRunner) -> None:
        go = threading.Event()
        runner.start(Task(lambda ctx: go.wait(5), name="forgotten"))
        gc.collect()
        (task,) = runner.running
        with qtbot.waitSignal(task.succeeded):
            go.set()

    def test_the_thread_has_ended_when_the_outcome_is_told(
        self, runner: TaskRunner, tell: Callable[[tasks.Work], list[object]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = tasks._Job.run

        def slow_to_leave(*arguments: object) -> None:
            said(*arguments)  # type: ignore[arg-type]
            threading.Event().wait(0.05)

        monkeypatch.setattr(tasks._Job, "run", slow_to_leave)
        thread, _ = tell(lambda ctx: threading.current_thread())
        assert isinstance(thread, threading.Thread)
        assert not thread.is_alive()

    def test_what_the_work_held_goes_in_the_ui_thread(self, qtbot: QtBot, runner: TaskRunner) -> None:
        gone: list[threading.Thread] = []

        class Held:
            def __del__(self) -> None:
                gone.append(threading.current_thread())

        def work_with(held: Held) -> tasks.Work:
            return lambda ctx: held and None

        for _ in range(20):
            task = Task(work_with(Held()), name="holding")
            with qtbot.waitSignal(task.finished):
                runner.start(task)
        del task
        qtbot.waitUntil(lambda: len(gone) == 20)
        assert set(gone) == {threading.main_thread()}


class TestCancel:
    def test_within_a_second(self, qtbot: QtBot, runner: TaskRunner) -> None:
        task = Task(until_cancelled, name="long")
        page = Page(task)
        qtbot.addWidget(page)
        runner.start(task)
        with qtbot.waitSignal(task.finished, timeout=1000):
            task.cancel()
            assert task.cancelling
        assert page.told == ["cancelled", "finished"]
        assert not task.cancelling

    def test_before_the_start_nothing_is_begun(self, qtbot: QtBot, runner: TaskRunner) -> None:
        begun: list[Context] = []
        task = Task(begun.append, name="never")
        task.cancel()
        with qtbot.waitSignal(task.cancelled):
            runner.start(task)
        assert begun == []

    def test_work_that_is_over_stays_over(self, qtbot: QtBot, runner: TaskRunner) -> None:
        done = threading.Event()

        def work(ctx: Context) -> str:
            done.set()
            return "made"

        task = Task(work, name="quick")
        page = Page(task)
        qtbot.addWidget(page)
        with qtbot.waitSignal(task.finished):
            runner.start(task)
            assert done.wait(5)
            task.cancel()
        task.cancel()
        assert page.told == ["made", "finished"]

    def test_work_may_stop_of_itself(self, tell: Callable[[tasks.Work], list[object]]) -> None:
        def work(ctx: Context) -> None:
            raise Cancelled

        assert tell(work) == ["cancelled", "finished"]


class TestReceivers:
    def test_a_page_that_is_gone_is_not_told(self, qtbot: QtBot, runner: TaskRunner) -> None:
        go = threading.Event()

        def work(ctx: Context) -> None:
            ctx.report(Notice("first"))
            go.wait(5)
            ctx.report(Notice("second"))

        task = Task(work, name="outliving")
        page = Page(task)
        told = page.told
        with capture_exceptions() as raised, qtbot.waitSignal(task.finished):
            with qtbot.waitSignal(task.progressed):
                runner.start(task)
            page.deleteLater()
            with qtbot.waitSignal(page.destroyed):
                pass
            go.set()
        assert told == [Notice("first")]
        assert raised == []

    def test_one_that_raises_does_not_cost_the_end(self, qtbot: QtBot, runner: TaskRunner) -> None:
        class Careless(Page):
            @Slot(object)
            def note(self, value: object) -> None:
                super().note(value)
                raise LookupError

        def work(ctx: Context) -> str:
            ctx.report(Notice("event"))
            return "result"

        task = Task(work, name="careless")
        page = Careless(task)
        qtbot.addWidget(page)
        with capture_exceptions() as raised, qtbot.waitSignal(task.finished):
            runner.start(task)
        assert page.told == [Notice("event"), "result", "finished"]
        assert [kind for kind, *_ in raised] == [LookupError] * 3

    def test_a_dialog_of_its_own_loop_keeps_the_order(self, qtbot: QtBot, runner: TaskRunner) -> None:
        """A slot that waits for an answer lets other tasks go on, and its own only afterwards."""
        other = Task(lambda ctx: "other", name="other")

        class Asking(Page):
            @Slot(object)
            def note(self, value: object) -> None:
                super().note(value)
                if value == Notice("1"):
                    loop = QEventLoop()
                    other.finished.connect(loop.quit)
                    runner.start(other)
                    loop.exec()
                    super().note("answered")

        def work(ctx: Context) -> str:
            ctx.report(Notice("1"))
            ctx.report(Notice("2"))
            return "result"

        task = Task(work, name="asking")
        page = Asking(task)
        qtbot.addWidget(page)
        with qtbot.waitSignal(task.finished):
            runner.start(task)
        assert page.told == [Notice("1"), "answered", Notice("2"), "result", "finished"]


class TestShutdown:
    def test_cancels_and_is_silent(self, qtbot: QtBot, qapp: QApplication) -> None:
        runner = TaskRunner()
        task = Task(until_cancelled, name="long")
        page = Page(task)
        qtbot.addWidget(page)
        runner.start(task)
        assert runner.shutdown()
        assert runner.running == ()
        assert not task.running
        settle(qapp)
        assert page.told == []
        assert runner.shutdown()

    def test_from_a_slot_it_is_silent_at_once(self, qtbot: QtBot, qapp: QApplication) -> None:

        class Closing(Page):
            @Slot(object)
            def note(self, value: object) -> None:
                super().note(value)
                assert runner.shutdown()

        def work(ctx: Context) -> None:
            ctx.report(Notice("1"))
            ctx.report(Notice("2"))

        for each in (work, lambda ctx: "result"):
            runner = TaskRunner()
            task = Task(each, name="closing")
            page = Closing(task)
            qtbot.addWidget(page)
            runner.start(task)
            qtbot.waitUntil(lambda page=page: bool(page.told))
            settle(qapp)
            assert len(page.told) == 1

    def test_nothing_starts_afterwards(self, qtbot: QtBot) -> None:
        runner = TaskRunner()
        assert runner.shutdown()
        begun: list[Context] = []
        task = runner.start(Task(begun.append, name="late"))
        assert not task.running
        assert begun == []

    def test_a_runner_that_is_simply_dropped_is_silent_too(self, qtbot: QtBot) -> None:
        runner, go = TaskRunner(), threading.Event()
        reported: list[Notice] = []

        def work(ctx: Context) -> None:
            go.wait(5)
            ctx.report(Notice("late"))
            reported.append(Notice("late"))

        runner.start(Task(work, name="left"))
        (thread,) = (thread for thread in threading.enumerate() if thread.name == "task left")
        del runner
        gc.collect()
        go.set()
        thread.join(5)
        gc.enable()
        assert reported == [Notice("late")]

    def test_waits_only_so_long_in_all_for_those_that_hang(self, qtbot: QtBot) -> None:
        runner = TaskRunner()
        go = threading.Event()
        started = [runner.start(Task(lambda ctx: go.wait(5), name=f"{number}")) for number in range(5)]
        begun = time.monotonic()
        assert not runner.shutdown(0.05)
        assert 0.05 <= time.monotonic() - begun < 2
        assert not gc.isenabled()  # the threads still run, so Python may not clean up in them
        go.set()
        assert runner.shutdown()
        assert not any(task.running for task in started)


class TestTheWindowGoesOn:
    @pytest.mark.speed
    def test_while_100_000_events_come(self, qtbot: QtBot, runner: TaskRunner) -> None:
        def work(ctx: Context) -> None:
            for _ in range(100_000):
                ctx.report(Notice("again"))

        gaps, told = self.gaps(qtbot, runner, work)
        assert told == 100_000
        assert max(gaps) < 0.1

    @pytest.mark.speed
    def test_while_showing_them_costs_time(self, qtbot: QtBot, runner: TaskRunner) -> None:
        def work(ctx: Context) -> None:
            for _ in range(900):
                ctx.report(Notice("again"))

        gaps, told = self.gaps(qtbot, runner, work, cost=0.0002)
        assert told == 900
        assert max(gaps) < 0.1

    @pytest.mark.speed
    def test_while_a_worker_computes(self, qtbot: QtBot, runner: TaskRunner) -> None:
        def work(ctx: Context) -> None:
            ends = time.monotonic() + 0.2
            while time.monotonic() < ends:
                pass

        gaps, _ = self.gaps(qtbot, runner, work)
        assert max(gaps) < 0.1
        assert len(gaps) > 20

    def gaps(self, qtbot: QtBot, runner: TaskRunner, work: tasks.Work, cost: float = 0.0) -> tuple[list[float], int]:
        """Seconds between two looks of the UI thread, and how many events arrived; `cost` is of showing one."""

        class Pulse(QObject):
            def __init__(self) -> None:
                super().__init__()
                self.looks = [time.monotonic()]
                self.told = 0

            @Slot()
            def look(self) -> None:
                self.looks.append(time.monotonic())

            @Slot(object)
            def note(self, event: object) -> None:
                self.told += 1
                ends = time.monotonic() + cost
                while time.monotonic() < ends:
                    pass

        pulse, timer, task = Pulse(), QTimer(), Task(work, name="busy")
        timer.timeout.connect(pulse.look)
        task.progressed.connect(pulse.note)
        timer.start(1)
        with qtbot.waitSignal(task.finished, timeout=20_000):
            runner.start(task)
        timer.stop()
        pulse.look()
        return [later - before for before, later in pairwise(pulse.looks)], pulse.told

    def test_the_backlog_stays_small(self, qtbot: QtBot, runner: TaskRunner) -> None:
        """Nobody takes the letters while the UI thread is held here: the worker waits, and still stops when asked."""
        reported: list[int] = []

        def work(ctx: Context) -> None:
            for number in range(100_000):
                ctx.report(Notice("again"))
                reported.append(number)
                ctx.check()

        task = runner.start(Task(work, name="flood"))
        held = time.monotonic() + 0.1
        while time.monotonic() < held:
            threading.Event().wait(0.01)
        assert len(reported) <= tasks._MOST_LETTERS + 1
        with qtbot.waitSignal(task.cancelled):
            task.cancel()


def test_widgets_that_are_garbage_go_in_the_ui_thread(qtbot: QtBot, runner: TaskRunner) -> None:
    """Python's collector runs in the thread that allocates, and a widget destroyed in a worker aborts the program."""
    gone: list[threading.Thread] = []

    class Probe:
        def __del__(self) -> None:
            gone.append(threading.current_thread())

    class Cyclic(QWidget):
        def __init__(self) -> None:
            super().__init__()
            self.itself = self
            self.probe = Probe()

    def work(ctx: Context) -> None:
        while not ctx.cancel.wait(0.01):
            kept = [[number] for number in range(1000)]
            kept.append(kept)  # type: ignore[arg-type]

    task = runner.start(Task(work, name="allocating"))
    for _ in range(50):
        Cyclic()
    qtbot.waitUntil(lambda: len(gone) == 50)
    task.cancel()
    assert set(gone) == {threading.main_thread()}


HANGING = """
import sys, threading, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from installer.events import Notice
from ui.tasks import Task, TaskRunner

shutdown = sys.argv[1] == "shutdown"
application = QApplication([])
label = QLabel("")
label.show()
runner = TaskRunner()

def hangs(ctx):
    time.sleep(60)

def reports(ctx):
    while True:  # heeds no cancelling, and would enter Qt at every report
        ctx.report(Notice("again"))

def computes(ctx):
    while True:
        [[number] for number in range(1000)]

for work in (hangs, reports, computes):
    runner.start(Task(work, name=work.__name__))
QTimer.singleShot(30, application.quit)
application.exec()
if shutdown:
    assert not runner.shutdown(0.05)
sys.exit(0)
"""


@pytest.mark.parametrize("how", ["shutdown", "forgotten"])
def test_the_program_ends_at_once_while_workers_hang(how: str) -> None:
    begun = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", HANGING, how],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert time.monotonic() - begun < 3


@pytest.mark.soak
@pytest.mark.parametrize("how", ["shutdown", "forgotten"])
def test_and_does_so_time_after_time(how: str) -> None:
    for _ in range(100):
        test_the_program_ends_at_once_while_workers_hang(how)
