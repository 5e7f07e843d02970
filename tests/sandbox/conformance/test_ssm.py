"""Commands are authorized on the machines they go to, and on the document that they run.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, Actor, Roles, allow, deny

OWN, OTHER = "i-0123456789abcdef0", "i-0fedcba9876543210"
MACHINE = f"arn:aws:ec2:us-east-1:{CUSTOMER}:instance/"
SHELL = "arn:aws:ssm:us-east-1::document/AWS-RunShellScript"


def answer_to_command(actor: Actor, **target: object) -> ClientError:
    """Nothing runs in the sandbox, so that there is always an error: a denial, or that the machine is not managed."""
    with pytest.raises(ClientError) as refused:
        actor("ssm").send_command(DocumentName="AWS-RunShellScript", Parameters={"commands": ["id"]}, **target)
    return refused.value


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def test_a_command_needs_its_machine_and_its_document(acting: Callable[..., Actor]) -> None:
    both = acting(allow("ssm:SendCommand", resource=[MACHINE + OWN, SHELL]))
    machine = acting(allow("ssm:SendCommand", resource=MACHINE + OWN))
    document = acting(allow("ssm:SendCommand", resource=SHELL))
    assert code(answer_to_command(both, InstanceIds=[OWN])) == "InvalidInstanceId"
    for actor, resource in ((both, MACHINE + OTHER), (machine, SHELL), (document, MACHINE + OWN)):
        denied = answer_to_command(actor, InstanceIds=[resource.rpartition("/")[2] if "instance" in resource else OWN])
        assert code(denied) == "AccessDeniedException"
        assert f"on resource: {resource} because no identity-based policy allows" in str(denied)


@pytest.mark.parametrize(
    "target", [{"InstanceIds": [OTHER]}, {"Targets": [{"Key": "InstanceIds", "Values": [OTHER]}]}], ids=["id", "target"]
)
def test_a_denial_for_machines_holds(acting: Callable[..., Actor], target: dict[str, object]) -> None:
    actor = acting(allow("ssm:*"), deny("ssm:SendCommand", resource=MACHINE + OTHER))
    denied = answer_to_command(actor, **target)
    assert code(denied) == "AccessDeniedException"
    assert "with an explicit deny in an identity-based policy" in str(denied)


def test_a_session_needs_its_machine(acting: Callable[..., Actor]) -> None:
    actor = acting(allow("ssm:*"), deny("ssm:StartSession", resource=MACHINE + OTHER))
    with pytest.raises(ClientError) as refused:
        actor("ssm").start_session(Target=OTHER)
    assert code(refused.value) == "AccessDeniedException"


def test_a_denial_tells_of_the_boundary(acting: Callable[..., Actor], roles: Roles) -> None:
    boundary = roles.policy("boundary", allow("s3:*"))
    actor = acting(allow("ssm:*"), boundary=boundary)
    with pytest.raises(ClientError, match="no permissions boundary allows the ssm:GetParameter action"):
        actor("ssm").get_parameter(Name="/x")
