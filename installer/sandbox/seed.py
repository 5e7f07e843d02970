"""Fills the sandbox's accounts through ordinary AWS calls, and writes the AWS files that lead there.

The customer's account is one in ordinary use: people, networks in several regions, a database, files. The vendor's
account has the role that its deployments run as. To ministack a 12-digit access key is root of that account; only this
file uses such keys.
"""

from __future__ import annotations

import configparser
import functools
import ipaddress
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from installer.sandbox.info import ACCOUNT_ID, VENDOR_ACCOUNT_ID
from installer.sandbox.scenarios import Scenario

ADMIN_PROFILE = "acme-admin"
READ_ONLY_PROFILE = "acme-read-only"
VENDOR_PROFILE = "release-deploy"
CUSTOMER_BUCKET = "acme-invoices"
CUSTOMER_OBJECT = "2026/invoices.csv"
REGION = "us-east-1"
_ALIAS = "acme-prod"
_BUCKET_REGION = "eu-west-1"
_VENDOR_ROLE = "release-deploy"
_VENDOR_USER = "release-ci"
_VENDOR_SESSION_SECONDS = 43200
_FULL_HOUSE_NETWORKS = 1000
_FULL_HOUSE_REGIONS = ("us-east-1", "us-east-2", "us-west-2", "ca-central-1", "eu-west-1", "eu-central-1")


@dataclass(frozen=True)
class AwsFiles:
    """Where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE must point."""

    config: Path
    credentials: Path


@dataclass(frozen=True)
class Keys:
    """Access keys of a user, or of a session where there is a token."""

    access_key_id: str
    secret_access_key: str
    session_token: str = ""


class _Account:
    """Clients of one account. They use the given keys only, whatever AWS settings this process has."""

    def __init__(self, endpoint_url: str, keys: Keys) -> None:
        self._session = session_without_settings()
        self._keys = keys
        self._endpoint_url = endpoint_url

    def client(self, service: str, region: str = REGION) -> Any:
        config = Config(proxies={}, retries={"total_max_attempts": 1})
        return self._session.create_client(
            service,
            region,
            endpoint_url=self._endpoint_url,
            aws_access_key_id=self._keys.access_key_id,
            aws_secret_access_key=self._keys.secret_access_key,
            aws_session_token=self._keys.session_token or None,
            config=config,
        )


@functools.cache
def session_without_settings() -> botocore.session.Session:
    """One for all clients, since it keeps the service models. AWS settings of whoever runs this must not matter."""
    session = botocore.session.Session()
    for name in ("config_file", "credentials_file"):
        session.set_config_variable(name, os.devnull)
    session.full_config["profiles"] = {"default": {}}
    session.set_config_variable("profile", "default")
    return session


def files(home: Path) -> AwsFiles:
    """Where the AWS files of a sandbox will be."""
    return AwsFiles(home / "aws" / "config", home / "aws" / "credentials")


def seed(endpoint_url: str, files: AwsFiles, scenario: Scenario) -> None:
    """Fill both accounts and write the AWS files."""
    customer = _Account(endpoint_url, Keys(ACCOUNT_ID, "seed"))
    vendor = _Account(endpoint_url, Keys(VENDOR_ACCOUNT_ID, "seed"))
    keys = {
        ADMIN_PROFILE: _user(customer, "alice", "AdministratorAccess"),
        READ_ONLY_PROFILE: _user(customer, "bob", "ReadOnlyAccess"),
        VENDOR_PROFILE: _vendor_session(endpoint_url, vendor),
    }
    customer.client("iam").create_account_alias(AccountAlias=_ALIAS)
    _networks(customer)
    _database(customer)
    _bucket(customer)
    if scenario.full_address_space:
        _full_house(customer)
    if scenario.taken_role_name:
        _role(customer, scenario.taken_role_name, {"Service": "ec2.amazonaws.com"})
    _write_files(files, endpoint_url, keys)


def _user(account: _Account, name: str, managed_policy: str) -> Keys:
    iam = account.client("iam")
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=f"arn:aws:iam::aws:policy/{managed_policy}")
    return _access_key(iam, name)


def _access_key(iam: Any, user: str) -> Keys:
    made = iam.create_access_key(UserName=user)["AccessKey"]
    return Keys(made["AccessKeyId"], made["SecretAccessKey"])


def _role(account: _Account, name: str, principal: dict[str, str], **more: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = account.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust, **more)
    return str(made["Role"]["Arn"])


