"""Which actions, services and condition keys there are, as far as the catalogue knows.

The catalogue is `resources/iam-actions.json.gz`; `packaging/iam_actions.py` makes it and tells its source and licence.
AWS adds actions every week, so what the catalogue does not know is never an error: it is "not known on" its `date`.

It is read at the first question, in 8 ms, and kept as texts, 0.9 MB. Names ignore case, as IAM's do.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache
from typing import Any, Final

import resources
from installer.policy.matching import Plain, glob, tokens

GLOBAL_KEYS: Final = (
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: the principal
    *("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgPaths", "aws:PrincipalOrgID", "aws:PrincipalTag/"),
    *("aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:PrincipalType"),
    *("aws:userid", "aws:username"),
    # its session
    *("aws:AssumedRoot", "aws:FederatedProvider", "aws:TokenIssueTime", "aws:SignInSessionArn"),
    *("aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:ChatbotSourceArn", "aws:Ec2InstanceSourceVpc"),
    *("aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIdentity"),
    # the network
    *("aws:SourceIp", "aws:SourceVpc", "aws:SourceVpcArn", "aws:SourceVpce", "aws:VpceAccount", "aws:VpceOrgID"),
    *("aws:VpceOrgPaths", "aws:VpcSourceIp"),
    # the resource
    *("aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:ResourceTag/"),
    # the request
    *("aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast", "aws:CalledViaAWSMCP", "aws:ViaAWSService"),
    *("aws:ViaAWSMCPService", "aws:CurrentTime", "aws:EpochTime", "aws:referer", "aws:RequestedRegion"),
    *("aws:RequestTag/", "aws:TagKeys", "aws:SecureTransport", "aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID"),
    *("aws:SourceOrgPaths", "aws:UserAgent", "aws:IsMcpServiceAction"),
)
"""AWS's own table of 2026. Those with a slash at the end go on with the name of a tag."""
MULTIVALUED_KEYS: Final = frozenset(
    (
        *("aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths"),
        *("aws:sourceorgpaths", "aws:tagkeys", "aws:vpceorgpaths"),
    )
)
"""In lower case: those that the same page calls multivalued. Only a set operator can read them."""

_ON_ANYTHING: Final = "*"


@dataclass(frozen=True, slots=True)
class Action:
    """`level` is AWS's: Read, List, Write, Tagging, Permissions management. `on_resources` is unset where the action is
    about no single resource, so that a statement which names an ARN never matches it."""

    service: str
    name: str
    level: str
    on_resources: bool

    def __str__(self) -> str:
        return f"{self.service}:{self.name}"


@dataclass(frozen=True)
class Unknown:
    """What the catalogue does not have: the service, or (`service_known`) the action. `suggestion` may be empty."""

    written: str
    service_known: bool
    suggestion: str


def date() -> str:
    """The day on which the catalogue was made, as in 2026-10-27."""
    return str(_catalogue()["date"])


def services() -> tuple[str, ...]:
    """Their prefixes, in the order of the alphabet."""
    return tuple(_services())


def matching(pattern: str) -> tuple[Action, ...]:
    """The known actions that an Action element names: "s3:GetObject", "s3:Get*", "*"."""
    service, colon, name = pattern.lower().partition(":")
    if not colon:
        return matching("*:*") if pattern == "*" else ()
    named = [service] if service in _services() else _named_like(service, tuple(_services()))
    return tuple(action for one in named for action in _in_service(one, name))


@lru_cache(4_096)
def unknown(written: str) -> Unknown | None:
    """None where the catalogue has the action, or with wildcards one at least."""
    service, _, name = written.partition(":")
    known = service.lower() in _services() or "*" in service
    if known and _any_in(written.lower()):
        return None
    return Unknown(written, known, _suggested(service.lower(), name))


def arn_services(service: str) -> frozenset[str]:
    """What stands in the third part of the ARNs of a service's resources; `*` is anything. Empty: not known."""
    found = _services().get(service.lower())
    return frozenset(found["arns"].split()) if found else frozenset()


