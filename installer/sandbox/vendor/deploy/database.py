"""The product's own database: PostgreSQL on RDS, in the private subnets, its password kept by RDS itself."""

from dataclasses import dataclass

from installer.sandbox.vendor.deploy.failures import Unsuitable
from installer.sandbox.vendor.deploy.network import DATABASE_PORT, Network
from installer.sandbox.vendor.deploy.site import Site

_ENGINE = "postgres"
_CLASS = "db.t4g.medium"
_GIB = 20
_BACKUP_DAYS = 7
_FAILED = ("failed", "deleting", "incompatible-parameters", "incompatible-network", "storage-full")


@dataclass(frozen=True)
class Database:
    """`password_secret_arn` names the secret that RDS made and rotates."""

    host: str
    port: int
    password_secret_arn: str | None


def make_database(site: Site, network: Network) -> Database:
    with site.step("database-subnets"):
        _subnet_group(site, network)
    with site.step("database") as step:
        return _instance(site, network, step.seconds)


def _subnet_group(site: Site, network: Network) -> None:
    rds, name = site.clients.rds, site.plan.database
    try:
        group, new = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0], False
    except rds.exceptions.DBSubnetGroupNotFoundFault:
        group, new = (
            rds.create_db_subnet_group(
                DBSubnetGroupName=name,
                DBSubnetGroupDescription=f"Private subnets of {site.plan.installation_name}",
                SubnetIds=list(network.private_subnet_ids),
                Tags=site.plan.tag_list(name),
            )["DBSubnetGroup"],
            True,
        )
    site.made(group["DBSubnetGroupArn"], "AWS::RDS::DBSubnetGroup", name, new=new)


def _instance(site: Site, network: Network, usual_seconds: int) -> Database:
    rds, name = site.clients.rds, site.plan.database
    try:
        instance, new = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0], False
        site.refuse_foreign(instance["DBInstanceArn"], instance.get("TagList", []))
    except rds.exceptions.DBInstanceNotFoundFault:
        instance, new = (
            rds.create_db_instance(
                DBInstanceIdentifier=name,
                DBInstanceClass=_CLASS,
                Engine=_ENGINE,
                AllocatedStorage=_GIB,
                StorageEncrypted=True,
                DBName="popsql",
                MasterUsername="popsql",
                ManageMasterUserPassword=True,
                DBSubnetGroupName=site.plan.database,
                VpcSecurityGroupIds=[network.database_group_id],
                PubliclyAccessible=False,
                BackupRetentionPeriod=_BACKUP_DAYS,
                CopyTagsToSnapshot=True,
                Port=DATABASE_PORT,
                Tags=site.plan.tag_list(name),
            )["DBInstance"],
            True,
        )
    arn = instance["DBInstanceArn"]
    site.made(arn, "AWS::RDS::DBInstance", name, new=new)

    def available() -> bool:
        status = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceStatus"]
        if status in _FAILED:
            raise Unsuitable(status, arn, f"The database is in the state {status}.")
        return bool(status == "available")

    site.wait_until(available, "The database", usual_seconds)
    described = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    endpoint = described["Endpoint"]
    return Database(endpoint["Address"], endpoint["Port"], described.get("MasterUserSecret", {}).get("SecretArn"))
