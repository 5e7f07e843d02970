"""Settings, logs and files: a secret, log groups, a private bucket."""

import json
import secrets

from botocore.exceptions import ClientError

from installer.sandbox.vendor.deploy.database import Database
from installer.sandbox.vendor.deploy.site import Site

_LOG_DAYS = 90
_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def make_storage(site: Site, database: Database) -> None:
    with site.step("secret"):
        _secret(site, database)
    with site.step("log-groups"):
        for suffix in ("app", "audit"):
            _log_group(site, suffix)
    with site.step("bucket"):
        _bucket(site)


def _secret(site: Site, database: Database) -> None:
    manager, name = site.clients.secrets_manager, site.plan.secret
    try:
        secret, new = manager.describe_secret(SecretId=name), False
        site.refuse_foreign(secret["ARN"], secret.get("Tags", []))
    except manager.exceptions.ResourceNotFoundException:
        settings = {
            "database_host": database.host,
            "database_port": database.port,
            "database_password_secret": database.password_secret_arn,
            "encryption_key": secrets.token_hex(32),
        }
        secret, new = (
            manager.create_secret(
                Name=name,
                Description=f"Settings of {site.plan.installation_name}",
                SecretString=json.dumps(settings),
                ClientRequestToken=site.plan.token(name),
                Tags=site.plan.tag_list(name),
            ),
            True,
        )
    site.made(secret["ARN"], "AWS::SecretsManager::Secret", name, new=new)


def _log_group(site: Site, suffix: str) -> None:
    logs, name = site.clients.logs, site.plan.log_group(suffix)
    groups = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    there = name in [group["logGroupName"] for group in groups]
    if not there:
        logs.create_log_group(logGroupName=name, tags=site.plan.tags | {"Name": name})
    logs.put_retention_policy(logGroupName=name, retentionInDays=_LOG_DAYS)
    arn = f"arn:aws:logs:{site.plan.region}:{site.plan.account_id}:log-group:{name}"
    site.made(arn, "AWS::Logs::LogGroup", name, new=not there)


def _bucket(site: Site) -> None:
    s3, plan = site.clients.s3, site.plan
    # The owner is named in each call: somebody else may have taken the name.
    own = {"Bucket": plan.bucket, "ExpectedBucketOwner": plan.account_id}
    try:
        s3.head_bucket(**own)
        new = False
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        # us-east-1 is the one region that may not be named.
        place = {} if plan.region == "us-east-1" else {"LocationConstraint": plan.region}
        s3.create_bucket(Bucket=plan.bucket, **({"CreateBucketConfiguration": place} if place else {}))
        new = True
    site.made(f"arn:aws:s3:::{plan.bucket}", "AWS::S3::Bucket", plan.bucket, new=new)
    s3.put_public_access_block(**own, PublicAccessBlockConfiguration=_PRIVATE)
    s3.put_bucket_tagging(**own, Tagging={"TagSet": plan.tag_list(plan.bucket)})
