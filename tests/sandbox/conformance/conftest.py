"""One sandbox AWS for all conformance cases, and the people who act in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from installer.sandbox import Sandbox, SandboxInfo
from tests.sandbox.support.actors import Actor, Roles, profile

SPEED = 20.0

_names = itertools.count(1)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[SandboxInfo]:
    with Sandbox.start(vendor=False, speed=SPEED) as info:
        yield info


@pytest.fixture(scope="session")
def admin(sandbox: SandboxInfo) -> Actor:
    return profile(sandbox, sandbox.admin_profile)


@pytest.fixture(scope="session")
def reader(sandbox: SandboxInfo) -> Actor:
    return profile(sandbox, sandbox.read_only_profile)


@pytest.fixture(scope="session")
def vendor(sandbox: SandboxInfo) -> Actor:
    return profile(sandbox, sandbox.vendor_profile)


@pytest.fixture
def name() -> str:
    """A name that no other case uses."""
    return f"case{next(_names)}"


@pytest.fixture
def roles(admin: Actor, name: str) -> Roles:
    return Roles(admin, name)


@pytest.fixture
def acting(roles: Roles, vendor: Actor) -> Callable[..., Actor]:
    """`acting(*statements, boundary=…)`: somebody who has exactly these permissions in the customer's account."""
    counter = itertools.count(1)

    def act(*statements: dict[str, Any], **more: Any) -> Actor:
        return vendor.assume(roles.role(f"actor{next(counter)}", *statements, **more))

    return act
