"""AWS as the control plane needs it: assuming a customer's role, and one look around with it.

`Aws` is the port that the services speak to; `BotoAws` is AWS. What an install calls: deploy/.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, Protocol

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import create_loader

from installer.sandbox.vendor import offer
from installer.sandbox.vendor.records import Answer

SESSION_SECONDS = 900
_RENEW_BEFORE_SECONDS = 300
_LOADER = create_loader()
PATIENT = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
QUICK = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 1})
"""For calls that somebody waits for and will make again."""


class AwsUnreachable(Exception):
    """No answer came from AWS at all; the message says so in one sentence."""


@dataclass(frozen=True)
class RoleSession:
    """Temporary credentials of a customer's role. The representation leaves the credentials out."""

    session_name: str
    expires_at: datetime
    access_key_id: str
    secret_access_key: str
    session_token: str

    def __repr__(self) -> str:
        return f"RoleSession({self.session_name!r}, expires_at={self.expires_at.isoformat()})"


@dataclass(frozen=True)
class Region:
    name: str
    opt_in_status: str


@dataclass(frozen=True)
class UsedBlock:
    cidr: str
    vpc_id: str


class Aws(Protocol):
    """Every method raises AwsUnreachable; a refusal by AWS is an Answer, or PermissionError with AWS's sentence."""

    def assume(self, role_arn: str, session_name: str, external_id: str | None) -> tuple[Answer, RoleSession | None]:
        """sts:AssumeRole with the vendor's own credentials."""

    def probe(self, session: RoleSession, region: str) -> Answer:
        """One harmless call that an unrestricted session is allowed: ec2:DescribeVpcs.

        Not GetCallerIdentity: no deny in a boundary reaches that one.
        """

    def regions(self, session: RoleSession, region: str) -> tuple[Region, ...]:
        """The regions of the account, with their opt-in status."""

    def used_blocks(self, session: RoleSession, region: str) -> tuple[UsedBlock, ...]:
        """Every block of every VPC in `region`."""


class BotoAws:
    """AWS, with endpoint and credentials from the standard configuration."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    @cached_property
    def _sts(self) -> Any:
        return client(boto3.session.Session(botocore_session=_botocore_session()), "sts")

    def assume(self, role_arn: str, session_name: str, external_id: str | None) -> tuple[Answer, RoleSession | None]:
        request: dict[str, Any] = {
            "RoleArn": role_arn,
            "RoleSessionName": session_name,
            "DurationSeconds": SESSION_SECONDS,
        }
        if external_id is not None:
            request["ExternalId"] = external_id
        answer, reply = self._ask(lambda: self._sts.assume_role(**request))
        if reply is None:
            return answer, None
        issued = reply["Credentials"]
        session = RoleSession(
            session_name=session_name,
            expires_at=issued["Expiration"],
            access_key_id=issued["AccessKeyId"],
            secret_access_key=issued["SecretAccessKey"],
            session_token=issued["SessionToken"],
        )
        return answer, session

    def probe(self, session: RoleSession, region: str) -> Answer:
        answer, _ = self._ask(lambda: _ec2(session, region).describe_vpcs(MaxResults=5))
        return answer

    def regions(self, session: RoleSession, region: str) -> tuple[Region, ...]:
        reply = self._demand(lambda: _ec2(session, region).describe_regions(AllRegions=True))
        return tuple(Region(region["RegionName"], region["OptInStatus"]) for region in reply["Regions"])

    def used_blocks(self, session: RoleSession, region: str) -> tuple[UsedBlock, ...]:
        pages = self._demand(lambda: {"pages": list(_ec2(session, region).get_paginator("describe_vpcs").paginate())})
        return tuple(
            UsedBlock(block["CidrBlock"], vpc["VpcId"])
            for page in pages["pages"]
            for vpc in page["Vpcs"]
            for block in vpc["CidrBlockAssociationSet"]
            if block["CidrBlockState"]["State"] in ("associating", "associated")
        )

    def _demand(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        answer, reply = self._ask(call)
        if reply is None:
            raise PermissionError(answer.message)
        return reply

    def _ask(self, call: Callable[[], dict[str, Any]]) -> tuple[Answer, dict[str, Any] | None]:
        try:
            reply = call()
        except ClientError as error:
            refused = error.response["Error"]
            metadata: Mapping[str, Any] = error.response["ResponseMetadata"]
            return Answer(False, self._at(metadata), _request_id(metadata), refused["Code"], refused["Message"]), None
        except BotoCoreError as error:
            raise AwsUnreachable(f"AWS did not answer: {error}") from error
        metadata = reply.get("ResponseMetadata", {})
        return Answer(True, self._at(metadata), _request_id(metadata)), reply

    def _at(self, metadata: Mapping[str, Any]) -> datetime:
        """AWS's own time where the reply has it."""
        date = metadata.get("HTTPHeaders", {}).get("date")
        return parsedate_to_datetime(date).astimezone(UTC) if date else self._now()


def renewing_session(assume: Callable[[], RoleSession], region: str) -> boto3.session.Session:
    """A session in `region` that assumes the role again before each 15 minutes are over."""

    def fetch() -> dict[str, str]:
        issued = assume()
        return {
            "access_key": issued.access_key_id,
            "secret_key": issued.secret_access_key,
            "token": issued.session_token,
            "expiry_time": issued.expires_at.isoformat(),
        }

    session = _botocore_session()
    # botocore's own limits are as long as our sessions, so each call would renew.
    session._credentials = RefreshableCredentials.create_from_metadata(  # type: ignore[attr-defined]
        fetch(),
        refresh_using=fetch,
        method="sts-assume-role",
        advisory_timeout=_RENEW_BEFORE_SECONDS,
        mandatory_timeout=_RENEW_BEFORE_SECONDS // 2,
    )
    session.set_config_variable("region", region)
    return boto3.session.Session(botocore_session=session)


def client(session: boto3.session.Session, service: str, config: Config = PATIENT) -> Any:
    """Untyped on purpose: which services an install calls is in deploy/, and their stubs are not worth their weight."""
    factory: Any = session.client
    return factory(service, config=config)


def session_name(installation_name: str, phase: str) -> str:
    """`<vendor>-<install>-<phase>`, so that every call in CloudTrail says what it was for."""
    return f"{offer.VENDOR_SLUG}-{installation_name}-{phase}"


def static_session(
    access_key_id: str, secret_access_key: str, session_token: str, region: str
) -> boto3.session.Session:
    """A session with exactly these credentials, which end when they end."""
    return boto3.session.Session(
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
        aws_session_token=session_token,
        region_name=region,
        botocore_session=_botocore_session(),
    )


def _ec2(session: RoleSession, region: str) -> Any:
    return client(
        static_session(session.access_key_id, session.secret_access_key, session.session_token, region), "ec2"
    )


def _botocore_session() -> botocore.session.Session:
    """Sessions share one loader: reading the models of EC2 again costs a tenth of a second each time."""
    session = botocore.session.get_session()
    session.register_component("data_loader", _LOADER)
    return session


def _request_id(metadata: Mapping[str, Any]) -> str:
    return str(metadata.get("RequestId", ""))