def _vendor_session(endpoint_url: str, vendor: _Account) -> Keys:
    """The vendor's build system is a user that may only become the deploy role; the profile gets the role's session."""
    iam = vendor.client("iam")
    user_arn = iam.create_user(UserName=_VENDOR_USER)["User"]["Arn"]
    role_arn = _role(vendor, _VENDOR_ROLE, {"AWS": user_arn}, MaxSessionDuration=_VENDOR_SESSION_SECONDS)
    for put, who, resource in (
        (iam.put_user_policy, {"UserName": _VENDOR_USER}, role_arn),
        (iam.put_role_policy, {"RoleName": _VENDOR_ROLE}, "*"),
    ):
        statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        put(**who, PolicyName="assume", PolicyDocument=document)
    sts = _Account(endpoint_url, _access_key(iam, _VENDOR_USER)).client("sts")
    session = sts.assume_role(
        RoleArn=role_arn, RoleSessionName="release-build", DurationSeconds=_VENDOR_SESSION_SECONDS
    )["Credentials"]
    return Keys(session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])


def _networks(customer: _Account) -> None:
    """Beside the default networks: three VPCs, a peering, a route to the office, a prefix list of a partner."""
    east, west, europe = (customer.client("ec2", region) for region in (REGION, "us-west-2", "eu-west-1"))
    production = _vpc(east, "10.0.0.0/16", "production")
    analytics = _vpc(west, "10.1.0.0/16", "analytics")
    _vpc(europe, "192.168.0.0/16", "legacy")
    peering = east.create_vpc_peering_connection(VpcId=production, PeerVpcId=analytics, PeerRegion="us-west-2")
    peering_id = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    west.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    table = _main_route_table(east, production)
    gateway = east.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    east.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=production)
    east.create_route(RouteTableId=table, DestinationCidrBlock="10.200.0.0/16", GatewayId=gateway)
    east.create_route(RouteTableId=table, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=peering_id)
    east.create_managed_prefix_list(
        PrefixListName="partner-ranges",
        AddressFamily="IPv4",
        MaxEntries=10,
        Entries=[{"Cidr": "10.210.0.0/16", "Description": "partner, by VPN"}],
    )


def _vpc(ec2: Any, block: str, name: str) -> str:
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}]}]
    return str(ec2.create_vpc(CidrBlock=block, TagSpecifications=tags)["Vpc"]["VpcId"])


def _main_route_table(ec2: Any, vpc_id: str) -> str:
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])["RouteTables"]
    return str(tables[0]["RouteTableId"])


def _database(customer: _Account) -> None:
    customer.client("rds").create_db_instance(
        DBInstanceIdentifier="acme-orders",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="orders",
        ManageMasterUserPassword=True,
    )


def _bucket(customer: _Account) -> None:
    """Data that is nobody's business but the customer's, in a region where vendors install."""
    s3 = customer.client("s3", _BUCKET_REGION)
    s3.create_bucket(Bucket=CUSTOMER_BUCKET, CreateBucketConfiguration={"LocationConstraint": _BUCKET_REGION})
    s3.put_object(Bucket=CUSTOMER_BUCKET, Key=CUSTOMER_OBJECT, Body=b"number,total\n1,42.00\n")


def _full_house(customer: _Account) -> None:
    clients = [customer.client("ec2", region) for region in _FULL_HOUSE_REGIONS]
    for number, block in enumerate(_many_blocks()):
        clients[number % len(clients)].create_vpc(CidrBlock=str(block))


def _many_blocks() -> Iterator[ipaddress.IPv4Network]:
    """A thousand /18 blocks: 10.0.0.0 to 10.249.255.255."""
    blocks = ipaddress.IPv4Network("10.0.0.0/8").subnets(new_prefix=18)
    return (block for block, _ in zip(blocks, range(_FULL_HOUSE_NETWORKS), strict=False))


def _write_files(files: AwsFiles, endpoint_url: str, keys: dict[str, Keys]) -> None:
    """`default` has the endpoint but no credentials, so that a client without a profile cannot reach real AWS."""
    files.config.parent.mkdir(mode=0o700)
    config, credentials = configparser.RawConfigParser(), configparser.RawConfigParser()
    for section in ("default", *(f"profile {profile}" for profile in keys)):
        config[section] = {"region": REGION, "endpoint_url": endpoint_url, "output": "json"}
    for profile, given in keys.items():
        credentials[profile] = {
            "aws_access_key_id": given.access_key_id,
            "aws_secret_access_key": given.secret_access_key,
            **({"aws_session_token": given.session_token} if given.session_token else {}),
        }
    for path, parser in ((files.config, config), (files.credentials, credentials)):
        path.touch(mode=0o600)
        with path.open("w") as file:
            parser.write(file)
