"""The sandbox's own endpoints, and what every reply of AWS carries."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import ClientError

from installer.sandbox import SandboxInfo
from tests.sandbox.support.actors import CUSTOMER, Actor

TOKEN = "not-the-token"


def post(info: SandboxInfo, body: object, token: str = TOKEN) -> int:
    request = urllib.request.Request(
        f"{info.endpoint_url}/_sandbox/workload-credentials",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


def test_workload_credentials_need_the_token(sandbox: SandboxInfo) -> None:
    assert post(sandbox, {"role_arn": f"arn:aws:iam::{CUSTOMER}:role/x"}) == 401


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config", "/_localstack/init", "/_sandbox/nowhere"])
def test_administration_is_closed(sandbox: SandboxInfo, path: str) -> None:
    request = urllib.request.Request(f"{sandbox.endpoint_url}{path}", b"{}")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5)


def test_every_reply_has_the_time_of_aws(admin: Actor, reader: Actor) -> None:
    """The Date header is AWS's clock, also on refusals.

    https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonResponseHeaders.html (Date)
    """
    headers = [admin("sts").get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]]
    headers.append(admin("ec2").describe_vpcs()["ResponseMetadata"]["HTTPHeaders"])
    with pytest.raises(ClientError) as caught:
        reader("iam").create_user(UserName="nobody")
    headers.append(caught.value.response["ResponseMetadata"]["HTTPHeaders"])
    for found in headers:
        assert abs((parsedate_to_datetime(found["date"]) - datetime.now(UTC)).total_seconds()) < 5
