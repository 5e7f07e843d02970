"""A way out of a boundary, as the calls that the vendor would make. `lint.py` asks the evaluator about each.

The ways stand in `lint_identity.py` (who may be whom), `lint_control.py` (stacks, code, machines, clusters, records)
and `lint_data.py` (what is the customer's). Every row of docs/escapes.md is here.

A call is about a thing of the customer's, or about one that Houseguest or the vendor made. The former carries no tag of
the installation; the latter does. What else a call carries is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from installer.names import TAG_INSTALLATION, Names
from installer.policy.request import ABSENT, Value
from installer.steps import Severity

_TAG_KEYS = ("aws:ResourceTag", "ec2:ResourceTag", "iam:ResourceTag", "ssm:resourceTag")
# Calls that are made in one region of the partition, whatever the boundary says of regions.
_GLOBAL = ("account", "iam", "organizations")
_GLOBAL_REGION = {"aws": "us-east-1"}


@dataclass(frozen=True)
class Call:
    """One operation on one resource. `context` names the keys that are known of it."""

    action: str
    resource: str = "*"
    context: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Way:
    """One way out, or one reach into what is the customer's.

    `can` goes on from "The vendor can", `why` is what comes of it. `prefer` names the statements by which it is closed
    where several would do. `by_stack`: CloudFormation makes these calls for whoever makes a stack. `of_operator` and
    `of_workloads`: whose boundary has to close it.
    """

    code: str
    severity: Severity
    can: str
    why: str
    calls: tuple[Call, ...]
    prefer: tuple[str, ...] = ()
    by_stack: bool = False
    of_operator: bool = True
    of_workloads: bool = True


@dataclass(frozen=True)
class Things:
    """ARNs of an account: the customer's, the vendor's, and those of Houseguest. `region` is where the call is made."""

    names: Names
    region: str

    def call(self, action: str, resource: str = "*", context: Mapping[str, Value] | None = None) -> Call:
        """On a thing of the customer's: it has none of the tags that tell the vendor's things."""
        foreign = dict.fromkeys(
            (
                *(f"{key}/{TAG_INSTALLATION}" for key in _TAG_KEYS),
                f"aws:ResourceTag/kubernetes.io/cluster/{self.names.installation}",
            ),
            ABSENT,
        )
        return Call(action, resource, {**self._place(action), **foreign, **(context or {})})

    def own(self, action: str, resource: str, context: Mapping[str, Value] | None = None) -> Call:
        """On a thing of the installation, which carries its tag."""
        tags = {f"{key}/{TAG_INSTALLATION}": self.names.installation for key in _TAG_KEYS}
        return Call(action, resource, {**self._place(action), **tags, **(context or {})})

    def each(self, service: str, operations: Iterable[str], *resources: str) -> tuple[Call, ...]:
        """Each operation on each thing of the customer's."""
        return tuple(
            self.call(f"{service}:{operation}", resource)
            for operation in operations
            for resource in (resources or ("*",))
        )

    def each_own(self, service: str, operations: Iterable[str], *resources: str) -> tuple[Call, ...]:
        """Each operation on each thing of the installation."""
        return tuple(self.own(f"{service}:{operation}", resource) for operation in operations for resource in resources)

    def _place(self, action: str) -> dict[str, Value]:
        region = self.region
        if action.partition(":")[0] in _GLOBAL:
            region = _GLOBAL_REGION.get(self.names.partition, region)
        return {"aws:RequestedRegion": region}

    def arn(self, service: str, resource: str) -> str:
        return f"arn:{self.names.partition}:{service}:{self.region}:{self.names.account_id}:{resource}"

    def iam(self, resource: str) -> str:
        return f"arn:{self.names.partition}:iam::{self.names.account_id}:{resource}"

    @property
    def their_role(self) -> str:
        return self.iam("role/acme-admin")

    @property
    def made_role(self) -> str:
        """A role that the vendor made, in its path."""
        return self.iam(f"role{self.names.workload_path}{self.names.installation}-app")

    @property
    def their_user(self) -> str:
        return self.iam("user/acme-alice")

    @property
    def their_instance(self) -> str:
        return self.arn("ec2", "instance/i-0acme")
