"""Who must run it: for each task the least that the person who runs Houseguest needs, as an IAM policy with the reason
of every statement.

A task is made of duties, each of them one statement: `administrator_duties.py` has those of the program's own calls,
`administrator_stacks.py` those of what CloudFormation does in the name of whoever asked for a stack. A test runs each
task with exactly its policy, and holds the calls against those that were really made. What an organisation can add is
in `organisation.py`.
"""

from dataclasses import dataclass
from enum import StrEnum

from installer.errors import BoundaryError, UsageError
from installer.policy import administrator_duties as own
from installer.policy import administrator_stacks as stacks
from installer.policy.administrator_duties import READS, Duty, Place
from installer.policy.document import MANAGED_POLICY_CHARACTERS, Document

__all__ = ["AdministratorPolicy", "Duty", "Place", "Task", "administrator_policy"]


class Task(StrEnum):
    """What a person runs. `close` is cutting or pausing the operator boundary, and closing the role's trust."""

    INSTALL = "install"
    CLOSE = "close"
    REMOVE = "remove"
    OFFBOARD = "offboard"


@dataclass(frozen=True)
class AdministratorPolicy:
    """The policy of one task. `to_know`: what it gives beyond what it looks like, and what nobody has tried."""

    task: Task
    duties: tuple[Duty, ...]
    to_know: tuple[str, ...]

    @property
    def document(self) -> Document:
        return Document(tuple(duty.statement for duty in self.duties))

    @property
    def calls(self) -> frozenset[str]:
        """Every call of the program that it is for."""
        return frozenset(call for duty in self.duties for call in duty.calls)

    def to_json(self) -> dict[str, object]:
        document = self.document
        return {
            "task": self.task.value,
            "policy": document.to_object(),
            "characters": document.size,
            "limit": MANAGED_POLICY_CHARACTERS,
            "statements": [duty.to_json() for duty in self.duties],
            "to_know": list(self.to_know),
        }


def administrator_policy(task: Task, place: Place) -> AdministratorPolicy:
    """The least that `task` needs at `place`.

    Raises `UsageError` for a task that this version does not have, `BoundaryError` where the policy would not fit.
    """
    match task:
        case Task.INSTALL:
            needed = AdministratorPolicy(task, _install(place), (_AS_STRONG_AS_THE_ROLE, _OPENS_TOO, *_UNTRIED))
        case Task.CLOSE:
            needed = AdministratorPolicy(task, _close(place), (_OPENS_TOO, _UNTRIED[0]))
        case Task.REMOVE:
            needed = AdministratorPolicy(task, _remove(place), (_OPENS_TOO, _ENDS_NO_PRODUCT, *_UNTRIED))
        case _:
            raise UsageError(
                f"This version cannot {task.value} yet, so nobody knows which permissions that needs.",
                fix="Ask for install, close or remove.",
            )
    size = needed.document.size
    if size > MANAGED_POLICY_CHARACTERS:
        raise BoundaryError(
            f"The policy has {size:,} characters; AWS takes {MANAGED_POLICY_CHARACTERS:,}.",
            fix="Ask the vendor to attach fewer managed policies to its role.",
        )
    return needed


_AS_STRONG_AS_THE_ROLE = (
    "Whoever has the policy for install decides what the vendor's role may do and who can assume it. Give it only to "
    "somebody who may decide that, and take it away after the install."
)
_OPENS_TOO = (
    "AWS does not look at what a new version of a boundary says, so whoever may close access may open it again. "
    "CloudTrail records who did which."
)
_ENDS_NO_PRODUCT = "It ends the vendor's access and leaves the product running: it deletes no data and no machine."
_UNTRIED = (
    "Tried on the local AWS, which enforces IAM, and not on a real account.",
    "That the calls of CloudFormation carry aws:CalledVia is what AWS documents. It was not seen on a real account.",
)


def _install(place: Place) -> tuple[Duty, ...]:
    names = place.names
    return (
        own.account(),
        own.regions("Finds the regions that are enabled in this account."),
        *own.free_names(names),
        own.networks(),
        *own.making_stacks(place),
        own.boundaries(names.operator_boundary_arn, names.workload_boundary_arn),
        own.lock_and_tags(names),
        own.role(names, *READS),
        own.trust(names),
        *own.workloads(names, without="The install goes on, and says that the vendor's roles were not checked."),
        *stacks.made(place),
    )


def _close(place: Place) -> tuple[Duty, ...]:
    names = place.names
    return (
        own.boundaries(names.operator_boundary_arn),
        own.lock(names),
        own.role(names, "iam:GetRole"),
        own.trust(names),
        own.put_back(names),
        own.cluster(place),
    )


def _remove(place: Place) -> tuple[Duty, ...]:
    names = place.names
    where = (own.regions("Finds the regions where the product can be."),) if place.region == "*" else ()
    return (
        *where,
        own.boundaries(names.operator_boundary_arn, names.workload_boundary_arn),
        own.users_of_boundaries(names),
        own.lock(names),
        own.role(names, "iam:GetRole"),
        own.trust(names),
        own.put_back(names),
        own.cluster(place),
        *own.workloads(names),
        own.deleting_stacks(place),
        *stacks.unmade(names),
    )
