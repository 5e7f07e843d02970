"""A vendor without AWS for each test that asks for one. With AWS: test_end_to_end.py."""

import pytest

from tests.sandbox.vendor.support import Installer, Vendor


@pytest.fixture
def vendor() -> Vendor:
    return Vendor.start()


@pytest.fixture
def installer(vendor: Vendor) -> Installer:
    return vendor.installer()
