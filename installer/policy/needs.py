"""The questions of the what-if matrix: what the invitation says the vendor needs, asked as its install would call it,
and what is feared. They are answered in `what_if.py`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from installer.invitation import Invitation
from installer.names import Names
from installer.policy.boundary import PASSABLE_TO
from installer.policy.fears import REGION_KEY, Fear, Place
from installer.policy.request import Request, Value

PHASES = ("install", "steady", "update")
_ANYTHING = "any"  # where a need's resource has a wildcard

# To which services the role of a thing goes that the invitation says it makes.
_PASSED_FOR: Mapping[str, str] = {
    "AWS::EC2::Instance": "ec2.amazonaws.com",
    "AWS::EKS::Cluster": "eks.amazonaws.com",
    "AWS::EKS::Nodegroup": "eks.amazonaws.com",
    "AWS::EKS::PodIdentityAssociation": "pods.eks.amazonaws.com",
    "AWS::IAM::InstanceProfile": "ec2.amazonaws.com",
}


class Kind(StrEnum):
    NEED = "need"
    FEAR = "fear"


@dataclass(frozen=True)
class Question:
    """A need or a fear. `phase` and `step`, its place among the needs of the phase, are empty and 0 for a fear;
    `not_asked` has the actions that are patterns; `resources` the ARNs of a need with their wildcards."""

    kind: Kind
    id: str
    title: str
    why: str
    requests: tuple[Request, ...]
    phase: str = ""
    step: int = 0
    not_asked: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()


def need_questions(invitation: Invitation, place: Place) -> Iterator[Question]:
    """Each need of the invitation is a step: its actions, on each of its resources, as the install would call them."""
    passed = sorted({_PASSED_FOR[one.type] for one in invitation.resources if one.type in _PASSED_FOR} or PASSABLE_TO)
    for phase in PHASES:
        for step, need in enumerate(invitation.permissions.needs.get(phase, ()), 1):  # type: ignore[call-overload]
            arns = tuple(_arn(resource, place.names) for resource in need.resources)
            named = [action for action in need.actions if not set("*?") & set(action)]
            requests = tuple(
                Request(action, _concrete(arn, place), {REGION_KEY: place.region_of(action), **context}, complete=False)
                for action in named
                for arn in arns
                for context in _circumstances(action, place.names, passed)
            )
            patterns = tuple(action for action in need.actions if action not in named)
            title = need.why.rstrip(".")
            yield Question(Kind.NEED, f"{phase}-{step}", title, need.why, requests, phase, step, patterns, arns)


def _circumstances(action: str, names: Names, passed: Sequence[str]) -> list[dict[str, Value]]:
    """What is known of a call beside its action and resource, because the install makes it so."""
    match action.lower():
        case "iam:createrole":
            return [{"iam:PermissionsBoundary": names.workload_boundary_arn}]
        case "iam:passrole":
            return [{"iam:PassedToService": service} for service in passed]
        case "ec2:createtags":  # tags on what is being made
            return [{"ec2:CreateAction": "CreateVpc"}]
        case "kms:creategrant":  # by a service, for what it encrypts
            return [{"kms:GrantIsForAWSResource": "true"}]
    return [{}]


def _arn(resource: str, names: Names) -> str:
    filled = resource.replace("<account_id>", names.account_id).replace("<name>", names.installation)
    return filled.replace("arn:aws:", f"arn:{names.partition}:", 1) if filled.startswith("arn:aws:") else filled


def _concrete(arn: str, place: Place) -> str:
    """One resource that the ARN names: in the region, and anything else where it says that anything will do."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return arn
    region, account = parts[3], parts[4]
    parts[3] = place.region if "*" in region else region
    parts[4] = place.names.account_id if "*" in account else account
    return ":".join(parts).replace("*", _ANYTHING).replace("?", _ANYTHING)


def fear_questions(fears: Iterable[Fear], place: Place) -> Iterator[Question]:
    for fear in fears:
        requests = tuple(one.request(place) for one in fear.tries)
        yield Question(Kind.FEAR, fear.id, fear.title, fear.why, requests)
