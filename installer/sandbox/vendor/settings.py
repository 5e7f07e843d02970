"""What the process is told by its environment. The supervisor that sets it is installer/sandbox/supervisor.py."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_SCENARIO = "default"
DENIED_SCENARIO = "denied"
VENDOR_DOWN_SCENARIO = "vendor-down"

WORKLOAD_CREDENTIALS_PATH = "/_sandbox/workload-credentials"


class SettingsError(ValueError):
    """A variable is missing or wrong; the message names it."""


@dataclass(frozen=True)
class SandboxControl:
    """Where a workload gets the temporary credentials of its role, as its AWS service would give them."""

    url: str
    token: str


@dataclass(frozen=True)
class Settings:
    """`speed` 2 makes an install twice as fast as the sandbox's ordinary pace (seconds for half an hour)."""

    port: int
    state: Path
    speed: float = 1.0
    scenario: str = DEFAULT_SCENARIO
    control: SandboxControl | None = None

    @property
    def control_plane_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Raises SettingsError, naming the variable."""
    return Settings(
        port=_port(_required(environment, "HOUSEGUEST_VENDOR_PORT")),
        state=Path(_required(environment, "HOUSEGUEST_VENDOR_STATE")),
        speed=_speed(environment.get("HOUSEGUEST_VENDOR_SPEED", "1")),
        scenario=environment.get("HOUSEGUEST_VENDOR_SCENARIO", DEFAULT_SCENARIO),
        control=_control(environment.get("HOUSEGUEST_SANDBOX_CONTROL", "")),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SettingsError(f"HOUSEGUEST_VENDOR_PORT is not a port: {text!r}")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError as error:
        raise SettingsError(f"HOUSEGUEST_VENDOR_SPEED is not a number: {text!r}") from error
    if not 0 < speed < float("inf"):
        raise SettingsError(f"HOUSEGUEST_VENDOR_SPEED must be more than 0: {text!r}")
    return speed


def _control(text: str) -> SandboxControl | None:
    if not text:
        return None
    try:
        value = json.loads(text)
        url, token = str(value["url"]).rstrip("/"), str(value["token"])
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError('HOUSEGUEST_SANDBOX_CONTROL is not {"url": …, "token": …}') from error
    if not url.endswith(WORKLOAD_CREDENTIALS_PATH):
        url += WORKLOAD_CREDENTIALS_PATH
    return SandboxControl(url=url, token=token)
