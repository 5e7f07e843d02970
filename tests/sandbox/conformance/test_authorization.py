"""Which permissions a request needs, on which ARN, and what its policies may look at."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.support.actors import CUSTOMER, DEPLOYER, Actor, Roles, allow, deny, document, trust

EC2_TRUST = trust({"Service": "ec2.amazonaws.com"})
DENIED = "AccessDenied|UnauthorizedOperation"


def refused(call: Callable[..., Any], **arguments: Any) -> str:
    """The message of a call that must be denied."""
    with pytest.raises(ClientError, match=DENIED) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Message"])


@pytest.mark.parametrize(
    ("layer", "explicit", "words"),
    [
        ("identity", False, "because no identity-based policy allows the s3:ListAllMyBuckets action"),
        ("identity", True, "with an explicit deny in an identity-based policy"),
        ("boundary", False, "because no permissions boundary allows the s3:ListAllMyBuckets action"),
        ("boundary", True, "with an explicit deny in a permissions boundary"),
        ("session", False, "because no session policy allows the s3:ListAllMyBuckets action"),
        ("session", True, "with an explicit deny in a session policy"),
    ],
)
def test_a_denial_names_the_kind_of_policy(vendor: Actor, roles: Roles, layer: str, explicit: bool, words: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    narrow = [allow("*"), deny("s3:ListAllMyBuckets")] if explicit else [allow("ec2:*")]
    boundary = roles.policy("limit", *narrow) if layer == "boundary" else ""
    role = roles.role("who", *(narrow if layer == "identity" else [allow("*")]), boundary=boundary)
    session = vendor.assume(role, **({"Policy": document(*narrow)} if layer == "session" else {}))
    message = refused(session("s3").list_buckets)
    assert words in message
    assert "is not authorized to perform: s3:ListAllMyBuckets" in message


def test_role_arns_have_their_path(acting: Callable[..., Actor], roles: Roles, name: str) -> None:
    """A policy on `role/release/*` covers roles in that path and no others.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names
    """
    inside = roles.role("inside", path="/release/")
    roles.role("outside")
    iam = acting(allow("iam:UpdateRole", "iam:CreateRole", resource=f"arn:aws:iam::{CUSTOMER}:role/release/*"))("iam")
    iam.update_role(RoleName=f"{name}-inside", Description="mine")
    assert inside.endswith(f":role/release/{name}-inside")
    refused(iam.update_role, RoleName=f"{name}-outside", Description="not mine")
    iam.create_role(RoleName=f"{name}-new", Path="/release/x/", AssumeRolePolicyDocument=EC2_TRUST)
    message = refused(iam.create_role, RoleName=f"{name}-other", AssumeRolePolicyDocument=EC2_TRUST)
    assert f"on resource: arn:aws:iam::{CUSTOMER}:role/{name}-other" in message


def test_the_boundary_of_a_new_role_can_be_required(acting: Callable[..., Actor], roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html (delegating responsibility)"""
    workload, other = roles.policy("workload", allow("s3:*")), roles.policy("other", allow("*"))
    required = {"StringEquals": {"iam:PermissionsBoundary": workload}}
    iam = acting(
        allow("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", Condition=required),
        allow("iam:PutRolePermissionsBoundary", Condition=required),
    )("iam")
    asked = {"RoleName": f"{name}-node", "AssumeRolePolicyDocument": EC2_TRUST}
    refused(iam.create_role, **asked)
    refused(iam.create_role, **asked, PermissionsBoundary=other)
    iam.create_role(**asked, PermissionsBoundary=workload)
    policy = {"PolicyName": "p", "PolicyDocument": document(allow("s3:Get*"))}
    iam.put_role_policy(RoleName=f"{name}-node", **policy)
    roles.role("unbounded")
    refused(iam.put_role_policy, RoleName=f"{name}-unbounded", **policy)
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    refused(iam.attach_role_policy, RoleName=f"{name}-unbounded", PolicyArn=managed)
    refused(iam.put_role_permissions_boundary, RoleName=f"{name}-node", PermissionsBoundary=other)
    iam.put_role_permissions_boundary(RoleName=f"{name}-unbounded", PermissionsBoundary=workload)


