"""What a report holds, in the order in which it is read. Texts are plain: whoever shows them escapes them.

`Created` and `Said` are what a report is given from outside; the rows that it keeps of them are its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from installer.evidence import Evidence
from installer.steps import Finding


class Created(Protocol):
    """Something that stands in the account, or is about to: what it is for, and who can change it.

    `arn` is empty where AWS has yet to choose it, `stack` for what is in none.
    """

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def arn(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def who_can_change(self) -> str: ...
    @property
    def stack(self) -> str: ...


class Said(Protocol):
    """One statement of a boundary, in words: `effect` is "allow" or "deny", the sentence what the vendor may or may not
    do. `actions` and `resources` may be shortened."""

    @property
    def layer(self) -> str: ...
    @property
    def sid(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def actions(self) -> Sequence[str]: ...
    @property
    def resources(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Resource:
    """A `Created`, kept."""

    kind: str
    name: str
    arn: str
    why: str
    who_can_change: str
    stack: str


@dataclass(frozen=True)
class Permission:
    """A `Said`, kept."""

    layer: str
    sid: str
    effect: str
    sentence: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """What the vendor says that it uses in a phase, on what, and why: its word."""

    phase: str
    why: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """A name and what holds for it. `exact` is for what is compared letter by letter: an ARN, an id, a block."""

    name: str
    value: str
    exact: bool = False


@dataclass(frozen=True)
class Quotation:
    """Somebody's own words."""

    by: str
    words: str


@dataclass(frozen=True)
class Section:
    """Facts under one heading. `lead` is one sentence before them."""

    title: str
    facts: tuple[Fact, ...]
    lead: str = ""
    quotation: Quotation | None = None


@dataclass(frozen=True)
class PolicyText:
    """A policy document in full. `characters` are counted as AWS counts them."""

    name: str
    arn: str
    note: str
    characters: int
    text: str


@dataclass(frozen=True)
class Unchecked:
    """A claim that nobody has looked at, and why not."""

    claim: str
    why: str


@dataclass(frozen=True)
class Report:
    """`product` and `customer` say who it is for; `at` is when it was made, in the clock of who made it.

    permissions          of the vendor's own role, in words
    workload_permissions of the roles that it makes
    """

    title: str
    product: str
    vendor: str
    operator: str
    customer: str
    account: str
    at: datetime
    made_by: str
    sections: tuple[Section, ...]
    permissions: tuple[Permission, ...]
    workload_permissions: tuple[Permission, ...]
    needs: tuple[Need, ...]
    resources: tuple[Resource, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    unchecked: tuple[Unchecked, ...]
    boundaries: tuple[PolicyText, ...]
