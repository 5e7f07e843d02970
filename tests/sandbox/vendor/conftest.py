"""A vendor without AWS for each test that asks for one; one sandbox, vendor and all, for those that ask for AWS."""

from collections.abc import Iterator

import pytest

from installer.sandbox import Sandbox, SandboxInfo
from tests.sandbox.vendor.support import Installer, Vendor

SPEED = 200.0


@pytest.fixture
def vendor() -> Vendor:
    return Vendor.start()


@pytest.fixture
def installer(vendor: Vendor) -> Installer:
    return vendor.installer()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(speed=SPEED) as info:
        yield info
