"""installer/steps/network.py: wishes and a scripted account in, a network or a refusal with its fix out."""

import json
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from installer.answers import Account, Answers, Network, Wishes
from installer.aws.clients import Aws
from installer.claims import NetworkAsked
from installer.context import Context
from installer.errors import NetworkError
from installer.evidence import State
from installer.journal import Journal
from installer.steps import Severity
from installer.steps.network import RegionChoice, Survey, check, run, survey
from installer.tools import Tools
from tests.support.answers import invitation
from tests.support.aws import Wire, ec2, refusal, wired

CTX = Context()
NETWORK = {
    "allowed_regions": ["eu-west-1", "us-east-1", "me-south-1"],
    "prefix_length": {"default": 16, "min": 16, "max": 24},
    "avoid": ["10.64.0.0/12"],
}
STATUS = {
    "ap-east-1": "not-opted-in",
    "eu-north-1": "opt-in-not-required",
    "eu-west-1": "opt-in-not-required",
    "me-south-1": "not-opted-in",
    "us-east-1": "opt-in-not-required",
}
NO_PEERINGS = ec2("DescribeVpcPeeringConnections", "<vpcPeeringConnectionSet/>")


def no_download(url: str) -> bytes:
    raise AssertionError(f"nothing is downloaded here: {url}")


def tools_with(aws: Aws, path: Path) -> Tools:
    return Tools(aws=aws, journal=Journal(path / "journal.jsonl"), vendor=None, download=no_download)


def uses(wire: Wire, *blocks: str) -> None:
    items = "".join(
        f"<item><vpcId>vpc-{number}</vpcId><ownerId>222222222222</ownerId><cidrBlock>{block}</cidrBlock></item>"
        for number, block in enumerate(blocks)
    )
    wire.script("DescribeVpcs", ec2("DescribeVpcs", f"<vpcSet>{items}</vpcSet>"), region="eu-north-1")


@pytest.fixture
def wire_and_tools(tmp_path: Path) -> tuple[Wire, Tools]:
    aws, wire = wired()
    items = "".join(
        f"<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>"
        for name, status in STATUS.items()
    )
    wire.script("DescribeRegions", ec2("DescribeRegions", f"<regionInfo>{items}</regionInfo>"))
    wire.script("DescribeVpcs", ec2("DescribeVpcs", "<vpcSet/>"))
    wire.script("DescribeVpcPeeringConnections", NO_PEERINGS)
    wire.script("DescribeRouteTables", ec2("DescribeRouteTables", "<routeTableSet/>"))
    return wire, tools_with(aws, tmp_path)


def wishing(**wishes: object) -> Answers:
    asked = NetworkAsked.model_validate_json(json.dumps(NETWORK))
    return Answers(
        invitation=invitation().model_copy(update={"network": asked}),
        wishes=replace(Wishes("popsql"), **wishes),  # type: ignore[arg-type]
        account=Account("222222222222", "arn:aws:iam::222222222222:user/jane", "AIDA1", "aws", "acme", False),
    )


def refused(answers: Answers, tools: Tools) -> NetworkError:
    """The refusal of `run`; `check` must have found it, too."""
    with pytest.raises(NetworkError) as caught:
        run(answers, tools, CTX)
    blockers = [one for one in check(answers, tools, CTX) if one.severity is Severity.BLOCKER]
    assert (caught.value.message, caught.value.fix) in [(one.sentence, one.fix) for one in blockers]
    assert caught.value.fix
    return caught.value


def settled(answers: Answers, tools: Tools) -> Network:
    network = run(answers, tools, CTX).network
    assert network is not None
    return network


