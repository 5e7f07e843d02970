"""`python -m ui.demo.driver`: the real window walks by itself. `installer/cli/demo.py` starts it, on a sandbox.

The starter has the sandbox and the checks of what came of it, in a process of its own: so this one is the window alone,
and what is measured of it is the window's. How they talk is in `talk.py`; the walk itself in `journey.py`.
"""

from __future__ import annotations

import argparse
import faulthandler
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from installer.errors import HouseguestError
from installer.places import default_root
from ui.app import Application, qt_application
from ui.demo.finding import NotFound
from ui.demo.flashes import Flashes
from ui.demo.hands import Keyboard, Mouse
from ui.demo.heartbeat import Heartbeat
from ui.demo.journey import Walk
from ui.demo.lateness import Lateness
from ui.demo.memory import Peak
from ui.demo.patience import Stuck, wait_until
from ui.demo.studio import NoStudio, PhotoStudio, ToldStudio
from ui.demo.talk import AskedInVain, Line, StarterGone
from ui.demo.walking import Walked
from ui.desk import Desk

SECOND_NAME = "popsql-2"
LOOKS = "looks"


class Demo:
    """The whole of it: four journeys, the pictures, the questions to the starter, the measures."""

    def __init__(
        self,
        application: Application,
        line: Line,
        hand: Mouse | Keyboard,
        *,
        pictures: Path | None,
        step_by_step: bool,
        lateness: Lateness | None,
    ) -> None:
        self._line = line
        self._heartbeat, self._peak = Heartbeat(lateness), Peak()
        self._studio = PhotoStudio(pictures, self._aside, self._flawed) if pictures is not None else None
        # Looking at every event takes time, which is measured where no pictures are taken.
        self._flashes = Flashes() if pictures is not None else None
        self._flaws = 0
        other = ToldStudio(lambda name: self._ask("seen", name=name)) if step_by_step else NoStudio()
        self._walk = Walk(application.window, hand, self._studio or other, self._noted)

    def run(self, invitation: str, stranger: str, name: str) -> None:
        self._heartbeat.start()
        walk = self._walk
        if stranger:
            walk.see_a_stranger(stranger)
        own, total = self._heartbeat.own, self._heartbeat.total
        shown = walk.install(invitation)
        self._line.tell(
            "measured",
            interactions_until_install=walk.interactions_until_install,
            own_seconds=round(self._heartbeat.own - own, 2),
            journey_seconds=round(self._heartbeat.total - total, 2),
        )
        walk.look_back()
        self._ask("after_install", name=name, shown=shown)
        self._ask("removal_begins")
        self._ask("after_removal", kept=walk.remove(name))
        self._ask("after_reconnect", name=name, shown=walk.reconnect(invitation))
        self._ask("after_second", name=SECOND_NAME, shown=walk.install_another(invitation, SECOND_NAME))

    def go_on(self, invitation: str) -> None:
        """From wherever the window opens, to the end of that journey."""
        self._heartbeat.start()
        self._line.tell("opened", step=self._walk.wait_for_the_first_page())
        self._walk.install(invitation)

    def finish(self) -> None:
        """Everything that was measured on the way, and the sheet."""
        pulse = self._heartbeat.pulse()
        self._line.tell(
            "measured",
            longest_gap_ms=round(pulse.longest_gap * 1000, 1),
            p99_gap_ms=round(pulse.p99_gap * 1000, 1),
            longest_gap_of_imports_ms=round(pulse.longest_gap_of_imports * 1000, 1),
            peak_megabytes=self._peak.megabytes(),
        )
        if self._studio is not None:
            self._studio.lay_out()
            self._line.tell("measured", pictures=self._studio.count)
        for flash in self._flashes.seen if self._flashes is not None else ():
            self._flawed("while it was walked", f"{flash} was a window of its own for a moment")
        if self._studio is not None and not self._flaws:
            detail = f"{self._studio.count} pictures: nothing cut off, covered, too faint or unnamed; no stray window."
            self._line.tell("checked", name=LOOKS, passed=True, detail=detail)

    def _ask(self, what: str, **values: object) -> None:
        with self._aside():
            self._line.ask(what, **values)

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """What the demo does for itself is not the window's."""
        with self._heartbeat.paused(), self._peak.aside():
            yield

    def _noted(self, walked: Walked) -> None:
        self._line.tell(
            "step",
            step=walked.step,
            state=walked.state,
            seconds=round(walked.seconds, 2),
            screenshot=walked.screenshot,
        )

    def _flawed(self, where: str, flaw: str) -> None:
        self._flaws += 1
        self._line.tell("checked", name=LOOKS, passed=False, detail=f"{where}: {flaw}")


def main(argv: list[str]) -> int:
    faulthandler.enable()
    wanted = _arguments().parse_args(argv)
    line = Line(sys.stdin, sys.stdout)
    application_of_qt = qt_application(sys.argv[:1])
    root = default_root()
    application = Application(Desk(root), root=root)
    application.show()
    lateness = Lateness(wanted.stacks.open("w")) if wanted.stacks else None
    hand = Keyboard() if wanted.keyboard else Mouse()
    demo = Demo(application, line, hand, pictures=wanted.pictures, step_by_step=wanted.step_by_step, lateness=lateness)
    try:
        wait_until(application.window.isActiveWindow, 10.0, lambda: "The window does not become active.")
        if wanted.go_on:
            demo.go_on(wanted.invitation)
        else:
            demo.run(wanted.invitation, wanted.stranger, wanted.name)
        line.tell("complete")
    except (Stuck, NotFound, AskedInVain, HouseguestError) as error:
        line.tell("cut_short", why=str(error))
    except StarterGone:
        return 1
    demo.finish()
    application.window.close()
    application_of_qt.processEvents()
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ui.demo.driver")
    parser.add_argument("--invitation", required=True)
    parser.add_argument("--pictures", type=Path, help="folder for pictures; none are taken without it")
    parser.add_argument("--go-on", action="store_true", help="only from where the window opens to the product")
    parser.add_argument("--step-by-step", action="store_true", help="ask where a picture would be taken")
    parser.add_argument("--stacks", type=Path, help="file for what every thread does where the window is late")
    parser.add_argument("--stranger", default="", help="an invitation of a vendor that is not known")
    parser.add_argument("--name", default="popsql", help="what the window calls the installation by itself")
    parser.add_argument("--keyboard", action="store_true", help="with keys alone")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
