"""What a workload gets from its service: credentials of its role, while the role exists and trusts the service."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any

import pytest

# The layer imports ministack, which reads its settings at that moment; nothing is served here.
os.environ.setdefault("AUTH", "true")

from ministack.services import iam, sts

from installer.sandbox.aws import control

ARN = "arn:aws:iam::222222222222:role/release/popsql/popsql-app"


def _role(principal: dict[str, str]) -> dict[str, Any]:
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    import json

    return {"RoleName": "popsql-app", "Arn": ARN, "RoleId": "AROAX", "AssumeRolePolicyDocument": json.dumps(trust)}


@pytest.fixture
def role(request: pytest.FixtureRequest) -> Any:
    iam._roles.set_scoped("222222222222", None, "popsql-app", _role(request.param))
    yield
    iam._roles.pop_scoped("222222222222", None, "popsql-app")
    sts._sessions.clear()


@pytest.mark.parametrize("role", [{"Service": "ec2.amazonaws.com"}, {"Federated": "oidc"}], indirect=True)
def test_a_role_that_trusts_a_service_gets_a_session(role: None) -> None:
    status, document = control.workload_credentials({"role_arn": ARN})
    assert status == HTTPStatus.OK
    session = sts._sessions[document["AccessKeyId"]]
    assert session["Arn"] == "arn:aws:sts::222222222222:assumed-role/popsql-app/workload"
    assert session["SessionToken"] == document["Token"]
    assert session["UserId"].startswith("AROAX:")


@pytest.mark.parametrize("role", [{"AWS": "arn:aws:iam::111111111111:role/release-deploy"}], indirect=True)
def test_a_role_that_trusts_no_service_gets_none(role: None) -> None:
    assert control.workload_credentials({"role_arn": ARN})[0] == HTTPStatus.FORBIDDEN


def test_a_role_that_is_gone_gets_none() -> None:
    assert control.workload_credentials({"role_arn": ARN})[0] == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("asked", [None, [], {}, {"role_arn": 7}, {"role_arn": "arn:aws:iam::1:user/x"}])
def test_anything_else_is_a_bad_request(asked: object) -> None:
    assert control.workload_credentials(asked)[0] == HTTPStatus.BAD_REQUEST
