"""`houseguest demo --headless`: walks the journey on the sandbox with the commands' own functions; checks that share
nothing with them read back what came of it.

    install    the invitation, the boundaries and the role, the connection, the network, the product
    remove     the vendor's access, while a session of it is live and the product's health is watched
    reconnect  the same name again: the product is found
    second     another name, on another block

The checks are in installer/sandbox/checks/; `report.json` has the shape that docs/command-line.md gives.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.markup import escape

from installer.answers import Wishes
from installer.cli import output
from installer.cli.install import carry_out, report
from installer.cli.manage import removal_report, take_back
from installer.cli.screen import Screen
from installer.cli.workstation import Terminal
from installer.errors import HouseguestError, UsageError
from installer.events import Event, StepChanged, StepState
from installer.files import write_whole
from installer.opening import begin

NAME = "popsql"
SECOND_NAME = "popsql-2"
REGION = "eu-west-1"

# Settings that would lead away from the sandbox, or secrets of the demo into the person's keyring.
_SETTINGS = ("AWS_", "HOUSEGUEST_", "PYTHON_KEYRING_BACKEND", "NO_PROXY", "no_proxy")
_INSTALLATION = ("name", "account_id", "role_arn", "boundary_arn", "stack_ids", "region", "cidr", "endpoint")


@dataclass
class Report:
    """What `report.json` will say."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    installation: dict[str, Any] | None = None
    checks: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = False

    @property
    def succeeded(self) -> bool:
        """To the end, and every check passed on the way."""
        return self.complete and all(check["passed"] for check in self.checks)

    def step(self, name: str, state: StepState, seconds: float) -> None:
        self.steps.append({"step": name, "state": state.value, "seconds": round(seconds, 2), "screenshot": None})

    def installed(self, told: dict[str, Any]) -> None:
        self.installation = {key: told[key] for key in _INSTALLATION}

    def checked(self, found: Iterable[dict[str, Any]]) -> None:
        new = list(found)
        self.checks += new
        passed = sum(check["passed"] for check in new)
        output.err.print(f"[bold]Checks[/]\n  {passed} of {len(new)} passed, read back from AWS and the vendor")

    def cut_short(self, why: str) -> None:
        """The journey ended before its end."""
        self.checks.append({"name": "journey", "passed": False, "detail": why})

    def write(self, path: Path) -> None:
        outcome = "succeeded" if self.succeeded else "failed"
        told = {"outcome": outcome, "steps": self.steps, "installation": self.installation, "checks": self.checks}
        write_whole(path, (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode())


class _Steps(Screen):
    """The screen of the commands; what it shows of steps is noted with its time, under the phase of the demo."""

    def __init__(self, phase: str, noted: Report) -> None:
        super().__init__(output.err)
        self._phase, self._noted = phase, noted
        self._since = time.monotonic()

    def show(self, event: Event) -> None:
        super().show(event)
        match event:
            case StepChanged(_, StepState.STARTED):
                self._since = time.monotonic()
            case StepChanged(step, state):
                self._noted.step(f"{self._phase}{step}", state, time.monotonic() - self._since)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """A step that the engine does not report, because it makes nothing."""
        self.show(StepChanged(step, StepState.STARTED))
        try:
            yield
        except HouseguestError as error:
            self.show(StepChanged(step, StepState.FAILED, error.message))
            raise
        self.show(StepChanged(step, StepState.DONE))


def walk(folder: Path, scenario: str, journey: Callable[[str, Report], None] | None = None) -> int:
    """Write `folder`/report.json, also where a step fails. 0 if every check passed, else 1."""
    from installer.sandbox import SCENARIOS, ChildError
    from installer.sandbox.checks import Wrong

    if scenario not in SCENARIOS:
        raise UsageError(f"There is no scenario {scenario!r}.", fix=f"Choose one of {', '.join(SCENARIOS)}.")
    path = _place_of_report(folder)
    noted = Report()
    try:
        (journey or _walk)(scenario, noted)
        noted.complete = True
    except HouseguestError as error:
        noted.cut_short(f"{error.message} {error.fix}")
    except (ChildError, Wrong) as error:
        noted.cut_short(str(error))
    finally:
        # Also where a fault of the program ends it: what was seen until then is what one needs.
        noted.write(path)
    _tell(noted, path)
    return 0 if noted.succeeded else 1


def _place_of_report(folder: Path) -> Path:
    """Where an earlier report is, it goes: whatever happens now, nobody shall take it for this one's."""
    path = folder.absolute() / "report.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(
            f"No report can be written to {folder}: {error.strerror}.", fix="Choose another folder with --output."
        ) from error
    return path


