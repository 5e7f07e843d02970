"""The composer of the operator boundary: the only code that makes that document.

The boundary is made of named layers. Each statement's Sid begins with the name of its layer, so that the document that
stands in AWS tells its own layers, and a window can be closed or access cut from the account alone:

    Base      what the vendor may do at most: the preset
    Protect   what would let the vendor out of the boundary, or its access outlive it; always there
    Region    where
    Tighten   what is narrowed further
    Window    when
    Cut       nothing at all

Of AWS's 6,144 characters the first four layers may use all but a reserve, so that windows and a cut always fit.
`writer.py` puts the document into AWS.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from installer.errors import BoundaryError
from installer.names import TAG_INSTALLATION, Names
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document, Statement, as_list

RESERVE = 1_000
BUDGET = MANAGED_POLICY_CHARACTERS - RESERVE

CUT: Statement = {"Sid": "Cut", "Effect": "Deny", "Action": "*", "Resource": "*"}

# Services that the vendor may hand its workload roles to.
PASSABLE_TO = ("ec2.amazonaws.com", "eks.amazonaws.com", "pods.eks.amazonaws.com", "rds.amazonaws.com")

# Calls that go to one place in the partition whatever region the client names, or that answer for all regions. Services
# that no install needs (billing, support, domain names) are left out on purpose.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
GLOBAL_SERVICES = (
    "cloudfront:*",
    "ec2:DescribeRegions",
    "iam:*",
    "route53:*",
    "s3:GetBucketLocation",
    "s3:ListAllMyBuckets",
    "sts:*",
)


class Layer(StrEnum):
    BASE = "Base"
    PROTECT = "Protect"
    REGION = "Region"
    TIGHTEN = "Tighten"
    WINDOW = "Window"
    CUT = "Cut"


@dataclass(frozen=True)
class OperatorBoundary:
    """The layers. Every change gives a new boundary; `document()` composes it."""

    layers: Mapping[Layer, tuple[Statement, ...]]

    @classmethod
    def compose(
        cls, names: Names, *, base: Iterable[Statement], regions: Sequence[str] = (), tighten: Iterable[Statement] = ()
    ) -> "OperatorBoundary":
        """A boundary that is always open, within `regions` (none: everywhere)."""
        return cls(
            {
                Layer.BASE: _named(Layer.BASE, base),
                Layer.PROTECT: _named(Layer.PROTECT, protect(names)),
                Layer.TIGHTEN: _named(Layer.TIGHTEN, tighten),
            }
        ).in_regions(regions)

    @classmethod
    def from_document(cls, document: Document) -> "OperatorBoundary":
        """The layers of a document that was composed here; raise a `BoundaryError` if it was not."""
        layers: dict[Layer, tuple[Statement, ...]] = {}
        for statement in document.statements:
            layer = _layer_of(statement)
            layers[layer] = (*layers.get(layer, ()), statement)
        return cls(layers)

    def in_regions(self, regions: Sequence[str]) -> "OperatorBoundary":
        """The same, usable in these regions only; global services by exception."""
        if not regions:
            return self._with(Layer.REGION, ())
        lock = {
            "Effect": "Deny",
            "NotAction": list(GLOBAL_SERVICES),
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": sorted(regions)}},
        }
        return self._with(Layer.REGION, [lock])

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that it is locked to; none: it is not."""
        return tuple(
            str(region)
            for lock in self.layers.get(Layer.REGION, ())
            for region in as_list(lock["Condition"]["StringNotEquals"]["aws:RequestedRegion"])
        )

    def no_wider_than(self, standing: Document) -> "OperatorBoundary":
        """The same, in the regions of `standing` where those are fewer: what was narrowed stays narrow."""
        try:
            narrowed = OperatorBoundary.from_document(standing).regions
        except (BoundaryError, KeyError):
            return self  # not composed here
        return self.in_regions(narrowed) if narrowed and set(narrowed) < set(self.regions) else self

    def cut(self) -> "OperatorBoundary":
        """The same under a deny of everything."""
        return self._with(Layer.CUT, [CUT])

    @property
    def is_cut(self) -> bool:
        return denies_everything(Document(self.layers.get(Layer.CUT, ())))

    def document(self) -> Document:
        """The document in the order of the layers; raise a `BoundaryError` if it would not fit."""
        persons = self._size(Layer.BASE, Layer.PROTECT, Layer.REGION, Layer.TIGHTEN)
        if persons > BUDGET:
            raise BoundaryError(
                f"The boundary has {persons:,} characters; {BUDGET:,} fit.",
                fix=f"Make it {persons - BUDGET:,} characters shorter: merge statements, or use wildcards.",
                details={"characters": str(persons), "budget": str(BUDGET), "reserve": str(RESERVE)},
            )
        return Document(tuple(statement for layer in Layer for statement in self.layers.get(layer, ())))

    def _size(self, *layers: Layer) -> int:
        return Document(tuple(statement for layer in layers for statement in self.layers.get(layer, ()))).size

    def _with(self, layer: Layer, statements: Iterable[Statement]) -> "OperatorBoundary":
        return replace(self, layers={**self.layers, layer: _named(layer, statements)})


