"""What the customer Acme has of its own, beside the seeds: everything that a vendor might want to get at.

All of it is in `REGION`, where the vendor may act, so that what is denied is not denied for the region.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass

from tests.sandbox.support.actors import CUSTOMER, Actor, trust
from tests.sandbox.support.stacks import create, resource, template

REGION = "eu-west-1"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ACCOUNT_ROOT = f"arn:aws:iam::{CUSTOMER}:root"


def role_arn(name: str, path: str = "/") -> str:
    return f"arn:aws:iam::{CUSTOMER}:role{path}{name}"


def code() -> bytes:
    """A function's code, zipped."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return 'paid'\n")
    return packed.getvalue()


def note(name: str, text: str) -> str:
    """A template with one harmless resource."""
    return template(Note=resource("AWS::SSM::Parameter", Name=name, Type="String", Value=text))


@dataclass(frozen=True)
class Acme:
    """Ids that AWS chose. The names are constants: whoever looks around in the account sees them."""

    instance_id: str
    volume_id: str
    snapshot_id: str
    launch_template_id: str
    subnet_id: str
    key_id: str


def settle(admin: Actor) -> Acme:
    """Make all of it."""
    _roles(admin)
    _code(admin)
    _records(admin)
    ec2 = admin("ec2", REGION)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    machine = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", IamInstanceProfile={"Name": "acme-batch"}
    )["Instances"][0]
    zone = machine["Placement"]["AvailabilityZone"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=8)["VolumeId"]
    launch = ec2.create_launch_template(
        LaunchTemplateName="acme-workers",
        LaunchTemplateData={"ImageId": image, "IamInstanceProfile": {"Name": "acme-batch"}},
    )["LaunchTemplate"]
    return Acme(
        instance_id=machine["InstanceId"],
        volume_id=volume,
        snapshot_id=ec2.create_snapshot(VolumeId=volume)["SnapshotId"],
        launch_template_id=launch["LaunchTemplateId"],
        subnet_id=machine["SubnetId"],
        key_id=admin("kms", REGION).create_key()["KeyMetadata"]["KeyId"],
    )


def _roles(admin: Actor) -> None:
    iam = admin("iam")
    trusted: dict[str, dict[str, str] | str] = {
        # What consoles and many tutorials make: whoever in the account may assume roles.
        "acme-admin-role": ACCOUNT_ROOT,
        "acme-lambda": {"Service": "lambda.amazonaws.com"},
        "acme-build": {"Service": "codebuild.amazonaws.com"},
        "acme-states": {"Service": "states.amazonaws.com"},
        "acme-cloudformation": {"Service": "cloudformation.amazonaws.com"},
        "acme-eks": {"Service": "eks.amazonaws.com"},
        "acme-batch": {"Service": "ec2.amazonaws.com"},
    }
    for name, principal in trusted.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(principal))
        iam.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR)
    iam.create_instance_profile(InstanceProfileName="acme-batch")
    iam.add_role_to_instance_profile(InstanceProfileName="acme-batch", RoleName="acme-batch")
    iam.create_group(GroupName="acme-admins")
    iam.create_saml_provider(Name="acme-people", SAMLMetadataDocument=saml_metadata("acme"))
    iam.create_open_id_connect_provider(Url="https://acme.example/oidc", ClientIDList=["acme"])


def saml_metadata(issuer: str) -> str:
    entity = f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://{issuer}.example/idp">'
    return entity + "<!--" + "x" * 1000 + "--></EntityDescriptor>"


def _code(admin: Actor) -> None:
    admin("lambda", REGION).create_function(
        FunctionName="acme-payroll",
        Runtime="python3.12",
        Handler="index.handler",
        Role=role_arn("acme-lambda"),
        Code={"ZipFile": code()},
    )
    admin("codebuild", REGION).create_project(
        name="acme-build",
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: [make]}}"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
        },
        serviceRole=role_arn("acme-build"),
    )
    admin("stepfunctions", REGION).create_state_machine(
        name="acme-nightly", definition=states("Pay"), roleArn=role_arn("acme-states")
    )
    command = {"Name": "glueetl", "ScriptLocation": "s3://acme-audit/nightly.py"}
    admin("glue", REGION).create_job(Name="acme-nightly", Role=role_arn("acme-batch"), Command=command)
    vpc = admin("ec2", REGION).describe_vpcs()["Vpcs"][0]["VpcId"]
    found = admin("ec2", REGION).describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    admin("eks", REGION).create_cluster(
        name="acme-apps",
        roleArn=role_arn("acme-eks"),
        resourcesVpcConfig={"subnetIds": [subnet["SubnetId"] for subnet in found]},
        accessConfig={"authenticationMode": "API"},
    )
    admin("eks", REGION).create_access_entry(clusterName="acme-apps", principalArn=role_arn("acme-admin-role"))


def states(name: str) -> str:
    return json.dumps({"StartAt": name, "States": {name: {"Type": "Succeed"}}})


def _records(admin: Actor) -> None:
    s3 = admin("s3", REGION, s3={"addressing_style": "path"})
    s3.create_bucket(Bucket="acme-audit", CreateBucketConfiguration={"LocationConstraint": REGION})
    trail = admin("cloudtrail", REGION)
    trail.create_trail(Name="acme-trail", S3BucketName="acme-audit", IsMultiRegionTrail=True)
    trail.start_logging(Name="acme-trail")
    admin("secretsmanager", REGION).create_secret(Name="acme/orders", SecretString="hunter2")
    admin("ssm", REGION).put_parameter(Name="/acme/token", Type="SecureString", Value="hunter2")
    admin("logs", REGION).create_log_group(logGroupName="/acme/app")
    admin("rds", REGION).create_db_instance(
        DBInstanceIdentifier="acme-invoices",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="invoices",
        ManageMasterUserPassword=True,
    )
    admin("rds", REGION).create_db_snapshot(DBInstanceIdentifier="acme-invoices", DBSnapshotIdentifier="acme-monthly")
    stacks = admin("cloudformation", REGION)
    create(stacks, "acme-network", note("/acme/note", "one"), RoleARN=role_arn("acme-cloudformation"))
