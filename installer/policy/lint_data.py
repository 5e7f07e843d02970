"""Reach into what is the customer's: data, disks, other regions and services. The guarded preset closes all of it but
the last; the others leave it open, which is then a decision of the person. What a way is: `lint_ways.py`."""

from collections.abc import Iterator, Sequence

from installer.policy.lint_ways import Call, Things, Way
from installer.steps import Severity

# A region that no policy names. What is open there is open in every region that AWS will ever add.
_NOWHERE = "xx-nowhere-1"


def data_ways(things: Things, regions: Sequence[str]) -> Iterator[Way]:
    """`regions` are those in which the vendor is meant to act; none: not known."""
    yield from _data(things)
    yield from _machines(things)
    yield _elsewhere(things, regions)
    yield _unnamed(things)
    yield Way(
        "your-images-shareable",
        Severity.INFO,
        "share an image of your machines",
        "No preset closes this. An image holds copies of disks; somebody with its id can start a machine from it.",
        things.each(
            "ec2", ("ModifyImageAttribute",), f"arn:{things.names.partition}:ec2:{things.region}::image/ami-0acme"
        ),
    )


def _data(things: Things) -> Iterator[Way]:
    bucket = f"arn:{things.names.partition}:s3:::acme-data"
    database = things.arn("rds", "db:acme-invoices")
    secret = things.arn("secretsmanager", "secret:acme/orders-AbCdEf")
    group = things.arn("logs", "log-group:/acme/app:*")
    yield Way(
        "your-files-readable",
        Severity.CAUTION,
        "read, change or delete files in your S3 buckets",
        "Every bucket of the account is meant, whatever it is for.",
        things.each("s3", ("GetObject", "PutObject", "DeleteObject"), f"{bucket}/orders.csv"),
        prefer=_DATA,
    )
    yield Way(
        "your-buckets-openable",
        Severity.CAUTION,
        "open, copy out or delete your S3 buckets",
        "A bucket's own policy can let in anybody, also after the vendor's role is gone.",
        things.each(
            "s3",
            ("PutBucketPolicy", "PutBucketAcl", "PutReplicationConfiguration", "DeleteBucket", "DeleteBucketPolicy"),
            bucket,
        ),
        prefer=_DATA,
    )
    yield Way(
        "your-secrets-readable",
        Severity.CAUTION,
        "read or change your secrets",
        "Passwords and keys in Secrets Manager lead to everything that they open.",
        things.each(
            "secretsmanager", ("GetSecretValue", "PutSecretValue", "UpdateSecret", "PutResourcePolicy"), secret
        ),
        prefer=_DATA,
    )
    yield Way(
        "your-databases-changeable",
        Severity.CAUTION,
        "copy, take over or delete your databases",
        "A copy or a replica is a database of its own, with a password that its maker sets.",
        things.each(
            "rds",
            (
                "CreateDBSnapshot",
                "CreateDBInstanceReadReplica",
                "ModifyDBInstance",
                "DeleteDBInstance",
                "StopDBInstance",
            ),
            database,
        ),
        prefer=_DATA,
    )
    yield Way(
        "your-logs-readable",
        Severity.CAUTION,
        "read or delete your logs",
        "Logs hold data, and they are the record of what was done.",
        things.each("logs", ("FilterLogEvents", "GetLogEvents", "StartQuery", "DeleteLogGroup"), group),
        prefer=_DATA,
    )


_DATA = ("TightenData", "Data")


def _machines(things: Things) -> Iterator[Way]:
    volume = things.arn("ec2", "volume/vol-0acme")
    snapshot = f"arn:{things.names.partition}:ec2:{things.region}::snapshot/snap-0acme"
    yield Way(
        "your-machines-stoppable",
        Severity.CAUTION,
        "stop or delete your machines, and copy or take their disks",
        "A copy of a disk is all that is on it.",
        (
            *things.each("ec2", ("StopInstances", "TerminateInstances", "CreateImage"), things.their_instance),
            *things.each("ec2", ("CreateSnapshot", "AttachVolume", "DetachVolume", "DeleteVolume"), volume),
        ),
    )
    yield Way(
        "your-snapshots-usable",
        Severity.CAUTION,
        "share your snapshots, or make disks from them",
        "A snapshot that is shared with another account is copied there, and stays there.",
        things.each("ec2", ("ModifySnapshotAttribute", "CreateVolume", "RunInstances", "CopySnapshot"), snapshot),
    )


def _elsewhere(things: Things, regions: Sequence[str]) -> Way:
    within = f"outside {', '.join(regions)}" if regions else "in every region"
    calls = (("ec2:DescribeVpcs", "*"), ("ec2:CreateVpc", f"arn:{things.names.partition}:ec2:{_NOWHERE}:*:vpc/*"))
    return Way(
        "any-region",
        Severity.CAUTION,
        f"act {within}",
        "What is made in a region where nobody looks is found late, by its bill.",
        tuple(Call(action, resource, {"aws:RequestedRegion": _NOWHERE}) for action, resource in calls),
        of_workloads=False,
    )


def _unnamed(things: Things) -> Way:
    return Way(
        "unnamed-services",
        Severity.CAUTION,
        "use services that the vendor's own minimal list does not name",
        "The vendor says itself that it can work without them: tables, parameters, functions, queues.",
        (
            *things.each("ssm", ("GetParameter",), things.arn("ssm", "parameter/acme/token")),
            *things.each("dynamodb", ("ListTables", "Scan"), things.arn("dynamodb", "table/acme")),
            *things.each("lambda", ("GetFunction", "CreateFunction"), things.arn("lambda", "function:acme-payroll")),
            *things.each("sqs", ("ReceiveMessage",), things.arn("sqs", "acme-orders")),
        ),
        prefer=("TightenUnnamed",),
        of_workloads=False,
    )
