"""The calls of the ways out as questions to the evaluator: by whom, where, and how they are made.

They depend on names and regions alone, and are kept: a boundary is judged again at every edit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from installer.names import Names
from installer.policy.lint_control import control_ways
from installer.policy.lint_data import data_ways
from installer.policy.lint_fixes import Subject
from installer.policy.lint_identity import identity_ways
from installer.policy.lint_ways import Call, Things, Way
from installer.policy.request import ABSENT, Request, Value

DIRECTLY: Mapping[str, Value] = {"aws:ViaAWSService": "false", "aws:CalledVia": ABSENT}
_CLOUDFORMATION = "cloudformation.amazonaws.com"
_BY_A_STACK: Mapping[str, Value] = {
    "aws:ViaAWSService": "true",
    "aws:CalledVia": (_CLOUDFORMATION,),
    "aws:CalledViaFirst": _CLOUDFORMATION,
    "aws:CalledViaLast": _CLOUDFORMATION,
}


@dataclass(frozen=True)
class Asked:
    """A way as questions: made directly and, for what a stack can make, by CloudFormation."""

    way: Way
    places: tuple[tuple[Request, ...], ...]
    """For each region in which they are made; what is in one region only, is asked once."""
    by_stack: tuple[Request, ...]


@lru_cache(32)
def everywhere(subject: Subject, names: Names, tried: tuple[str, ...], regions: tuple[str, ...]) -> tuple[Asked, ...]:
    """The ways in all the regions that are tried."""
    places = [asked_in(subject, names, region, regions) for region in tried]
    found: list[Asked] = []
    for same_way in zip(*places, strict=True):
        distinct: list[tuple[Request, ...]] = []
        for (requests,) in (asked.places for asked in same_way):
            if requests not in distinct:
                distinct.append(requests)
        # What a stack makes here is of IAM, which is in one region.
        found.append(Asked(same_way[0].way, tuple(distinct), same_way[0].by_stack))
    return tuple(found)


@lru_cache(256)
def asked_in(subject: Subject, names: Names, region: str, regions: tuple[str, ...]) -> tuple[Asked, ...]:
    """The ways in one region. `regions` are those in which the vendor is meant to act."""
    things = Things(names, region)
    ways = (*identity_ways(things), *control_ways(things), *data_ways(things, regions))
    actor = names.operator_role_arn if subject is Subject.OPERATOR else things.made_role
    return tuple(
        Asked(
            way,
            (tuple(request_of(call, names, actor, DIRECTLY) for call in way.calls),),
            tuple(request_of(call, names, actor, _BY_A_STACK) for call in way.calls if way.by_stack),
        )
        for way in ways
        if (way.of_operator if subject is Subject.OPERATOR else way.of_workloads)
    )


def request_of(call: Call, names: Names, actor: str, how: Mapping[str, Value]) -> Request:
    """The question, with what is surely known of whoever asks; what nobody names is not known."""
    owner = call.resource.split(":")[4] if call.resource.count(":") >= 5 else ""
    known: dict[str, Value] = {
        "aws:PrincipalArn": actor,
        "aws:PrincipalAccount": names.account_id,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:ResourceAccount": owner if owner.isdigit() else names.account_id,
    }
    return Request(call.action, call.resource, {**known, **how, **call.context}, complete=False)
