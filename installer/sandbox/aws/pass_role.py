"""Gap: `iam:PassRole` is not checked.

Handing a role to a service needs `iam:PassRole` on that role, with `iam:PassedToService` naming the service.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ministack.services import iam

from installer.sandbox.aws.checks import Check
from installer.sandbox.aws.request import Request

# Service as ministack names it, operations, the parameter that carries the role, the service principal it goes to.
_PASSED: tuple[tuple[str, str, str, str], ...] = (
    ("autoscaling", r"CreateLaunchConfiguration", r"IamInstanceProfile", "ec2.amazonaws.com"),
    ("cloudformation", r"(Create|Update|Delete)Stack|CreateChangeSet", r"RoleARN", "cloudformation.amazonaws.com"),
    ("cloudtrail", r"(Create|Update)Trail", r"CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),
    ("codebuild", r"(Create|Update)Project", r"serviceRole", "codebuild.amazonaws.com"),
    (
        "ec2",
        r"RunInstances|AssociateIamInstanceProfile|ReplaceIamInstanceProfileAssociation",
        r"IamInstanceProfile\.(Arn|Name)",
        "ec2.amazonaws.com",
    ),
    ("ec2", r"CreateFlowLogs", r"DeliverLogsPermissionArn", "vpc-flow-logs.amazonaws.com"),
    ("ecs", r"RegisterTaskDefinition", r"taskRoleArn|executionRoleArn", "ecs-tasks.amazonaws.com"),
    ("eks", r"CreateCluster", r"roleArn", "eks.amazonaws.com"),
    ("eks", r"CreateNodegroup", r"nodeRole", "eks.amazonaws.com"),
    ("eks", r"CreateFargateProfile", r"podExecutionRoleArn", "eks.amazonaws.com"),
    ("eks", r"(Create|Update)Addon", r"serviceAccountRoleArn", "eks.amazonaws.com"),
    ("eks", r"(Create|Update)PodIdentityAssociation", r"roleArn", "pods.eks.amazonaws.com"),
    ("events", r"PutTargets", r"RoleArn", "events.amazonaws.com"),
    ("firehose", r"CreateDeliveryStream", r"RoleARN", "firehose.amazonaws.com"),
    ("glue", r"(Create|Update)(Job|Crawler)", r"Role", "glue.amazonaws.com"),
    ("iam", r"AddRoleToInstanceProfile", r"RoleName", "ec2.amazonaws.com"),
    ("lambda", r"CreateFunction|UpdateFunctionConfiguration", r"Role", "lambda.amazonaws.com"),
    ("logs", r"PutSubscriptionFilter", r"roleArn", "logs.amazonaws.com"),
    ("rds", r"(Create|Modify)DBInstance", r"MonitoringRoleArn", "monitoring.rds.amazonaws.com"),
    ("rds", r"AddRoleToDB(Instance|Cluster)", r"RoleArn", "rds.amazonaws.com"),
    ("scheduler", r"(Create|Update)Schedule", r"RoleArn", "scheduler.amazonaws.com"),
    ("ssm", r"StartAutomationExecution|SendCommand", r"AutomationAssumeRole|ServiceRoleArn", "ssm.amazonaws.com"),
    ("states", r"(Create|Update)StateMachine", r"roleArn", "states.amazonaws.com"),
)


def passed_roles(request: Request) -> tuple[Check, ...]:
    """One check per role that the request hands to a service."""
    found: dict[tuple[str, str], None] = {}
    for service, operations, parameter, principal in _PASSED:
        if service == request.service and re.fullmatch(operations, request.action):
            for value in _values(request, re.compile(parameter)):
                for arn in _role_arns(value, request.account_id):
                    found[arn, principal] = None
    return tuple(pass_role(arn, principal) for arn, principal in found)


def pass_role(role_arn: str, service_principal: str) -> Check:
    return Check("iam:PassRole", role_arn, {"iam:PassedToService": service_principal})


def _values(request: Request, parameter: re.Pattern[str]) -> Iterator[str]:
    for name in request.params:
        if parameter.fullmatch(name) or any(parameter.fullmatch(part) for part in name.split(".")):
            yield request.param(name)
    yield from _in_document(request.payload, parameter)


def _in_document(node: Any, parameter: re.Pattern[str]) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and parameter.fullmatch(key):
                yield value
            else:
                yield from _in_document(value, parameter)
    elif isinstance(node, list):
        for value in node:
            yield from _in_document(value, parameter)


def _role_arns(value: str, account_id: str) -> tuple[str, ...]:
    """The roles behind a role ARN, a role name, or an instance profile's ARN or name."""
    if not value:
        return ()
    if ":role/" in value:
        return (value,)
    profile = iam._lookup_instance_profile(arn=value) if ":instance-profile/" in value else None
    if profile is None:
        role = iam._roles.get(value)
        if role is not None:
            return (str(role["Arn"]),)
        profile = iam._lookup_instance_profile(name=value)
    if profile is not None:
        return tuple(str(iam._roles[name]["Arn"]) for name in profile.get("Roles", ()) if name in iam._roles)
    return (f"arn:aws:iam::{account_id}:role/{value.rpartition('/')[2]}",)
