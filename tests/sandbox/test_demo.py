"""`houseguest demo --headless`, as a person runs it: what the window that walks by itself writes, how it ends, and that
it leaves nothing behind.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from installer.cli.app import app
from installer.cli.demo import show, walk
from installer.cli.demo_report import Report
from installer.errors import UsageError

HOUSEGUEST = str(Path(sys.executable).with_name("houseguest"))
JOURNEY = ("invitation", "sign_in", "permissions", "connect", "network", "review", "install")
REMOVAL = ("cut", "close_trust", "cluster", "role_stack", "verify", "access_stack")
ACCOUNT = "222222222222"


@dataclass(frozen=True)
class Demo:
    code: int
    stdout: str
    stderr: str
    output: Path
    places: Path
    """Holds all that the demo could write to but its output: the home and the temporary folder."""

    @property
    def report(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.output / "report.json").read_text("utf-8"))
        return read


def run(folder: Path, *options: str) -> Demo:
    places = {"HOME": folder / "places/home", "TMPDIR": folder / "places/tmp", "HOUSEGUEST_HOME": folder / "places/own"}
    for place in places.values():
        place.mkdir(parents=True)
    settings = {name: str(place) for name, place in places.items()}
    # Whoever has settings of their own is not led to their account, nor is the demo led away from its sandbox.
    settings |= {"AWS_PROFILE": "mine", "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}
    output = folder / "output"
    ran = subprocess.run(
        [HOUSEGUEST, "demo", "--headless", "--output", str(output), *options],
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return Demo(ran.returncode, ran.stdout, ran.stderr, output, folder / "places")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run(tmp_path_factory.mktemp("demo"))


def test_every_check_passes(demo: Demo) -> None:
    failed = [check for check in demo.report["checks"] if not check["passed"]]

    assert failed == []
    assert demo.code == 0
    assert demo.report["outcome"] == "succeeded"


def test_the_report_has_its_shape(demo: Demo) -> None:
    report = demo.report

    assert list(report) == ["outcome", "steps", "installation", "checks", "measures"]
    assert {tuple(step) for step in report["steps"]} == {("step", "state", "seconds", "screenshot")}
    assert {tuple(check) for check in report["checks"]} == {("name", "passed", "detail")}


def test_the_steps_are_those_of_the_journey_in_order(demo: Demo) -> None:
    """A reconnect begins where the invitation and the account are known."""
    phases = [
        *JOURNEY,
        *(f"remove.{step}" for step in REMOVAL),
        *(f"reconnect.{step}" for step in JOURNEY[2:]),
        *(f"second.{step}" for step in JOURNEY),
    ]

    assert [step["step"] for step in demo.report["steps"]] == phases
    assert {step["state"] for step in demo.report["steps"]} == {"done"}
    assert all(0 <= step["seconds"] < 60 for step in demo.report["steps"])


def test_each_step_has_its_picture(demo: Demo) -> None:
    written = {path.name for path in demo.output.glob("*.png")}
    light, dark = ({name for name in written if name.endswith(f"-{scheme}.png")} for scheme in ("light", "dark"))

    assert {step["screenshot"] for step in demo.report["steps"]} <= written
    assert {name.removesuffix("-light.png") for name in light} == {name.removesuffix("-dark.png") for name in dark}
    assert demo.report["measures"]["pictures"] == len(light | dark) >= 18
    assert (demo.output / "contact-sheet.png").read_bytes().startswith(b"\x89PNG")


def test_what_it_cost_is_told(demo: Demo) -> None:
    measures = demo.report["measures"]

    assert measures["interactions_until_install"] <= 12
    assert 0 < measures["own_seconds"] <= min(15, measures["journey_seconds"])
    assert 0 < measures["p99_gap_ms"] <= measures["longest_gap_ms"]
    assert measures["peak_megabytes"] is None or measures["peak_megabytes"] > 50


def test_the_installation_is_told(demo: Demo) -> None:
    installation = demo.report["installation"]
    cidr, endpoint = installation.pop("cidr"), installation.pop("endpoint")
    stacks = [stack.split(":")[-1].split("/")[1] for stack in installation.pop("stack_ids")]

    assert re.fullmatch(r"(\d+\.){3}\d+/16", cidr)
    assert endpoint.startswith("http://127.0.0.1:")
    assert stacks == ["popsql-access", "popsql-role"]
    assert installation == {
        "name": "popsql",
        "account_id": ACCOUNT,
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/release/popsql-operator",
        "boundary_arn": f"arn:aws:iam::{ACCOUNT}:policy/houseguest/popsql-operator-boundary",
        "region": "us-east-1",
    }


def test_each_phase_is_checked_under_names_of_its_own(demo: Demo) -> None:
    names = [check["name"] for check in demo.report["checks"]]

    assert len(names) == len(set(names)) >= 16
    assert {name.partition(".")[0] for name in names} == {"install", "removal", "reconnect", "second", "looks"}
    assert all(check["detail"] for check in demo.report["checks"])


def test_progress_goes_to_stderr_and_the_checks_to_stdout(demo: Demo) -> None:
    checks = demo.report["checks"]

    assert demo.stdout.splitlines()[-1].startswith(f"{len(checks)} of {len(checks)} checks passed. Report: ")
    assert all(check["name"] in demo.stdout for check in checks)
    assert "second.install" in demo.stderr
    assert "Traceback" not in demo.stderr


def test_it_leaves_nothing_but_the_report_and_the_commands_log(demo: Demo) -> None:
    left = [path.relative_to(demo.places) for path in demo.places.rglob("*") if path.is_file()]

    assert [str(path) for path in left] == ["own/houseguest.log"]
    assert {path.name for path in demo.output.iterdir() if path.suffix != ".png"} == {"report.json"}


def test_what_stops_it_before_a_step_is_reported(tmp_path: Path) -> None:
    """A name that is taken is found before anything is made."""
    demo = run(tmp_path, "--scenario", "name-conflict")

    assert demo.code == 1
    assert demo.report["outcome"] == "failed"
    assert demo.report["installation"] is None
    assert [(step["step"], step["state"]) for step in demo.report["steps"]][-1] == ("connect", "failed")
    assert demo.report["checks"][0]["name"] == "journey"
    assert "popsql-operator" in demo.report["checks"][0]["detail"]
    assert "Traceback" not in demo.stderr


def test_a_step_that_fails_is_reported(tmp_path: Path) -> None:
    demo = run(tmp_path, "--scenario", "denied")

    assert demo.code == 1
    assert demo.report["outcome"] == "failed"
    assert [step["step"] for step in demo.report["steps"] if step["state"] == "failed"] == ["install"]
    [journey] = [check for check in demo.report["checks"] if check["name"] == "journey"]
    assert "rds:" in journey["detail"]
    assert not journey["passed"]


def test_a_scenario_that_does_not_exist(tmp_path: Path) -> None:
    demo = run(tmp_path, "--scenario", "no-such")

    assert demo.code == 2
    assert "no-such" in demo.stderr
    assert not demo.output.exists()


def passed_one_check(_scenario: str, noted: Report, _folder: Path) -> None:
    noted.checked([{"name": "one", "passed": True, "detail": "seen"}])
    noted.complete = True


def test_a_fault_of_the_program_is_no_success(tmp_path: Path) -> None:
    """Also if all that was checked before it had passed."""

    def faulty(scenario: str, noted: Report, folder: Path) -> None:
        passed_one_check(scenario, noted, folder)
        noted.complete = False
        raise KeyError("a fault")

    with pytest.raises(KeyError):
        walk(tmp_path, "default", faulty)

    report = json.loads((tmp_path / "report.json").read_text())
    assert report["outcome"] == "failed"
    assert report["checks"] == [{"name": "one", "passed": True, "detail": "seen"}]


def test_a_check_that_fails_is_no_success(tmp_path: Path) -> None:
    def failing(scenario: str, noted: Report, folder: Path) -> None:
        passed_one_check(scenario, noted, folder)
        noted.checked([{"name": "two", "passed": False, "detail": "[red]gone[/]"}])

    assert walk(tmp_path, "default", failing) == 1
    assert json.loads((tmp_path / "report.json").read_text())["outcome"] == "failed"
    assert walk(tmp_path, "default", passed_one_check) == 0
    assert json.loads((tmp_path / "report.json").read_text())["outcome"] == "succeeded"


def test_an_earlier_report_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("{}")

    def looking(_scenario: str, _noted: Report, _folder: Path) -> None:
        assert not (tmp_path / "report.json").exists()

    walk(tmp_path, "default", looking)


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match="No report can be written"):
        walk(tmp_path / "file", "default", passed_one_check)


def test_a_person_gets_the_window_on_a_sandbox_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed in as the administrator, with a home of its own and nothing of the person's; gone when it is closed."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    places: list[Path] = []

    def window(settings: dict[str, str], invitation: str) -> int:
        assert settings["AWS_PROFILE"] == "acme-admin"
        assert settings["PYTHON_KEYRING_BACKEND"] == "keyring.backends.null.Keyring"
        assert "AWS_ENDPOINT_URL" not in settings
        places.extend(Path(place) for place in (invitation, settings["AWS_CONFIG_FILE"], settings["HOUSEGUEST_HOME"]))
        assert all(place.exists() for place in places)
        return 7

    monkeypatch.setattr("installer.cli.demo.open_window", window)

    assert show("default") == 7
    assert not any(place.exists() for place in places)


@pytest.mark.parametrize(
    ("display", "arguments", "called"),
    [
        ({"DISPLAY": ":0"}, (), "show"),
        ({"DISPLAY": ":0"}, ("--headless",), "walk"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, (), "walk"),
        ({}, (), "walk"),
    ],
)
def test_it_walks_by_itself_where_nobody_sees_it(
    monkeypatch: pytest.MonkeyPatch, display: dict[str, str], arguments: tuple[str, ...], called: str
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in display.items():
        monkeypatch.setenv(name, value)
    calls: list[str] = []
    for name in ("show", "walk"):
        monkeypatch.setattr(f"installer.cli.demo.{name}", lambda *_, name=name, **__: calls.append(name))

    CliRunner().invoke(app, ["demo", *arguments])

    assert calls == [called]
