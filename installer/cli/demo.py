"""`houseguest demo`: the whole journey on the sandbox, in the window.

With a display a person walks it (`show`). With `--headless` the window walks by itself (`walk`), through the journey

    install    the invitation, the boundaries and the role, the connection, the network, the product
    remove     the vendor's access, while a session of it is live and the product's health is watched
    reconnect  the same name again: the product is found
    second     another name, on another block

and checks that share nothing with it read back what came of it. The window is a process of its own (`demo_window.py`);
what it does there is in `ui/demo/`, the checks are in `installer/sandbox/checks/`, the report in `demo_report.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Protocol

from installer.cli import output
from installer.cli.demo_report import Report, place_of_report
from installer.cli.demo_window import Walker, environment, open_window, walker
from installer.cli.install import report
from installer.errors import HouseguestError, UsageError
from installer.profiles import ProfileStore


class Checked(Protocol):
    """A check of the sandbox, which is a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


class Inspects(Protocol):
    """What `installer.sandbox.checks.Inspection` does; it is imported only where a demo is run."""

    def after_install(self, told: Mapping[str, Any]) -> Iterable[Checked]: ...
    def through_removal(self) -> AbstractContextManager[None]: ...
    def after_removal(self, removed: Mapping[str, Any]) -> Iterable[Checked]: ...
    def after_reconnect(self, told: Mapping[str, Any]) -> Iterable[Checked]: ...
    def after_second(self, told: Mapping[str, Any]) -> Iterable[Checked]: ...


_PHASES = {
    "after_install": "Installed",
    "removal_begins": "The access is removed; the product runs on",
    "after_removal": "Removed",
    "after_reconnect": "Installed again under the same name",
    "after_second": "A second one is installed, under another name",
}

_PLACE = "Region and block"
_ON_THE_LAST_PAGE = {
    "Address": "endpoint",
    _PLACE: "region",
    "Role": "role_arn",
    "Its boundary": "boundary_arn",
}


def show(scenario: str) -> int:
    """The window on a sandbox, until the person closes it. Its exit code."""
    from installer.sandbox import Sandbox

    _insist_on(scenario)
    output.err.print("Starting a local AWS and a vendor. Nothing here reaches a real account.")
    with Sandbox.start(scenario) as info, TemporaryDirectory(prefix="houseguest-demo-") as home:
        output.err.print(f"The window is open on it, signed in as {info.admin_profile}. Closing it ends everything.")
        return open_window(environment(info, Path(home)), info.invitation)


def walk(
    folder: Path,
    scenario: str,
    journey: Callable[[str, Report, Path], None] | None = None,
    *,
    on_display: bool = False,
) -> int:
    """Write `folder`/report.json and the pictures, also where a step fails. 0 if every check passed, else 1."""
    from installer.sandbox import ChildError
    from installer.sandbox.checks import Wrong

    _insist_on(scenario)
    path = place_of_report(folder)
    noted = Report()
    try:
        (journey or Demo(on_display=on_display).run)(scenario, noted, path.parent)
    except HouseguestError as error:
        noted.cut_short(f"{error.message} {error.fix}".strip())
    except (ChildError, Wrong) as error:
        noted.cut_short(str(error))
    finally:
        # Also where a fault of the program ends it: what was seen until then is what one needs.
        noted.write(path)
    noted.tell(path)
    return 0 if noted.succeeded else 1


def _insist_on(scenario: str) -> None:
    from installer.sandbox import SCENARIOS

    if scenario not in SCENARIOS:
        raise UsageError(f"There is no scenario {scenario!r}.", fix=f"Choose one of {', '.join(SCENARIOS)}.")


class Demo:
    """A sandbox, and a window on it that walks by itself. `more` are further arguments of `ui/demo/driver.py`."""

    def __init__(self, *, on_display: bool = False, pictures: bool = True, more: tuple[str, ...] = ()) -> None:
        self._platform = {} if on_display else {"QT_QPA_PLATFORM": "offscreen"}
        self._pictures, self._more = pictures, more

    def run(self, scenario: str, noted: Report, folder: Path) -> None:
        from installer.sandbox import Sandbox
        from installer.sandbox.checks import Inspection
        from installer.sandbox.vendor.stranger import invitation_of_a_stranger

        with Sandbox.start(scenario) as info, TemporaryDirectory(prefix="houseguest-demo-") as place:
            home = Path(place) / "home"
            stranger = invitation_of_a_stranger(Path(info.invitation), Path(place) / "stranger.houseguest")
            inspection = Inspection(info, home)
            settings = environment(info, home, **self._platform)
            pictures = ("--pictures", str(folder)) if self._pictures else ()
            arguments = ("--invitation", info.invitation, "--stranger", str(stranger), *pictures, *self._more)
            with _Starter(inspection, home, noted) as starter, walker(settings, *arguments) as window:
                starter.listen(window)


class _Starter(ExitStack):
    """Notes what the window tells, and has checked what it asks for."""

    def __init__(self, inspection: Inspects, home: Path, noted: Report) -> None:
        super().__init__()
        self._inspection, self._home, self._noted = inspection, home, noted

    def listen(self, window: Walker) -> None:
        for said in window.said():
            if "ask" in said:
                window.answer(self._answer(said))
            else:
                self._note(said)

    def _note(self, told: dict[str, Any]) -> None:
        match told.pop("tell"):
            case "step":
                self._noted.step(**told)
            case "checked":
                self._noted.checks.append(told)
            case "measured":
                self._noted.measures |= told
            case "cut_short":
                self._noted.cut_short(**told)
            case "complete":
                self._noted.complete = True

    def _answer(self, asked: dict[str, Any]) -> str:
        """The problem, where there is one."""
        from installer.sandbox.checks import Wrong

        output.err.print(f"[bold]{_PHASES[asked['ask']]}[/]")
        try:
            self._check(asked)
        except (Wrong, HouseguestError) as error:
            return str(error)
        return ""

    def _check(self, asked: dict[str, Any]) -> None:
        inspection = self._inspection
        match asked["ask"]:
            case "after_install":
                told = self._told(asked)
                self._noted.installed(told)
                self._noted.checked(asdict(check) for check in inspection.after_install(told))
            case "removal_begins":
                self.enter_context(inspection.through_removal())
            case "after_removal":
                kept = [{"what": what, "why": why} for what, why in asked["kept"].items()]
                self._noted.checked(asdict(check) for check in inspection.after_removal({"kept": kept}))
            case "after_reconnect":
                self._noted.checked(asdict(check) for check in inspection.after_reconnect(self._told(asked)))
                self.close()
            case "after_second":
                self._noted.checked(asdict(check) for check in inspection.after_second(self._told(asked)))

    def _told(self, asked: dict[str, Any]) -> dict[str, Any]:
        """As `houseguest install --json` would print it of what is saved; what the last page shows, as it shows it."""
        shown: dict[str, str] = asked["shown"]
        if missing := _ON_THE_LAST_PAGE.keys() - shown:
            raise HouseguestError(f"The last page lacks {', '.join(sorted(missing))}; it shows {', '.join(shown)}.")
        region, _, cidr = shown[_PLACE].partition(", ")
        told = report(ProfileStore(self._home).load(asked["name"]))
        told |= {key: shown[name] for name, key in _ON_THE_LAST_PAGE.items()}
        return told | {"region": region, "cidr": cidr}
