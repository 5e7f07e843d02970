"""Rules on ARNs: their form, their account, and whether the actions of the statement have such resources."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from installer.policy import actions
from installer.policy.places import quoted
from installer.policy.validation_remarks import Named, Part, Remark

_PARTITIONS: Final = frozenset(
    {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}
)
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_HIDDEN: Final = "\x00"
"""Stands for a variable, which may have colons."""


def remarks(part: Part, account: str | None) -> Iterator[Remark]:
    """`account` is the account that the policy is for, None where that is not known."""
    for element in ("Resource", "NotResource"):
        for resource in part.named(element):
            if resource.text.startswith("arn:"):
                yield from _of_form(resource)
                yield from _of_account(resource, account)
    for key in part.keys:
        for value in key.texts:
            if value.text.startswith("arn:") and value.text.count(":") >= 5:
                yield from _of_account(value, account)
    if part.named("Action") and part.named("Resource"):
        yield from _of_services(part.named("Action"), part.named("Resource"))
        yield from _about_nothing(part.named("Action"), part.named("Resource"), denies=part.denies)


def _fields(arn: str) -> list[str]:
    return _VARIABLE.sub(_HIDDEN, arn).split(":", 5)


def _is_literal(field: str) -> bool:
    return bool(field) and not any(character in field for character in f"*?{_HIDDEN}")


def _of_form(resource: Named) -> Iterator[Remark]:
    fields = _fields(resource.text)
    partition = fields[1]
    if resource.text != resource.text.strip():
        message = "This ARN begins or ends with white space, which is part of the name."
        yield Remark("arn_space", resource.path, message, "Remove it.", suggestion=resource.text.strip())
    if _HIDDEN in "".join(fields[:5]):
        message = "A variable before the fifth colon of an ARN has no value: no resource matches this."
        yield Remark("never_matches", resource.path, message, "Write the value itself, or *.")
    elif not partition or (_is_literal(partition) and partition not in _PARTITIONS):
        message = f"{quoted(partition)} is no partition of AWS that is known: no resource matches this."
        yield Remark("arn_partition", resource.path, message, 'Most accounts are in "aws".')
    elif len(fields) < 6 and not resource.text.endswith("*"):
        message = f"This ARN has {len(fields)} parts and not six; AWS takes it as if it went on with *."
        yield Remark("arn_short", resource.path, message, "Write arn:partition:service:region:account:resource.")
    elif not all(fields[2::3]):
        what = "service" if not fields[2] else "resource"
        message = f"This ARN names no {what}: no resource matches it."
        yield Remark("arn_incomplete", resource.path, message, f"Name the {what}, or write *.")
    elif _is_literal(fields[2]) and fields[2] not in _services_of_arns():
        message = f"No ARN of a service {quoted(fields[2])} was known on {actions.date()}."
        yield Remark("arn_service", resource.path, message, "Look whether it is written right; it may also be new.")


def _of_account(arn: Named, account: str | None) -> Iterator[Remark]:
    fields = _fields(arn.text)
    named = fields[4] if len(fields) > 4 else ""
    if not named.isdecimal():
        return
    if len(named) != 12:
        message = f"{quoted(named)} is no account: an account has 12 digits."
        yield Remark("arn_account", arn.path, message, "Correct the account in the ARN.")
    elif account and named != account:
        message = f"This is a resource of account {named}, and the policy is for account {account}."
        suggestion = arn.text.replace(f":{named}:", f":{account}:", 1)
        fix = f"Write {account}, unless the other account is meant."
        yield Remark("other_account", arn.path, message, fix, suggestion=suggestion)


def _of_services(named: tuple[Named, ...], resources: tuple[Named, ...]) -> Iterator[Remark]:
    """Resources of services that no action has, and actions whose service none of the resources is of."""
    services = sorted({_service(action) for action in named})
    kinds = {_kind(resource) for resource in resources}
    foreign = {kind for kind in kinds if not any(_has(service, kind) for service in services)}
    for resource in resources:
        if _kind(resource) in foreign:
            whose = f"of {' or '.join(services)}" if len(services) < 4 else "of this statement"
            message = f"This is a resource of {quoted(_kind(resource))}, and no action {whose} is about one."
            yield Remark("other_service", resource.path, message, "It does nothing here: correct it, or the actions.")
    if foreign == kinds:
        return
    lonely = {service for service in services if not any(_has(service, kind) for kind in kinds)}
    for action in named:
        if _service(action) in lonely:
            service = quoted(_service(action))
            message = f"No Resource of this statement is one of {service}: the action does nothing here."
            yield Remark("no_resource_of_service", action.path, message, f"Add an ARN of {service}, or remove it.")


def _service(action: Named) -> str:
    return action.text.partition(":")[0].lower()


def _kind(resource: Named) -> str:
    """The service in an ARN; * where it can be any."""
    fields = _fields(resource.text)
    return fields[2] if len(fields) > 2 and _is_literal(fields[2]) else "*"


def _has(service: str, kind: str) -> bool:
    """Whether an action of the service may be about such a resource; yes where that is not known."""
    if kind == "*" or not _is_literal(service):
        return True
    known = _arn_services(service)
    return not known or "*" in known or kind in known or kind == service


@lru_cache(1_024)
def _arn_services(service: str) -> frozenset[str]:
    return actions.arn_services(service)


def _about_nothing(named: tuple[Named, ...], resources: tuple[Named, ...], *, denies: bool) -> Iterator[Remark]:
    """Actions that are about no single resource, where the statement names ARNs only."""
    if not all(resource.text.startswith("arn:") for resource in resources):
        return
    for action in named:
        if _on_anything(action.text):
            what = "is" if not set("*?") & set(action.text) else "means actions that are"
            effect = "denies" if denies else "allows"
            message = f"{quoted(action.text)} {what} about no single resource: with an ARN it {effect} nothing."
            yield Remark("never_matches", action.path, message, 'Give it a statement with "Resource": "*".')


@lru_cache(4_096)
def _on_anything(action: str) -> bool:
    service, _, name = action.partition(":")
    if not name.strip("*") or not _is_literal(service):
        return False
    found = actions.matching(action)
    return bool(found) and not any(one.on_resources for one in found)


@cache
def _services_of_arns() -> frozenset[str]:
    return frozenset(actions.services()).union(*map(actions.arn_services, actions.services()))