def _walk(scenario: str, noted: Report) -> None:
    from installer.sandbox import Sandbox
    from installer.sandbox.checks import Inspection

    with (
        Sandbox.start(scenario) as info,
        TemporaryDirectory(prefix="houseguest-demo-") as home,
        _settings(info.aws_config_file, info.aws_shared_credentials_file, info.admin_profile, home),
    ):
        inspection = Inspection(info, Path(home))
        _say("Install")
        told = _install("", info.invitation, NAME, noted)
        noted.installed(told)
        noted.checked(asdict(check) for check in inspection.after_install(told))
        with inspection.through_removal():
            _say("Remove the access; the product runs on")
            removed = _remove(info.invitation, NAME, noted)
            noted.checked(asdict(check) for check in inspection.after_removal(removed))
            _say("Install again under the same name: reconnect")
            told = _install("reconnect.", info.invitation, NAME, noted)
            noted.checked(asdict(check) for check in inspection.after_reconnect(told))
        _say("Install a second one, under another name")
        told = _install("second.", info.invitation, SECOND_NAME, noted)
        noted.checked(asdict(check) for check in inspection.after_second(told))


def _install(phase: str, invitation: str, name: str, noted: Report) -> dict[str, Any]:
    """As `houseguest install --json`."""
    screen = _Steps(phase, noted)
    station = Terminal(screen)
    with screen.timed("invitation"):
        verified = station.invitation(invitation)
    with screen.timed("sign_in"):
        installation = begin(station.ctx, station, verified, Wishes(name=name, region=REGION))
    return report(carry_out(station, installation, verified, yes=True))


def _remove(invitation: str, name: str, noted: Report) -> dict[str, Any]:
    """As `houseguest remove --json`, with the invitation, so that the vendor is asked to try as well."""
    station = Terminal(_Steps("remove.", noted))
    installation = station.store.load(name)
    station.keep_to(station.ctx, installation.answers.names.account_id)
    return removal_report(name, take_back(station, installation, station.invitation(invitation).token))


@contextmanager
def _settings(config: str, credentials: str, profile: str, home: str) -> Iterator[None]:
    """The sandbox's AWS settings and a home of the demo's own, in place of whatever the person has."""
    before = {name: value for name, value in os.environ.items() if name.startswith(_SETTINGS)}
    for name in before:
        del os.environ[name]
    os.environ |= {
        "AWS_CONFIG_FILE": config,
        "AWS_SHARED_CREDENTIALS_FILE": credentials,
        "AWS_PROFILE": profile,
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOUSEGUEST_HOME": home,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "NO_PROXY": "*",
        "no_proxy": "*",
    }
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith(_SETTINGS)]:
            del os.environ[name]
        os.environ |= before


def _say(phase: str) -> None:
    output.err.rule(f"[bold]{phase}[/]", align="left", style="dim")


def _tell(noted: Report, path: Path) -> None:
    """One line for each check that passed, cut to the terminal's width; where one did not, everything that it says."""
    width = max((len(check["name"]) for check in noted.checks), default=0)
    for check in noted.checks:
        mark = "[green]✓[/]" if check["passed"] else "[red]✗[/]"
        line = f"{mark}  {escape(check['name']):<{width}}  [dim]{escape(check['detail'])}[/]"
        if check["passed"] and output.out.is_terminal:
            output.out.print(line, no_wrap=True, overflow="ellipsis", soft_wrap=False)
        else:
            output.out.print(line)
    passed = sum(check["passed"] for check in noted.checks)
    output.out.print(f"{passed} of {len(noted.checks)} checks passed. Report: {escape(str(path))}")