def test_which_policy_may_be_attached_can_be_limited(acting: Callable[..., Actor], roles: Roles, name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PolicyARN"""
    roles.role("target")
    only = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    iam = acting(allow("iam:AttachRolePolicy", Condition=only))("iam")
    iam.attach_role_policy(RoleName=f"{name}-target", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    refused(iam.attach_role_policy, RoleName=f"{name}-target", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")


def test_tags_on_creation_need_permission_to_tag(acting: Callable[..., Actor], name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html"""
    iam = acting(allow("iam:CreateRole"))("iam")
    iam.create_role(RoleName=f"{name}-plain", AssumeRolePolicyDocument=EC2_TRUST)
    tags = [{"Key": "a", "Value": "b"}]
    message = refused(iam.create_role, RoleName=f"{name}-tagged", AssumeRolePolicyDocument=EC2_TRUST, Tags=tags)
    assert "iam:TagRole" in message


class TestPassRole:
    """Handing a role to a service needs iam:PassRole on it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService
    """

    def _pass_to(self, role: str, service: str) -> dict[str, Any]:
        condition = {"StringEquals": {"iam:PassedToService": service}}
        return allow("iam:PassRole", resource=role, Condition=condition)

    def test_to_lambda(self, acting: Callable[..., Actor], roles: Roles, name: str) -> None:
        role = roles.role("fn", AssumeRolePolicyDocument=trust({"Service": "lambda.amazonaws.com"}))
        asked = {
            "FunctionName": name,
            "Runtime": "python3.12",
            "Handler": "a.b",
            "Role": role,
            "Code": {"ZipFile": b"PK\x05\x06" + b"\0" * 18},
        }
        message = refused(acting(allow("lambda:*"))("lambda").create_function, **asked)
        assert f"iam:PassRole on resource: {role}" in message
        refused(acting(allow("lambda:*"), self._pass_to(role, "ec2.amazonaws.com"))("lambda").create_function, **asked)
        acting(allow("lambda:*"), self._pass_to(role, "lambda.amazonaws.com"))("lambda").create_function(**asked)

    def test_to_eks(self, acting: Callable[..., Actor], roles: Roles, name: str) -> None:
        role = roles.role("cluster", path="/release/", AssumeRolePolicyDocument=trust({"Service": "eks.amazonaws.com"}))
        asked = {"name": name, "roleArn": role, "resourcesVpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}}
        message = refused(acting(allow("eks:*"))("eks").create_cluster, **asked)
        assert f"iam:PassRole on resource: {role}" in message
        refused(acting(allow("eks:*"), self._pass_to(role, "lambda.amazonaws.com"))("eks").create_cluster, **asked)

    def test_to_an_instance_profile(self, acting: Callable[..., Actor], roles: Roles, admin: Actor, name: str) -> None:
        role = roles.role("node", AssumeRolePolicyDocument=EC2_TRUST)
        admin("iam").create_instance_profile(InstanceProfileName=name, Path="/release/")
        profile = f"arn:aws:iam::{CUSTOMER}:instance-profile/release/{name}"
        adding = allow("iam:AddRoleToInstanceProfile", resource=profile)
        asked = {"InstanceProfileName": name, "RoleName": f"{name}-node"}
        message = refused(acting(adding)("iam").add_role_to_instance_profile, **asked)
        assert f"iam:PassRole on resource: {role}" in message
        acting(adding, self._pass_to(role, "ec2.amazonaws.com"))("iam").add_role_to_instance_profile(**asked)
        launching = acting(allow("ec2:*"))("ec2")
        message = refused(
            launching.run_instances, ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": name}
        )
        assert f"iam:PassRole on resource: {role}" in message

    def test_to_cloudformation(self, acting: Callable[..., Actor], roles: Roles, name: str) -> None:
        role = roles.role("deploy", AssumeRolePolicyDocument=trust({"Service": "cloudformation.amazonaws.com"}))
        cfn = acting(allow("cloudformation:*"))("cloudformation")
        message = refused(cfn.create_stack, StackName=name, TemplateBody="{}", RoleARN=role)
        assert f"iam:PassRole on resource: {role}" in message

    def test_to_rds_monitoring(self, acting: Callable[..., Actor], roles: Roles, name: str) -> None:
        role = roles.role("mon", AssumeRolePolicyDocument=trust({"Service": "monitoring.rds.amazonaws.com"}))
        rds = acting(allow("rds:*"))("rds")
        message = refused(
            rds.create_db_instance,
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            MonitoringRoleArn=role,
            MonitoringInterval=60,
        )
        assert f"iam:PassRole on resource: {role}" in message


class TestEc2:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html"""

    def test_a_new_resource_is_a_wildcard_of_its_type(self, acting: Callable[..., Actor]) -> None:
        ec2 = acting(allow("ec2:Describe*"))("ec2")
        message = refused(ec2.create_vpc, CidrBlock="10.50.0.0/16")
        assert message.startswith("You are not authorized to perform this operation. User: arn:aws:sts::")
        assert f"ec2:CreateVpc on resource: arn:aws:ec2:us-east-1:{CUSTOMER}:vpc/*" in message

    def test_request_tags_can_be_required(self, acting: Callable[..., Actor]) -> None:
        """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html"""
        mine = {"StringEquals": {"aws:RequestTag/owner": "popsql"}}
        ec2 = acting(
            allow("ec2:CreateVpc", Condition=mine),
            allow("ec2:CreateTags", Condition={"StringEquals": {"ec2:CreateAction": "CreateVpc"}}),
        )("ec2")

        def tagged(owner: str) -> dict[str, Any]:
            tags = [{"Key": "owner", "Value": owner}]
            return {"CidrBlock": "10.51.0.0/16", "TagSpecifications": [{"ResourceType": "vpc", "Tags": tags}]}

        refused(ec2.create_vpc, CidrBlock="10.51.0.0/16")
        refused(ec2.create_vpc, **tagged("somebody"))
        vpc = ec2.create_vpc(**tagged("popsql"))["Vpc"]["VpcId"]
        message = refused(ec2.create_tags, Resources=[vpc], Tags=[{"Key": "owner", "Value": "other"}])
        assert f"vpc/{vpc}" in message

    def test_tags_on_creation_need_create_tags(self, acting: Callable[..., Actor]) -> None:
        ec2 = acting(allow("ec2:CreateVpc"))("ec2")
        tags = [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]
        assert "ec2:CreateTags" in refused(ec2.create_vpc, CidrBlock="10.52.0.0/16", TagSpecifications=tags)

    def test_which_tag_keys_may_be_set_can_be_limited(self, acting: Callable[..., Actor], admin: Actor) -> None:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
        vpc = admin("ec2").create_vpc(CidrBlock="10.53.0.0/16")["Vpc"]["VpcId"]
        only = {"ForAllValues:StringEquals": {"aws:TagKeys": ["owner"]}, "Null": {"aws:TagKeys": "false"}}
        ec2 = acting(allow("ec2:CreateTags", Condition=only))("ec2")
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "owner", "Value": "x"}])
        refused(ec2.create_tags, Resources=[vpc], Tags=[{"Key": "owner", "Value": "x"}, {"Key": "other", "Value": "y"}])

    def test_resource_tags_decide(self, acting: Callable[..., Actor], admin: Actor) -> None:
        """Also where only the boundary asks for them.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourcetag
        """
        ec2 = admin("ec2")
        tags = [{"ResourceType": "vpc", "Tags": [{"Key": "owner", "Value": "popsql"}]}]
        mine = ec2.create_vpc(CidrBlock="10.54.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
        other = ec2.create_vpc(CidrBlock="10.55.0.0/16")["Vpc"]["VpcId"]
        tagged = {"StringEquals": {"aws:ResourceTag/owner": "popsql"}}
        deleting = acting(allow("ec2:DeleteVpc", Condition=tagged))("ec2")
        refused(deleting.delete_vpc, VpcId=other)
        deleting.delete_vpc(VpcId=mine)

    def test_resource_tags_decide_in_a_boundary(self, acting: Callable[..., Actor], roles: Roles, admin: Actor) -> None:
        ec2 = admin("ec2")
        tags = [{"ResourceType": "vpc", "Tags": [{"Key": "owner", "Value": "popsql"}]}]
        mine = ec2.create_vpc(CidrBlock="10.56.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
        tagged = {"StringEquals": {"ec2:ResourceTag/owner": "popsql"}}
        boundary = roles.policy("limit", allow("ec2:DeleteVpc", Condition=tagged))
        acting(allow("*"), boundary=boundary)("ec2").delete_vpc(VpcId=mine)

    def test_every_named_resource_counts(self, acting: Callable[..., Actor], admin: Actor) -> None:
        vpc = admin("ec2").create_vpc(CidrBlock="10.57.0.0/16")["Vpc"]["VpcId"]
        prefix = f"arn:aws:ec2:us-east-1:{CUSTOMER}"
        ec2 = acting(allow("ec2:CreateSubnet", resource=f"{prefix}:subnet/*"))("ec2")
        message = refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.57.0.0/24")
        assert f"on resource: {prefix}:vpc/{vpc}" in message


class TestCloudFormation:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html"""

    def test_a_stack_is_its_own_arn(self, acting: Callable[..., Actor], name: str) -> None:
        pattern = f"arn:aws:cloudformation:us-east-1:{CUSTOMER}:stack/{name}-*/*"
        cfn = acting(allow("cloudformation:CreateChangeSet", resource=pattern))("cloudformation")
        body = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
        asked = {"ChangeSetName": "c", "ChangeSetType": "CREATE", "TemplateBody": body}
        cfn.create_change_set(StackName=f"{name}-vendor", **asked)
        refused(cfn.create_change_set, StackName=f"{name}", **asked)

    def test_a_service_role_can_be_forbidden(self, acting: Callable[..., Actor], roles: Roles, name: str) -> None:
        """`cloudformation:RoleArn`, absent where the request names no role."""
        role = roles.role("deploy", AssumeRolePolicyDocument=trust({"Service": "cloudformation.amazonaws.com"}))
        none = {"Null": {"cloudformation:RoleArn": "true"}}
        actor = acting(allow("cloudformation:*", Condition=none), allow("iam:PassRole", "sns:*"))
        cfn = actor("cloudformation")
        body = json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
        message = refused(cfn.create_stack, StackName=name, TemplateBody=body, RoleARN=role)
        assert "cloudformation:CreateStack" in message
        assert re.match(r"arn:aws:cloudformation:", cfn.create_stack(StackName=name, TemplateBody=body)["StackId"])


def test_the_principal_arn_of_a_session_is_its_role(vendor: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn"""
    arn = roles.role("who", path="/release/")
    name = arn.rpartition("/")[2]
    same = {"ArnEquals": {"aws:PrincipalArn": arn}}
    roles.admin("iam").put_role_policy(
        RoleName=name, PolicyName="own", PolicyDocument=document(allow("ec2:DescribeVpcs", Condition=same))
    )
    vendor.assume(arn)("ec2").describe_vpcs()


def test_a_trust_policy_may_ask_for_the_principals_role(vendor: Actor, roles: Roles) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn"""
    right = trust({"AWS": "111111111111"}, Condition={"ArnEquals": {"aws:PrincipalArn": DEPLOYER}})
    wrong = trust({"AWS": "111111111111"}, Condition={"ArnEquals": {"aws:PrincipalArn": f"{DEPLOYER}-2"}})
    vendor.assume(roles.role("right", AssumeRolePolicyDocument=right))
    with pytest.raises(ClientError, match="AccessDenied"):
        vendor.assume(roles.role("wrong", AssumeRolePolicyDocument=wrong))
