"""Every fear that ships, as the calls that the vendor would make: one for each of its tries, in their order.

Those that are ways out are the calls of `escapes.py`, by their names. What the sandbox cannot be asked says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from installer.sandbox import seed
from tests.sandbox.support.acme import ADMINISTRATOR, REGION, role_arn
from tests.sandbox.support.escapes import ESCAPES
from tests.sandbox.support.scene import NAME, Call, ec2, iam, s3, ssm

OUTSIDE = "ap-southeast-2"
"""A region that the invitation is not for."""


@dataclass(frozen=True)
class Untried:
    why: str


_WAYS: dict[str, Call] = {escape.way: escape.call for escapes in ESCAPES.values() for escape in escapes}
_ABSENT = Untried("the sandbox lacks the service, or the action")
_OTHER_ARN = Untried("the sandbox looks at it on another ARN than AWS")


def _ways(*names: str) -> list[Call | Untried]:
    return [_WAYS[name] for name in names]


CALLS: dict[str, list[Call | Untried]] = {
    "remove-boundary": _ways("takes the boundary off its own role", "puts another boundary on its own role"),
    "remove-other-boundaries": [
        *_ways("takes the boundary off a role that it made", "swaps the boundary of a role that it made"),
        lambda v, s: iam(v).delete_role_permissions_boundary(RoleName="acme-lambda"),
        *_ways("puts a boundary on a user", "takes the boundary off a user"),
    ],
    "rewrite-boundary": _ways(
        "writes a new version of the operator boundary",
        "writes a new version of the workload boundary",
        "sets an older version of the operator boundary",
        "deletes a version of the operator boundary",
        "deletes the operator boundary",
        "deletes the workload boundary",
    ),
    "open-own-trust": _ways("opens the trust of its own role", "raises its own session to 12 hours"),
    "grant-itself": _ways("attaches a policy to itself", "writes a policy into itself"),
    "change-your-roles": [
        *_ways("lets itself into a customer's role", "writes a policy into a customer's role"),
        lambda v, s: iam(v).attach_role_policy(RoleName="acme-eks", PolicyArn=ADMINISTRATOR),
    ],
    "create-users": _ways(
        "makes a user",
        "makes a user in its path",
        "puts a user among the administrators",
        "attaches a policy to a user",
    ),
    "create-keys": _ways("makes an access key", "makes a console password"),
    "federate": _ways(
        "makes an OIDC provider",
        "adds itself to a customer's OIDC provider",
        "makes a SAML provider",
        "takes over a customer's SAML provider",
    ),
    "roles-anywhere": [_ABSENT, _ABSENT, _ABSENT, _ABSENT],
    "role-without-boundary": _ways(
        "makes a role without a boundary",
        "makes a role under its own boundary",
        "makes a role under a boundary that allows everything",
    ),
    "role-elsewhere": _ways("makes a role outside its path", "makes a role next to its own"),
    "pass-your-roles": _ways(
        "starts a machine with a customer's role",
        "starts a cluster with a customer's role",
        "makes a function with a customer's role",
        "makes a stack with a customer's role",
        "makes a build with a customer's role",
    ),
    "pass-to-other-services": [
        *_ways("makes a function with a role that it made"),
        lambda v, s: v("glue", REGION).create_job(
            Name=f"{NAME}--j", Role=role_arn(f"{NAME}-app", s.house.path), Command={"Name": "glueetl"}
        ),
    ],
    "assume-roles": _ways("assumes a customer's role that trusts the account", "assumes a role that it made"),
    "change-access-stacks": _ways(
        "updates the access stack",
        "deletes the access stack",
        "updates the stack of its role",
        "deletes the stack of its role",
        "lifts the termination protection of the access stack",
    ),
    "change-your-stacks": _ways(
        "acts through a customer's stack with a service role",
        "acts through a change set of a customer's stack",
        "makes a stack that is named as if it were the customer's",
        "makes a stack set",
    ),
    "code-into-functions": _ways(
        "puts code into a customer's function", "changes the handler of a customer's function"
    ),
    "code-into-builds": _ways(
        "starts a customer's build with commands of its own",
        "changes a customer's build",
        "changes a customer's state machine",
    ),
    "run-commands": [
        *_ways("runs a command on a customer's machine", "opens a session on a customer's machine"),
        Untried("the sandbox runs no tasks"),
    ],
    "change-machine-start": _ways(
        "changes what a customer's machine runs at its start",
        "replaces the disk that a customer's machine starts from",
        "changes what the next machine of a customer's group runs",
        "sets the version that a customer's group starts from",
    ),
    "claim-machines": _ways("declares a customer's machine to be its own", "takes the tags off a customer's machine"),
    "schedule-commands": [_OTHER_ARN, _OTHER_ARN],
    "enter-clusters": _ways(
        "lets itself into a customer's cluster",
        "makes itself an administrator of a customer's cluster",
        "gives a role to the pods of a customer's cluster",
        "puts a machine of its own into a customer's cluster",
        "puts an add-on into a customer's cluster",
        "changes how a customer's cluster is reached",
    ),
    "stop-trail": _ways("stops a trail", "narrows a trail", "leads a trail elsewhere", "deletes a trail"),
    "leave-organization": [*_ways("leaves the organisation", "makes an organisation"), _ABSENT],
    "share-keys": _ways("lets its own account use a customer's key"),
    "read-buckets": _ways("reads a customer's file"),
    "write-buckets": [
        lambda v, s: s3(v).put_object(Bucket=seed.CUSTOMER_BUCKET, Key="more", Body=b"x"),
        lambda v, s: s3(v).delete_object(Bucket=seed.CUSTOMER_BUCKET, Key="more"),
    ],
    "open-buckets": [
        *_ways("opens a customer's bucket to itself"),
        lambda v, s: s3(v).put_bucket_acl(Bucket=seed.CUSTOMER_BUCKET, ACL="private"),
        lambda v, s: s3(v).put_public_access_block(
            Bucket=seed.CUSTOMER_BUCKET, PublicAccessBlockConfiguration={"BlockPublicAcls": False}
        ),
    ],
    "delete-buckets": [lambda v, s: s3(v).delete_bucket(Bucket="acme-audit")],
    "read-secrets": _ways("reads a customer's secret"),
    "read-parameters": [lambda v, s: ssm(v).get_parameter(Name="/acme/token", WithDecryption=True)],
    "copy-databases": _ways("copies a customer's database", "makes a customer's database its own by a replica"),
    "change-databases": _ways("changes the password of a customer's database"),
    "delete-databases": _ways("deletes a customer's database"),
    "read-tables": [
        lambda v, s: v("dynamodb", REGION).get_item(TableName="acme-orders", Key={"id": {"S": "1"}}),
        lambda v, s: v("dynamodb", REGION).scan(TableName="acme-orders"),
    ],
    "read-logs": _ways("reads a customer's logs"),
    "delete-logs": _ways("deletes a customer's logs"),
    "copy-disks": _ways("copies a customer's disk"),
    "share-snapshots": _ways("shares a customer's snapshot with its own account"),
    "use-snapshots": _ways(
        "makes a disk from a customer's snapshot", "starts a machine with a customer's snapshot as a disk"
    ),
    "end-machines": [
        *_ways("ends a customer's machine"),
        lambda v, s: ec2(v).stop_instances(InstanceIds=[s.acme.instance_id]),
    ],
    "leave-region": [
        lambda v, s: v("ec2", OUTSIDE).describe_vpcs(),
        lambda v, s: v("ec2", OUTSIDE).create_vpc(CidrBlock="10.9.0.0/16"),
    ],
    "use-seldom-services": [
        lambda v, s: v("glue", REGION).start_job_run(JobName="acme-nightly"),
        _ABSENT,
        _ABSENT,
        _ABSENT,
    ],
}
