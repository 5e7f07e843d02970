"""installer/aws/clients.py: real botocore clients whose requests meet scripted answers."""

import gc
import threading
from datetime import UTC, datetime

import pytest

from installer import __version__
from installer.aws.clients import HOME_REGION, Aws
from installer.context import CancelToken, Context
from installer.errors import (
    AwsError,
    AwsUnreachable,
    Cancelled,
    PermissionMissing,
    SignInNeeded,
    Throttled,
    WrongAccount,
)
from installer.web import is_loopback_url
from tests.support.aws import Answer, Provider, Request, Wire, ec2, refusal, silence, wired

VPCS = "ec2:DescribeVpcs"
NO_VPCS = ec2("DescribeVpcs", "<vpcSet/>")
CTX = Context()


def one_vpc(vpc_id: str, next_token: str = "") -> Answer:
    token = f"<nextToken>{next_token}</nextToken>" if next_token else ""
    return ec2("DescribeVpcs", f"<vpcSet><item><vpcId>{vpc_id}</vpcId></item></vpcSet>{token}")


class TestCall:
    def test_returns_what_aws_said_and_when(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", one_vpc("vpc-1"))
        reply = aws.call(CTX, VPCS, region="eu-west-1", VpcIds=["vpc-1"])
        assert reply["Vpcs"][0]["VpcId"] == "vpc-1"
        assert reply.get("Nothing", "else") == "else"
        assert reply.call == VPCS
        assert reply.request_id == "r-1"
        assert reply.at == datetime(2026, 3, 1, 12, tzinfo=UTC)
        assert aws.clock.skew is not None
        assert wire.sent[0].region == "eu-west-1"
        assert "VpcId.1=vpc-1" in wire.sent[0].body
        assert aws.calls_made == {VPCS: 1}

    def test_goes_to_the_home_region_unless_told(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", NO_VPCS)
        aws.call(CTX, VPCS)
        assert wire.sent[0].region == HOME_REGION

    def test_names_itself_to_aws(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", NO_VPCS)
        aws.call(CTX, VPCS)
        assert f"houseguest/{__version__}" in wire.sent[0].user_agent

    def test_raises_the_engines_errors(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", refusal("UnauthorizedOperation", "You are not authorized."))
        with pytest.raises(PermissionMissing) as caught:
            aws.call(CTX, VPCS)
        assert caught.value.details["aws_message"] == "You are not authorized."
        assert caught.value.details["request_id"] == "request-of-UnauthorizedOperation"

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (refusal("RequestLimitExceeded", status=503), Throttled),
            (silence(), AwsUnreachable),
            (Answer(502), AwsUnreachable),
        ],
    )
    def test_tries_five_times(self, answer: Answer, kind: type[AwsError]) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", answer)
        with pytest.raises(kind):
            aws.call(CTX, VPCS)
        assert len(wire.sent) == 5

    def test_goes_on_after_a_passing_fault(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", silence(), Answer(500), one_vpc("vpc-1"))
        assert aws.call(CTX, VPCS)["Vpcs"]

    @pytest.mark.parametrize("body", ["", "<html>Sign in to the hotel's network", "{}", "<a></b>"])
    def test_takes_an_unreadable_answer_for_silence(self, body: str) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", Answer(200, body))
        with pytest.raises(AwsUnreachable, match="cannot be read"):
            aws.call(CTX, VPCS)

    def test_makes_none_after_a_stop(self) -> None:
        aws, wire = wired()
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            aws.call(Context(cancel=token), VPCS)
        assert wire.sent == []


class TestPages:
    def test_are_followed_to_the_end(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", one_vpc("vpc-1", "two"), one_vpc("vpc-2", "three"), one_vpc("vpc-3"))
        assert [vpc["VpcId"] for vpc in aws.pages(CTX, VPCS, "Vpcs")] == ["vpc-1", "vpc-2", "vpc-3"]
        assert ["NextToken=two" in wire.sent[1].body, "NextToken=three" in wire.sent[2].body] == [True, True]
        assert aws.calls_made == {VPCS: 3}

    def test_stop_between_two(self) -> None:
        aws, wire = wired()
        token = CancelToken()

        def cancel(_request: Request) -> Answer:
            token.cancel()
            return one_vpc("vpc-1", "two")

        wire.script("DescribeVpcs", cancel)
        with pytest.raises(Cancelled):
            aws.pages(Context(cancel=token), VPCS, "Vpcs")
        assert len(wire.sent) == 1


class TestSignIn:
    def test_that_ended_is_renewed_and_the_call_goes_on(self) -> None:
        wire = Wire()
        provider = Provider(wire, renew=lambda ended: None)
        aws = Aws(provider)
        wire.script("DescribeVpcs", refusal("RequestExpired", status=400), one_vpc("vpc-1"))
        assert aws.call(CTX, VPCS)["Vpcs"]
        assert (provider.renewals, provider.sessions) == (1, 2)

    def test_that_ends_between_pages_starts_the_list_anew(self) -> None:
        wire = Wire()
        aws = Aws(Provider(wire, renew=lambda ended: None))
        first, second = one_vpc("vpc-1", "two"), one_vpc("vpc-2")
        wire.script("DescribeVpcs", first, refusal("RequestExpired", status=400), first, second)
        assert [vpc["VpcId"] for vpc in aws.pages(CTX, VPCS, "Vpcs")] == ["vpc-1", "vpc-2"]

    def test_is_needed_where_there_is_nobody_to_ask(self) -> None:
        aws, wire = wired()
        wire.script("DescribeVpcs", refusal("RequestExpired", status=400))
        with pytest.raises(SignInNeeded) as caught:
            aws.call(CTX, VPCS)
        assert caught.value.exit_code == 3

    def test_is_asked_for_once_when_many_threads_meet_its_end(self) -> None:
        wire = Wire()
        provider = Provider(wire, renew=lambda ended: None)
        aws = Aws(provider)
        together = threading.Barrier(4)
        met = threading.local()

        def expired_at_first(_request: Request) -> Answer:
            if not hasattr(met, "end"):
                met.end = True
                together.wait(10)
                return refusal("RequestExpired", status=400)
            return one_vpc("vpc-1")

        wire.script("DescribeVpcs", expired_at_first)
        found: list[str] = []
        threads = [
            threading.Thread(target=lambda: found.append(aws.call(CTX, VPCS)["Vpcs"][0]["VpcId"])) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert found == ["vpc-1"] * 4
        assert provider.renewals == 1

    def test_is_not_asked_for_without_end_where_it_cannot_help(self) -> None:
        wire = Wire()
        provider = Provider(wire, renew=lambda ended: None)
        wire.script("DescribeVpcs", refusal("AuthFailure", status=401))
        with pytest.raises(SignInNeeded):
            Aws(provider).call(CTX, VPCS, region="me-south-1")
        assert provider.renewals == 1

    def test_as_somebody_else_lets_no_call_out(self) -> None:
        wire = Wire()

        def same_identity(_aws: Aws, _ctx: Context) -> None:
            raise WrongAccount("That is another account.")

        aws = Aws(Provider(wire, renew=lambda ended: None), same_identity=same_identity)
        wire.script("DescribeVpcs", refusal("RequestExpired", status=400), one_vpc("vpc-1"))
        for _ in range(2):
            with pytest.raises(WrongAccount):
                aws.call(CTX, VPCS)
        assert len(wire.sent) == 1

    def test_as_the_same_identity_is_proved_by_a_call_of_its_own(self) -> None:
        wire = Wire()
        proved: list[str] = []

        def same_identity(aws: Aws, ctx: Context) -> None:
            proved.append(aws.call(ctx, "ec2:DescribeRegions").request_id)

        aws = Aws(Provider(wire, renew=lambda ended: None), same_identity=same_identity)
        wire.script("DescribeVpcs", refusal("RequestExpired", status=400), one_vpc("vpc-1"))
        wire.script("DescribeRegions", ec2("DescribeRegions", "<regionInfo/>"))
        assert aws.call(CTX, VPCS)["Vpcs"]
        assert proved == ["r-1"]
        assert [request.operation for request in wire.sent] == ["DescribeVpcs", "DescribeRegions", "DescribeVpcs"]


class TestLoopback:
    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1:4566/", "http://localhost:1", "http://[::1]:2", "http://127.9.9.9"]
    )
    def test_is_this_computer(self, url: str) -> None:
        assert is_loopback_url(url)

    @pytest.mark.parametrize(
        "url",
        [
            *(
                "https://ec2.eu-west-1.amazonaws.com",
                "http://127.0.0.1.example.com",
                "http://localhost.example.com",
                "",
            ),
            *("http://10.0.0.1", "http://0.0.0.0", "http://169.254.169.254", "http://user:127.0.0.1@example.com"),
        ],
    )
    def test_is_nothing_else(self, url: str) -> None:
        assert not is_loopback_url(url)

    def test_is_never_left_by_a_session_that_is_pointed_at_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        wire = Wire()
        provider = Provider(wire)
        session = provider.session()

        def redirect(request: object, **_: object) -> None:
            request.url = "https://ec2.us-east-1.amazonaws.com/"  # type: ignore[attr-defined]

        session.get_component("event_emitter").register_first("before-send", redirect)
        provider.session = lambda: session  # type: ignore[method-assign]
        aws = Aws(provider)
        assert aws.is_local
        with pytest.raises(AwsError, match="anything but this computer"):
            aws.call(CTX, VPCS)


def test_clients_are_made_once_and_leave_the_collector_as_it_was() -> None:
    wire = Wire()
    provider = Provider(wire)
    aws = Aws(provider)
    wire.script("DescribeVpcs", NO_VPCS)
    assert gc.isenabled()
    for _ in range(2):
        aws.call(CTX, VPCS)
    assert gc.isenabled()
    assert provider.sessions == 1