def denies_everything(document: Document) -> bool:
    """Whether one statement denies every action on everything without a condition, whoever wrote it."""
    return any(
        statement["Effect"] == "Deny"
        and "*" in as_list(statement.get("Action", ()))
        and "*" in as_list(statement.get("Resource", ()))
        and not statement.get("Condition")
        for statement in document.statements
    )


def cut_document(standing: Document) -> Document:
    """The standing document under a cut; where it cannot be composed, the cut alone. A cut never fails for its
    document."""
    try:
        document = OperatorBoundary.from_document(standing).cut().document()
    except BoundaryError:
        return Document((CUT,))
    return document if document.size <= MANAGED_POLICY_CHARACTERS else Document((CUT,))


def protect(names: Names) -> tuple[Statement, ...]:
    """What is denied in every boundary: each statement closes the escapes that its name tells.

    Roles, policies and instance profiles are the vendor's only within its path, in which neither its own role nor the
    boundaries are; functions, builds and stacks only by the prefix `<name>--`; the cluster by its name; machines only
    by a tag that cannot be put on what exists. A tag does not tell "made by the vendor" where a service lets tags be
    added later: names are used there.
    """
    account, partition, name = names.account_id, names.partition, names.installation

    def own(service: str, resource: str) -> str:
        return f"arn:{partition}:{service}:*:*:{resource}"

    def iam(resource: str) -> str:
        return f"arn:{partition}:iam::{account}:{resource}"

    return (
        {
            "Sid": "Identity",
            "Effect": "Deny",
            "Action": [f"iam:{letter}*" for letter in _IAM_WRITES],
            "NotResource": [iam(f"{kind}{names.workload_path}*") for kind in ("role", "policy", "instance-profile")]
            + [iam("role/aws-service-role/*")],
        },
        {
            "Sid": "NewRoles",
            "Effect": "Deny",
            "Action": "iam:CreateRole",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"iam:PermissionsBoundary": names.workload_boundary_arn}},
        },
        {
            "Sid": "PassRole",
            "Effect": "Deny",
            "Action": "iam:PassRole",
            "Resource": "*",
            "Condition": {"StringNotEquals": {"iam:PassedToService": list(PASSABLE_TO)}},
        },
        {
            "Sid": "Stacks",
            "Effect": "Deny",
            "Action": list(STACK_WRITES),
            "NotResource": own("cloudformation", f"stack/{name}--*"),
        },
        *foreign_code(names),
        tags_stay(names),
        {
            "Sid": "Clusters",
            "Effect": "Deny",
            # Associate and Disassociate: access policies, and an identity provider beside AWS. A node of the vendor, a
            # Fargate profile or an add-on would be in the cluster just as well.
            "Action": [
                "eks:*AccessEntry",
                "eks:*ssociate*",
                "eks:*PodIdentity*",
                "eks:CreateAd*",
                "eks:CreateF*",
                "eks:CreateN*",
                "eks:UpdateC*",
            ],
            "NotResource": [own("eks", f"{kind}/{name}{end}") for kind, end in _CLUSTER_PARTS],
        },
        grants_end(),
        {"Sid": "Always", "Effect": "Deny", "Action": list(_NEVER), "Resource": "*"},
    )


