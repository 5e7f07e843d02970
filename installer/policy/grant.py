"""The grant as it is: what the vendor's role is given, before any boundary narrows it.

The managed policies that the vendor's template attaches and the policies that stand in it. The documents of AWS's usual
managed policies ship under `resources/policies/aws/`; AWS changes them, so each tells its version and date. One that
does not ship is read from AWS by whoever is signed in (`installer/aws/policies.py`), or is "not known here": what it
allows is never guessed. What the grant means in words is told by `granted.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import resources
from installer.errors import PolicyError
from installer.invitation import Invitation
from installer.names import Names
from installer.policy.evaluate import Compiled, PolicyType, StatementRef
from installer.policy.template_role import role_policies
from installer.template import VendorTemplate

_FOLDER = "policies/aws"
_AWS = "::aws:policy/"


class Origin(StrEnum):
    """Where the text of a policy is from."""

    TEMPLATE = "template"
    SHIPPED = "shipped"
    AWS = "aws"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class GrantedPolicy:
    """One identity policy of the role. `arn` is empty where it stands in the role itself; `document` is None where the
    text is not known here. `origin` and `told` say whose text it is, `version` which of AWS's versions."""

    name: str
    arn: str
    origin: Origin
    told: str
    version: str = ""
    document: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "arn": self.arn,
            "origin": self.origin.value,
            "told": self.told,
            "version": self.version,
            "document": self.document,
        }


@dataclass(frozen=True)
class Grant:
    """All identity policies of the role, in the order in which the evaluator numbers them. `notes` say what is not
    known; while there are any, the role may be able to do more than is told."""

    policies: tuple[GrantedPolicy, ...]
    notes: tuple[str, ...] = ()
    template_read: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether the role is granted nothing beside what is told here."""
        return self.template_read and not self.not_known

    @property
    def known(self) -> tuple[GrantedPolicy, ...]:
        return tuple(policy for policy in self.policies if policy.document is not None)

    @property
    def not_known(self) -> tuple[str, ...]:
        """ARNs of the policies whose text is not known here."""
        return tuple(policy.arn for policy in self.policies if policy.document is None)

    @cached_property
    def compiled(self) -> tuple[Compiled, ...]:
        """For `evaluate`; raises a `PolicyError` where a policy of the vendor is none."""
        return tuple(Compiled(policy.document) for policy in self.known if policy.document is not None)

    def statement(self, ref: StatementRef) -> tuple[GrantedPolicy, Mapping[str, Any]] | None:
        """The policy and statement that a decision names; None where it names none of the grant's."""
        if ref.policy_type is not PolicyType.IDENTITY or not ref.number:
            return None
        policy = self.known[ref.policy - 1]
        found = (policy.document or {}).get("Statement", [])
        return policy, (found if isinstance(found, list) else [found])[ref.number - 1]


def grant_of(
    invitation: Invitation,
    names: Names,
    template: VendorTemplate | None = None,
    read: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
) -> Grant:
    """What the role will be granted.

    `template` is the vendor's, fetched and pinned by `vendor_template`; without it only the invitation's word is known.
    `read` has (version, document) by ARN, as `managed_policy` of `installer/aws/policies.py` read them. Raises a
    `PolicyError` where the template leaves open what the role may do.
    """
    asked = invitation.permissions.default_grant
    if template is None:
        note = (
            "The vendor's template was not read. This is what the invitation says; the template may give the role "
            "more policies."
        )
        return replace(_with_notes([_managed(arn, read or {}) for arn in asked], [note]), template_read=False)
    found = role_policies(template.text, template.parameters, names)
    policies = [_managed(arn, read or {}) for arn in found.managed]
    policies += [
        GrantedPolicy(name, "", Origin.TEMPLATE, "in the vendor's template", document=document)
        for name, document in found.inline
    ]
    told = set(map(_name, asked))
    more = [arn for arn in found.managed if _name(arn) not in told]
    notes = [f"The template attaches {arn}, of which the invitation does not tell." for arn in more]
    return _with_notes(policies, notes)


def shipped(arn: str) -> GrantedPolicy | None:
    """An AWS managed policy as it ships, or None. The partition of the ARN does not matter."""
    if _AWS not in arn or not _name(arn).isalnum():
        return None
    try:
        found = resources.read_json(f"{_FOLDER}/{_name(arn)}.json")
    except FileNotFoundError:
        return None
    if found["arn"].partition("::")[2] != arn.partition("::")[2]:
        return None  # the same name in another path
    told = f"as AWS had it on {found['date']}, shipped with Houseguest"
    return GrantedPolicy(_name(arn), arn, Origin.SHIPPED, told, found["version"], found["document"])


def _managed(arn: str, read: Mapping[str, tuple[str, Mapping[str, Any]]]) -> GrantedPolicy:
    if arn in read:
        version, document = read[arn]
        return GrantedPolicy(_name(arn), arn, Origin.AWS, "read from AWS", version, document)
    return shipped(arn) or GrantedPolicy(_name(arn), arn, Origin.NOT_KNOWN, "not known here")


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _with_notes(policies: list[GrantedPolicy], notes: list[str]) -> Grant:
    unknown = [policy.arn for policy in policies if policy.document is None]
    notes += [f"What {arn} allows is not known here. Sign in, and it is read from AWS." for arn in unknown]
    for policy in policies:
        if policy.document is not None:
            _check(policy)
    return Grant(tuple(policies), tuple(notes))


def _check(policy: GrantedPolicy) -> None:
    try:
        Compiled(policy.document or {})
    except PolicyError as error:
        raise PolicyError(f"In {policy.name}: {error.message}", fix=error.fix, details=error.details) from error
