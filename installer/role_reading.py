"""Our own reading of the vendor's role, against what the invitation says: when it is made (`steps/connect.py`) and at
every look at it later (`manage/status.py`). A reading is a claim and what speaks against it; nothing does where it
holds.
"""

from collections.abc import Iterator, Sequence

from installer.answers import Answers
from installer.aws.roles import Role, RolePolicies, foreign_trust
from installer.evidence import Evidence, Source, State
from installer.policy import trust

Reading = tuple[str, str]


def of_trust(role: Role, answers: Answers) -> Reading:
    wanted = answers.invitation.trust
    problems = trust.problems(role.trust, principal_arn=wanted.principal_arn, external_id=wanted.external_id)
    return f"Only {wanted.principal_arn} can assume the role, and only with your external id", "; ".join(problems)


def of_role(role: Role, answers: Answers) -> Iterator[Reading]:
    """Which role it is, what caps it, how long a session lasts."""
    names = answers.names
    its_own = role.arn == names.operator_role_arn
    yield f"The vendor's role is {names.operator_role_arn}", "" if its_own else f"it is {role.arn}"
    capped = role.boundary_arn == names.operator_boundary_arn
    yield "The role carries your operator boundary", "" if capped else f"it carries {role.boundary_arn or 'none'}"
    longest = answers.invitation.permissions.max_session_seconds
    long = role.max_session_seconds > longest
    yield f"A session lasts at most {longest} s", f"it lasts {role.max_session_seconds} s" if long else ""


def of_policies(policies: RolePolicies, answers: Answers) -> Reading:
    asked = set(answers.invitation.permissions.default_grant)
    others = sorted(set(policies.attached) - asked)
    claim = "No managed policy is attached to it but what the invitation asks for"
    return claim, f"attached is {', '.join(others)}" if others else ""


def doors(roles: Sequence[Role]) -> tuple[str, ...]:
    """Who outside can assume which of these roles: access that needs no role of the vendor's own."""
    return tuple(f"{who} can assume {role.arn}" for role in roles for who in foreign_trust(role))


def evidence(reading: Reading, role: Role, call: str = "iam:GetRole") -> Evidence:
    claim, problem = reading
    return Evidence(
        claim=claim,
        state=State.REFUTED if problem else State.VERIFIED,
        source=Source.AWS,
        at=role.read_at,
        call=call,
        request_id=role.request_id,
        detail=problem or role.arn,
    )
