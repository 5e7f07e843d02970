"""requirements.lock is what pyproject.toml asks for: on every system, with hashes, and without an address."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)
ENVIRONMENTS = [
    {**system, "python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9"}
    for system in SYSTEMS
    for minor in (11, 12, 13)
]


def asked() -> Iterator[str]:
    yield from PROJECT["build-system"]["requires"]
    yield from PROJECT["project"]["dependencies"]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        yield from extra


def locked() -> list[Requirement]:
    joined = LOCK.replace("\\\n", " ")
    pinned = [line.partition("--hash")[0] for line in joined.splitlines() if line and line[0] not in "# "]
    return [Requirement(line) for line in pinned]


@pytest.mark.parametrize("text", sorted(set(asked())))
def test_the_lock_satisfies_the_project_everywhere(text: str) -> None:
    wanted = Requirement(text)
    for environment in ENVIRONMENTS:
        versions = [
            specifier.version
            for pin in locked()
            if canonicalize_name(pin.name) == canonicalize_name(wanted.name)
            and (pin.marker is None or pin.marker.evaluate(environment))
            for specifier in pin.specifier
        ]
        assert len(versions) == 1, f"{wanted.name} in {environment}: {versions}"
        assert wanted.specifier.contains(versions[0])


def test_every_pin_is_exact_and_hashed() -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", LOCK).strip())

    assert len(blocks) == len(locked()) > 100
    for block, pin in zip(blocks, locked(), strict=True):
        assert [specifier.operator for specifier in pin.specifier] == ["=="]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), pin.name


def test_the_lock_names_no_address_and_no_place() -> None:
    assert not re.search(r"://|--(index|extra-index|find-links|trusted)|(^|\s|=)[/~]|\bfile:", LOCK, re.MULTILINE)


def test_the_emulator_is_pinned_exactly() -> None:
    """The layer over it patches its internals, which change from release to release."""
    demo = PROJECT["project"]["optional-dependencies"]["demo"]

    assert "ministack==1.5.33" in demo


def test_this_python_is_supported() -> None:
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert sys.version_info >= (3, 11)
