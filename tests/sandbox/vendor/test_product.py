"""The product's own view: whose credentials it uses, how long it keeps them, what it says when it gets none."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from installer.sandbox.vendor.product import ControlEndpoint, CredentialsRefused, Product, WorkloadCredentials
from installer.sandbox.vendor.settings import SandboxControl
from tests.sandbox.vendor.support import Clock
from tests.sandbox.vendor.test_plan import PLAN

CONTROL = SandboxControl("http://127.0.0.1:1/_sandbox/workload-credentials", "secret-token")


class Source:
    """Gives credentials of an hour that lead nowhere, and remembers for whom."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.asked: list[str] = []

    def get(self, role_arn: str) -> WorkloadCredentials:
        self.asked.append(role_arn)
        return WorkloadCredentials("ASIA", "secret", "token", self._clock() + timedelta(hours=1))


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens on this port."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


@pytest.mark.usefixtures("nowhere")
def test_every_check_is_told_when_aws_does_not_answer() -> None:
    clock = Clock()
    checks = Product(Source(clock), clock).check(PLAN)
    assert [(check.name, check.passed) for check in checks] == [
        ("credentials", True),
        ("bucket", False),
        ("secret", False),
        ("cluster", False),
        ("load-balancer", False),
    ]
    assert "AWS did not answer" in checks[1].detail


@pytest.mark.usefixtures("nowhere")
def test_credentials_are_those_of_the_products_role_and_kept_until_they_end() -> None:
    clock = Clock()
    source = Source(clock)
    product = Product(source, clock)
    product.check(PLAN)
    product.check(PLAN)
    assert source.asked == [PLAN.role_arn("app")]
    clock.advance(minutes=55)
    product.check(PLAN)
    assert len(source.asked) == 2


def control(answer: httpx.Response | Exception, seen: list[httpx.Request]) -> ControlEndpoint:
    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ControlEndpoint(CONTROL, httpx.MockTransport(handle))


def test_the_control_endpoint_is_asked_with_its_token() -> None:
    seen: list[httpx.Request] = []
    issued = {"AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t", "Expiration": "2030-01-01T00:00:00Z"}
    got = control(httpx.Response(200, json=issued), seen).get("arn:aws:iam::1:role/x")
    assert got == WorkloadCredentials("ASIA", "s", "t", datetime(2030, 1, 1, tzinfo=UTC))
    assert seen[0].headers["authorization"] == "Bearer secret-token"
    assert seen[0].read() == b'{"role_arn":"arn:aws:iam::1:role/x"}'


@pytest.mark.parametrize("answer", [httpx.Response(404), httpx.ConnectError("refused")])
def test_a_role_without_credentials_is_told_without_the_token(answer: httpx.Response | Exception) -> None:
    with pytest.raises(CredentialsRefused) as raised:
        control(answer, []).get("arn:aws:iam::1:role/x")
    assert "secret-token" not in str(raised.value)
