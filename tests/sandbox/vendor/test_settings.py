"""Reading the environment: what is wrong is named."""

from pathlib import Path

import pytest

from installer.sandbox.vendor.settings import SandboxControl, Settings, SettingsError, read_settings

GOOD = {"HOUSEGUEST_VENDOR_PORT": "8123", "HOUSEGUEST_VENDOR_STATE": "/state"}


def test_reads_what_is_there_and_defaults_the_rest() -> None:
    assert read_settings(GOOD) == Settings(port=8123, state=Path("/state"), speed=1.0, scenario="default", control=None)


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://127.0.0.1:4566/_sandbox/workload-credentials"])
def test_control_may_be_given_by_its_server_or_in_full(url: str) -> None:
    settings = read_settings(GOOD | {"HOUSEGUEST_SANDBOX_CONTROL": f'{{"url": "{url}", "token": "t"}}'})
    assert settings.control == SandboxControl("http://127.0.0.1:4566/_sandbox/workload-credentials", "t")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOUSEGUEST_VENDOR_PORT", ""),
        ("HOUSEGUEST_VENDOR_PORT", "http"),
        ("HOUSEGUEST_VENDOR_PORT", "0"),
        ("HOUSEGUEST_VENDOR_PORT", "65536"),
        ("HOUSEGUEST_VENDOR_PORT", "-1"),
        ("HOUSEGUEST_VENDOR_STATE", ""),
        ("HOUSEGUEST_VENDOR_SPEED", "fast"),
        ("HOUSEGUEST_VENDOR_SPEED", "0"),
        ("HOUSEGUEST_VENDOR_SPEED", "-1"),
        ("HOUSEGUEST_VENDOR_SPEED", "nan"),
        ("HOUSEGUEST_VENDOR_SPEED", "inf"),
        ("HOUSEGUEST_SANDBOX_CONTROL", "not json"),
        ("HOUSEGUEST_SANDBOX_CONTROL", '["url"]'),
        ("HOUSEGUEST_SANDBOX_CONTROL", '{"url": "http://127.0.0.1"}'),
    ],
)
def test_names_what_is_wrong(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_settings(GOOD | {name: value})