def grants_end() -> Statement:
    """A grant of a key lives on when the role is gone, in whose name it was given to somebody else. The services that
    encrypt for the vendor may have theirs.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
    """
    return {
        "Sid": "Grants",
        "Effect": "Deny",
        "Action": "kms:CreateGrant",
        "Resource": "*",
        "Condition": {"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
    }


def foreign_code(names: Names) -> tuple[Statement, ...]:
    """No code into what runs with an identity of its own and is not the vendor's: functions, builds, machines."""
    partition, name = names.partition, names.installation
    return (
        {
            "Sid": "Code",
            "Effect": "Deny",
            "Action": [
                "lambda:Update*",
                "codebuild:Start*",
                "codebuild:Update*",
                "states:Update*",
                "glue:Update*",
            ],
            "NotResource": [f"arn:{partition}:{service}:*:*:{kind}{name}--*" for service, kind in _CODE_PARTS],
        },
        {
            "Sid": "Instances",
            "Effect": "Deny",
            "Action": [
                "ssm:S*",  # SendCommand, StartSession
                "ecs:Exec*",
                # The services' own ways to put the tag on a machine that exists. For EC2 see `tags_stay`.
                "ssm:Add*",
                "ecs:Tag*",
                "ec2-instance-connect:*",
                # What a machine runs at its start: its user data, its root volume, the template that the next one of a
                # group is made from.
                "ec2:ModifyInstanceAttribute",
                "ec2:CreateRep*",
                "ec2:CreateLaunchTemplateV*",
                "ec2:ModifyLa*",
            ],
            # A session can be started on an ECS task past ecs:ExecuteCommand:
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
            "Resource": [f"arn:{partition}:{machine}/*" for machine in _MACHINES],
            "Condition": _not_tagged(names),
        },
    )


def foreign_services(names: Names) -> Statement:
    """The same for services that few have. A boundary that does not allow them needs no denial of them; they take room
    that the guarded preset does not have."""
    return {
        "Sid": "Services",
        "Effect": "Deny",
        "Action": [
            "airflow:Create*Token",
            "apprunner:Update*",
            "batch:S*",  # SubmitJob, with a command of its own
            "codedeploy:CreateD*",
            "cognito-idp:Admin*",
            "elasticbeanstalk:Update*",
            "elasticmapreduce:Add*",
            "elasticmapreduce:GetC*",
            "glue:Start*",
            "greengrass:CreateD*",
            "iot:Attach*",  # a certificate gets a role by an alias of it
            "kinesisanalytics:Update*",
            "sagemaker:CreatePre*",
            "sagemaker:Update*",
            "servicecatalog:*",  # a new version of a product is made by the role of its constraint
        ],
        "NotResource": [
            f"arn:{names.partition}:{service}:*:*:{kind}/{names.installation}--*" for service, kind in _SERVICE_PARTS
        ],
    }


def tags_stay(names: Names, resources: str | Sequence[str] = "*") -> Statement:
    """What exists in EC2 cannot be declared to be the vendor's by tagging it later."""
    return {
        "Sid": "Tags",
        "Effect": "Deny",
        "Action": ["ec2:CreateTags", "ec2:DeleteTags"],
        "Resource": resources,
        "Condition": {**_not_tagged(names), "Null": {"ec2:CreateAction": "true"}},
    }


def _not_tagged(names: Names) -> dict[str, dict[str, str]]:
    return {"StringNotEquals": {f"aws:ResourceTag/{TAG_INSTALLATION}": names.installation}}


# Whatever the resource: boundaries, other identities, the organisation, the record of what was done.
_NEVER = (
    "iam:*PermissionsBoundary",
    "sts:Assume*",
    "sts:GetFederationToken",
    "rolesanywhere:*",
    "sso:*",
    "sso-directory:*",
    "identitystore:*",
    "organizations:*",
    "account:*",
    "cloudtrail:Delete*",
    "cloudtrail:Put*",
    "cloudtrail:Stop*",
    "cloudtrail:Update*",
    # State Manager and maintenance windows run documents on machines in the name of a service.
    "ssm:CreateA*",
    "ssm:Register*",
    "ssm:Update*",
)

# By first letters, because a boundary has few characters and AWS adds verbs. What IAM only reads begins with G or L;
# what CloudFormation only reads begins with BatchDescribe, Describe, Detect, Estimate, Get, List or Validate. A test
# holds both against botocore's models.
_IAM_WRITES = "ACDEPRSTU"
_STACK_VERBS = ("A", "C", "Dea", "Del", "Der", "Exec", "I", "P", "R", "S", "T", "U")
STACK_WRITES = tuple(f"cloudformation:{verb}*" for verb in _STACK_VERBS)
_CODE_PARTS = (("lambda", "function:"), ("codebuild", "project/"), ("states", "stateMachine:"))
_SERVICE_PARTS = (
    ("apprunner", "service"),
    ("batch", "job*"),
    ("glue", "job"),
    ("kinesisanalytics", "application"),
    ("sagemaker", "notebook-instance"),
)
_MACHINES = ("ec2:*:*:instance", "ec2:*:*:launch-template", "ssm:*:*:managed-instance", "ecs:*:*:task")
_CLUSTER_PARTS = (("cluster", ""), ("access-entry", "/*"), ("podidentityassociation", "/*"))


def _named(layer: Layer, statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements under Sids that begin with the layer's name. Sids are letters and digits only, and unique."""
    named: dict[str, Statement] = {}
    for number, statement in enumerate(statements):
        told = "".join(c for c in str(statement.get("Sid", "")) if c.isascii() and c.isalnum())
        wanted = told if told.startswith(layer) else f"{layer}{told or number}"
        sid = next(sid for sid in (wanted, *(f"{wanted}{n}" for n in range(len(named) + 1))) if sid not in named)
        named[sid] = {"Sid": sid, **{key: value for key, value in statement.items() if key != "Sid"}}
    return tuple(named.values())


def _layer_of(statement: Statement) -> Layer:
    sid = str(statement.get("Sid", ""))
    for layer in Layer:
        if sid.startswith(layer):
            return layer
    raise BoundaryError(
        f"The boundary in AWS has a statement that Houseguest did not write: {sid or 'without a Sid'}.",
        fix="Look at it in the AWS console; somebody changed the boundary by hand.",
    )