class TestRegion:
    def test_is_that_of_the_stacks_where_the_vendor_offers_it(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        _, tools = wire_and_tools
        assert settled(wishing(), tools).region == "us-east-1"

    @pytest.mark.parametrize("stack_region", ["eu-north-1", "me-south-1"])
    def test_is_else_the_first_that_is_offered_and_enabled(
        self, wire_and_tools: tuple[Wire, Tools], stack_region: str
    ) -> None:
        _, tools = wire_and_tools
        assert settled(wishing(stack_region=stack_region), tools).region == "eu-west-1"

    def test_is_the_one_asked_for(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        _, tools = wire_and_tools
        assert settled(wishing(region="eu-west-1"), tools).region == "eu-west-1"

    def test_is_refused_where_the_vendor_does_not_offer_it(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        error = refused(wishing(region="eu-north-1"), wire_and_tools[1])
        assert error.message == "The vendor does not offer the region eu-north-1."
        assert error.fix == "Choose one of eu-west-1, us-east-1."

    def test_is_refused_where_it_is_not_enabled(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        error = refused(wishing(region="me-south-1"), wire_and_tools[1])
        assert error.message == "The region me-south-1 is not enabled in this account."
        assert "eu-west-1" in error.fix

    def test_is_missing_where_none_of_the_vendors_is_enabled(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        only = "<item><regionName>ca-west-1</regionName><optInStatus>opted-in</optInStatus></item>"
        wire.script("DescribeRegions", ec2("DescribeRegions", f"<regionInfo>{only}</regionInfo>"))
        assert "None of the vendor's regions is enabled" in refused(wishing(), tools).message


class TestBlock:
    def test_is_suggested_clear_of_everything(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        uses(wire, "10.48.0.0/16")
        network = settled(wishing(avoid=(IPv4Network("10.16.0.0/12"),)), tools)
        assert network.cidr.prefixlen == 16
        taken = ("10.48.0.0/16", "10.16.0.0/12", "10.64.0.0/12")
        assert not any(network.cidr.overlaps(IPv4Network(other)) for other in taken)

    def test_is_suggested_in_the_size_asked_for(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        assert settled(wishing(prefix_length=22), wire_and_tools[1]).cidr.prefixlen == 22

    def test_is_the_one_asked_for_where_it_is_free(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        network = settled(wishing(cidr=IPv4Network("10.0.0.0/20")), wire_and_tools[1])
        assert network.cidr == IPv4Network("10.0.0.0/20")
        assert network.evidence[0].state is State.VERIFIED

    def test_is_refused_where_something_uses_it_with_reason_and_another(
        self, wire_and_tools: tuple[Wire, Tools]
    ) -> None:
        wire, tools = wire_and_tools
        uses(wire, "10.1.0.0/20", "10.1.64.0/20")
        error = refused(wishing(cidr=IPv4Network("10.1.0.0/16")), tools)
        assert error.message == (
            "10.1.0.0/16 cannot be used. 10.1.0.0/20 is a block of VPC vpc-0 in eu-north-1, account 222222222222. "
            "Conflicts in all: 2."
        )
        assert error.fix.startswith("Use 10.16.0.0/16.")
        assert set(error.details) == {"10.1.0.0/20 vpc-0", "10.1.64.0/20 vpc-1"}

    @pytest.mark.parametrize(
        ("block", "reason"),
        [
            ("10.64.0.0/16", "the vendor asks to avoid"),
            ("10.99.0.0/16", "you asked to avoid"),
            ("172.17.0.0/16", "Docker"),
            ("10.100.0.0/16", "EKS"),
        ],
    )
    def test_is_refused_where_it_is_to_be_avoided(
        self, wire_and_tools: tuple[Wire, Tools], block: str, reason: str
    ) -> None:
        answers = wishing(cidr=IPv4Network(block), avoid=(IPv4Network("10.99.1.0/24"),))
        assert reason in refused(answers, wire_and_tools[1]).message

    @pytest.mark.parametrize(
        "wishes", [{"prefix_length": 25}, {"cidr": IPv4Network("10.0.0.0/28")}, {"cidr": IPv4Network("10.0.0.0/15")}]
    )
    def test_is_refused_outside_the_products_sizes(
        self, wire_and_tools: tuple[Wire, Tools], wishes: dict[str, object]
    ) -> None:
        assert "between /16 and /24" in refused(wishing(**wishes), wire_and_tools[1]).message

    def test_is_refused_with_public_addresses(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        error = refused(wishing(cidr=IPv4Network("8.8.0.0/16")), wire_and_tools[1])
        assert error.message == "8.8.0.0/16 holds public addresses."

    def test_may_be_smaller_where_the_house_is_nearly_full(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        uses(wire, "10.0.0.0/9", "10.128.0.0/10", "10.192.0.0/11", "10.224.0.0/12", "10.240.0.0/13", "10.248.0.0/14")
        everything = ("10.252.0.0/15", "10.254.0.0/16", "10.255.0.0/17", "172.16.0.0/12", "192.168.0.0/16")
        answers = wishing(avoid=tuple(map(IPv4Network, (*everything, "100.64.0.0/10"))))
        error = refused(answers, tools)
        assert error.message == "No block of the size /16 is free."
        assert error.fix == "Choose a smaller block: 10.255.128.0/17 is free."

    def test_is_missing_in_a_full_house(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        full = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
        assert "Release a block" in refused(wishing(avoid=full), wire_and_tools[1]).fix


class TestCheck:
    def test_tells_everything_at_once(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        uses(wire, "10.1.0.0/16")
        wire.script("DescribeRouteTables", refusal("UnauthorizedOperation"), region="us-east-1")
        findings = check(wishing(region="eu-north-1", cidr=IPv4Network("10.1.0.0/16")), tools, CTX)
        assert [one.severity for one in findings] == [
            *(Severity.BLOCKER, Severity.BLOCKER),
            *(Severity.CAUTION, Severity.INFO),
        ]
        assert findings[2].sentence == (
            "Not checked: ec2:DescribeRouteTables in us-east-1. You may not call ec2:DescribeRouteTables."
        )
        assert "transit gateways" in findings[3].sentence

    def test_does_not_pass_what_was_not_checked_as_checked(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        wire.script("DescribeRouteTables", refusal("UnauthorizedOperation"), region="us-east-1")
        states = [one.state for one in settled(wishing(), tools).evidence]
        assert states == [State.VERIFIED, State.NOT_CHECKED, State.NOT_CHECKED]

    def test_asks_only_enabled_regions(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        check(wishing(), tools, CTX)
        asked = {request.region for request in wire.sent if request.operation == "DescribeVpcs"}
        assert asked == {"eu-north-1", "eu-west-1", "us-east-1"}


class TestSurvey:
    """Read once, it answers for whatever the person wishes next, without another call."""

    @pytest.fixture
    def read(self, wire_and_tools: tuple[Wire, Tools]) -> Survey:
        wire, tools = wire_and_tools
        uses(wire, "10.1.0.0/16")
        wire.script("DescribeRouteTables", refusal("UnauthorizedOperation"), region="us-east-1")
        read = survey(wishing(), tools, CTX)
        wire.script("DescribeRegions", refusal("Unexpected"))
        wire.script("DescribeVpcs", refusal("Unexpected"))
        return read

    def test_says_which_of_the_offered_regions_can_be_used(self, read: Survey) -> None:
        asked = NetworkAsked.model_validate_json(
            json.dumps({**NETWORK, "allowed_regions": ["me-south-1", "eu-west-1", "xx-moon-1"]})
        )
        answers = wishing()
        answers = replace(answers, invitation=answers.invitation.model_copy(update={"network": asked}))
        assert read.offered(answers) == (
            RegionChoice("me-south-1", "Middle East (Bahrain)", False, "It is not enabled in this account."),
            RegionChoice("eu-west-1", "Europe (Ireland)", True),
            RegionChoice("xx-moon-1", "xx-moon-1", False, "AWS does not tell of it in this account."),
        )

    def test_suggests_what_settling_takes(self, read: Survey) -> None:
        for wishes in ({}, {"prefix_length": 20}, {"avoid": (IPv4Network("10.0.0.0/9"),)}):
            suggested = read.suggested(wishing(**wishes))
            assert suggested is not None
            assert read.settle(wishing(**wishes)).cidr == suggested.block
        other = read.suggested(wishing(), 24)
        assert other is not None
        assert other.block.prefixlen == 24

    def test_judges_a_block_by_everything_that_is_known(self, read: Survey) -> None:
        answers = wishing(avoid=(IPv4Network("10.99.0.0/16"),))
        verdicts = {text: read.judge(answers, IPv4Network(text)) for text in ("10.1.0.0/20", "10.99.1.0/24")}
        assert [verdict.usable for verdict in verdicts.values()] == [False, False]
        assert read.judge(wishing(), IPv4Network("10.99.1.0/24")).usable
        for impossible in ("10.0.0.0/15", "10.0.0.0/25", "8.8.0.0/16"):
            with pytest.raises(NetworkError):
                read.judge(answers, IPv4Network(impossible))

    def test_lists_what_is_used_or_kept_free_by_address(self, read: Survey) -> None:
        used = read.used(wishing(avoid=(IPv4Network("10.0.0.0/24"),)))
        assert [str(known.block) for known in used] == [
            *("10.0.0.0/24", "10.1.0.0/16", "10.64.0.0/12", "10.100.0.0/16"),
            *("169.254.0.0/16", "172.17.0.0/16", "172.20.0.0/16"),
        ]

    def test_does_not_hide_what_it_could_not_read(self, read: Survey) -> None:
        assert [(missing.region, missing.call) for missing in read.unread] == [("us-east-1", "ec2:DescribeRouteTables")]

    def test_is_what_check_and_run_say(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        _, tools = wire_and_tools
        read = survey(wishing(), tools, CTX)
        assert read.findings(wishing()) == check(wishing(), tools, CTX)
        assert replace(read.settle(wishing()), evidence=()) == replace(settled(wishing(), tools), evidence=())
        assert read.existing(wishing()) is None


class TestReconnect:
    """A VPC with the installation's tag is its own, and no conflict."""

    @pytest.fixture
    def tools(self, wire_and_tools: tuple[Wire, Tools]) -> Tools:
        wire, tools = wire_and_tools
        wire.script(
            "DescribeVpcs", ec2("DescribeVpcs", f"<vpcSet>{own('vpc-1', '10.48.0.0/16')}</vpcSet>"), region="eu-west-1"
        )
        return tools

    @pytest.mark.parametrize("wishes", [{}, {"region": "eu-west-1"}, {"cidr": IPv4Network("10.48.0.0/16")}])
    def test_takes_the_network_of_the_running_product(self, tools: Tools, wishes: dict[str, object]) -> None:
        network = settled(wishing(**wishes), tools)
        assert (network.region, network.cidr) == ("eu-west-1", IPv4Network("10.48.0.0/16"))
        assert [(found.state, found.detail) for found in network.evidence] == [(State.VERIFIED, "vpc-1")]
        assert check(wishing(**wishes), tools, CTX) == ()
        existing = survey(wishing(), tools, CTX).existing(wishing(**wishes))
        assert existing is not None
        assert (existing.region, existing.cidr) == (network.region, network.cidr)

    @pytest.mark.parametrize("wishes", [{"region": "us-east-1"}, {"cidr": IPv4Network("10.49.0.0/16")}])
    def test_refuses_another_and_says_which_there_is(self, tools: Tools, wishes: dict[str, object]) -> None:
        error = refused(wishing(**wishes), tools)
        assert error.message == "popsql already runs in eu-west-1 with the block 10.48.0.0/16."
        assert [finding.sentence for finding in check(wishing(**wishes), tools, CTX)] == [error.message]

    def test_does_not_choose_between_two(self, wire_and_tools: tuple[Wire, Tools]) -> None:
        wire, tools = wire_and_tools
        both = own("vpc-1", "10.48.0.0/16") + own("vpc-2", "10.49.0.0/16")
        wire.script("DescribeVpcs", ec2("DescribeVpcs", f"<vpcSet>{both}</vpcSet>"), region="eu-west-1")
        assert "more than one network: 10.48.0.0/16 in eu-west-1, 10.49.0.0/16" in refused(wishing(), tools).message


def own(vpc_id: str, block: str) -> str:
    tag = "<tagSet><item><key>houseguest:installation</key><value>popsql</value></item></tagSet>"
    return f"<item><vpcId>{vpc_id}</vpcId><ownerId>222222222222</ownerId><cidrBlock>{block}</cidrBlock>{tag}</item>"
