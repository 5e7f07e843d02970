"""What the desk brings to the pages: frozen, and nothing in it is read again. The desk itself is `desk.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from installer.errors import HouseguestError
from installer.flow import Step
from installer.steps import Finding

if TYPE_CHECKING:
    from installer.answers import Account, Permissions
    from installer.installation import Installation
    from installer.manage.removal import Removal
    from installer.policy.document import Document
    from installer.policy.words import Said
    from installer.steps.connect import Created
    from ui.visit import Visit


@dataclass(frozen=True)
class SignedIn:
    """Who an AWS profile is, and what there is to know of it before going on."""

    profile: str | None
    account: Account
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Choice:
    """A preset of the permissions boundary: its two documents in plain words, or why it cannot be made.

    `characters` is how long the operator boundary is, of `budget` that fit; 0 where it is not known. `own_boundary` is
    the document that the person brought.
    """

    preset: str
    title: str
    sentence: str
    permissions: Permissions | None = None
    said: tuple[Said, ...] = ()
    said_of_workloads: tuple[Said, ...] = ()
    problem: HouseguestError | None = None
    findings: tuple[Finding, ...] = ()
    own_boundary: Document | None = None
    characters: int = 0
    budget: int = 0


@dataclass(frozen=True)
class Plan:
    """What Connect is about to make, and what must be known before it."""

    created: tuple[Created, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class TakenBack:
    """What came of a removal. `problem` says why it is not proven; None where it is."""

    installation: Installation
    removal: Removal
    problem: HouseguestError | None


@dataclass(frozen=True)
class Recalled:
    """What could be taken up of the visit that was left; `visit` is None where there is none to take up.

    Where that is less than there was, `problem` says why, and `step` is where it can be solved: what was settled after
    that step is kept. Without a problem the step can simply be done again.
    """

    visit: Visit | None = None
    problem: HouseguestError | None = None
    step: Step | None = None