@lru_cache(4_096)
def unknown_key(key: str) -> Unknown | None:
    """The same for a condition key. With another prefix than a service's, as an OIDC provider has, nothing is known."""
    service = key.lower().partition(":")[0]
    if service != "aws" and service not in _services():
        return None
    known = GLOBAL_KEYS if service == "aws" else _keys(service)
    wanted = key.lower()
    if not known or any(_is_key(wanted, one.lower()) for one in known):
        return None
    base, slash, rest = key.partition("/")
    names = {one.lower().rstrip("/:"): one for one in known}
    close = get_close_matches(base.lower(), names, 1, 0.75)
    suggestion = names[close[0]] if close else ""
    return Unknown(key, True, suggestion + rest if suggestion.endswith("/") and slash else suggestion)


def _is_key(key: str, known: str) -> bool:
    """Some keys go on with a name of the person's, as that of a tag."""
    return key.startswith(known) and len(key) > len(known) if known.endswith(("/", ":")) else key == known


@cache
def _keys(service: str) -> tuple[str, ...]:
    """`${TagKey}` and the like are cut off, and what comes after them."""
    return tuple({key.partition("$")[0]: None for key in _services()[service]["keys"].split()})


@cache
def _catalogue() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(gzip.decompress(resources.read_bytes("iam-actions.json.gz")))
    return found


def _services() -> Mapping[str, Any]:
    known: Mapping[str, Any] = _catalogue()["services"]
    return known


@lru_cache(32)
def _actions(service: str) -> Mapping[str, Action]:
    """By name in lower case."""
    return {
        name.lower(): Action(service, name, level.rstrip(_ON_ANYTHING), not level.endswith(_ON_ANYTHING))
        for level, names in _services()[service]["actions"].items()
        for name in names.split()
    }


def _in_service(service: str, name: str) -> tuple[Action, ...]:
    actions = _actions(service)
    if name in actions:
        return (actions[name],)
    return tuple(actions[one] for one in _named_like(name, tuple(actions)))


def _named_like(pattern: str, names: tuple[str, ...]) -> tuple[str, ...]:
    matches = glob(_pieces(pattern))
    return tuple(name for name in names if matches(name))


def _pieces(pattern: str) -> tuple[Plain, ...]:
    return tokens(pattern, variables=False)  # type: ignore[return-value]  # there are no variables


def _any_in(written: str) -> bool:
    service, _, name = written.partition(":")
    if name.strip("*") == "":
        return True
    return bool(matching(written)) if "*" in service or "?" in service else bool(_in_service(service, name))


def _suggested(service: str, name: str) -> str:
    """The same action in another service, a name that is nearly it, or a service that nearly is it."""
    if "*" in name or "?" in name:
        return _with_service(service, name) if service not in _services() else ""
    elsewhere = [action for one in _having(name) for action in _in_service(one, name.lower())]
    if elsewhere:
        best = max(elsewhere, key=lambda action: SequenceMatcher(None, action.service, service).ratio())
        near = SequenceMatcher(None, best.service, service).ratio() >= 0.5
        return str(best) if near or len(elsewhere) == 1 else ""
    if service in _services():
        close = get_close_matches(name.lower(), _actions(service), 1, 0.75)
        return str(_actions(service)[close[0]]) if close else ""
    return _with_service(service, name)


def _having(name: str) -> list[str]:
    """The services with an action of exactly this name: the texts are searched, so that not all need be split."""
    wanted = f" {name.lower()} "
    return [
        service
        for service, known in _services().items()
        if any(wanted in f" {names.lower()} " for names in known["actions"].values())
    ]


def _with_service(service: str, name: str) -> str:
    """Where the service is nearly one, with what it then is that the action nearly is."""
    for close in get_close_matches(service, _services(), 3, 0.6):
        if found := _in_service(close, name.lower()):
            return str(found[0]) if len(found) == 1 else f"{close}:{name}"
        if near := get_close_matches(name.lower(), _actions(close), 1, 0.75):
            return str(_actions(close)[near[0]])
    return ""
