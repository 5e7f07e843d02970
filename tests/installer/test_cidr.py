"""installer/cidr.py, against a model that tries every block."""

from contextlib import suppress
from ipaddress import IPv4Network
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installer.cidr import (
    AVOIDED,
    CUSTOMARY,
    PRIVATE,
    Range,
    RangeSource,
    Use,
    conflicts,
    free_blocks,
    free_ranges,
    judge,
    parse_block,
    parse_range,
    suggest,
)
from installer.errors import NetworkError, UsageError

WORLD = IPv4Network("10.64.0.0/20")  # small enough to try every block, and outside what is avoided


def nets(*texts: str) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, texts))


def used_by_vpc(text: str) -> Range:
    return Range(IPv4Network(text), RangeSource(Use.VPC, "222222222222", "eu-west-1", "prod", "vpc-1"))


@st.composite
def blocks(draw: st.DrawFn, shortest: int = 20, longest: int = 28) -> IPv4Network:
    prefix = draw(st.integers(shortest, longest))
    index = draw(st.integers(0, (1 << (prefix - WORLD.prefixlen)) - 1))
    return IPv4Network((int(WORLD.network_address) + (index << (32 - prefix)), prefix))


some_blocks = st.lists(blocks(), max_size=8).map(tuple)
some_within = st.lists(blocks(longest=23), min_size=1, max_size=4).map(tuple)
prefixes = st.integers(20, 28)


def model(prefix: int, used: tuple[IPv4Network, ...], within: tuple[IPv4Network, ...]) -> list[IPv4Network]:
    """Every block, tried address by address."""
    allowed = {
        int(address) for block in within for address in (block.network_address + n for n in range(block.num_addresses))
    }
    taken = {
        int(address) for block in used for address in (block.network_address + n for n in range(block.num_addresses))
    }
    free = allowed - taken
    return [
        block
        for block in WORLD.subnets(new_prefix=prefix)
        if all(int(block.network_address) + n in free for n in range(block.num_addresses))
    ]


class TestFreeBlocks:
    @given(prefixes, some_blocks, some_within)
    @settings(deadline=None)
    def test_are_those_of_the_model(
        self, prefix: int, used: tuple[IPv4Network, ...], within: tuple[IPv4Network, ...]
    ) -> None:
        assert list(free_blocks(prefix, used, within)) == model(prefix, used, within)

    @given(prefixes, some_blocks, some_within)
    @settings(deadline=None)
    def test_as_ranges_are_the_same_blocks_in_as_few_pieces_as_can_be(
        self, prefix: int, used: tuple[IPv4Network, ...], within: tuple[IPv4Network, ...]
    ) -> None:
        ranges = free_ranges(prefix, used, within)
        assert [block for room in ranges for block in room.subnets(new_prefix=prefix)] == model(prefix, used, within)
        parents = [room.supernet() for room in ranges if room.prefixlen > 0]
        assert len(set(parents)) == len(parents)  # two halves of one block would be told as that block

    def test_span_two_allowed_halves(self) -> None:
        halves = nets("10.64.0.0/25", "10.64.0.128/25")
        assert list(free_blocks(24, (), halves)) == list(nets("10.64.0.0/24"))

    def test_reach_both_ends_of_all_addresses(self) -> None:
        everything = nets("0.0.0.0/0")
        assert list(free_blocks(1, (), everything)) == list(nets("0.0.0.0/1", "128.0.0.0/1"))
        assert list(free_blocks(0, (), everything)) == list(everything)
        assert list(
            free_blocks(
                32,
                nets("0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/3", "224.0.0.0/4", "240.0.0.0/5"),
                nets("255.255.255.254/31"),
            )
        ) == list(nets("255.255.255.254/32", "255.255.255.255/32"))
        assert free_ranges(8, (), everything) == everything

    def test_are_in_all_private_ranges_unless_told(self) -> None:
        found = set(free_blocks(16, ()))
        assert len(found) == 256 + 16 + 1 + 64
        assert all(any(block.subnet_of(private) for private in PRIVATE) for block in found)

    def test_of_a_thousand_vpcs(self) -> None:
        used = [
            IPv4Network((int(IPv4Network("10.0.0.0/8").network_address) + number * 3 * 4096, 20))
            for number in range(1300)
        ]
        assert next(free_blocks(28, used)) == IPv4Network("10.0.16.0/28")
        assert suggest(24, used) is not None

    @pytest.mark.parametrize("prefix", [-1, 33])
    def test_need_a_prefix_length(self, prefix: int) -> None:
        with pytest.raises(UsageError, match="prefix length"):
            list(free_blocks(prefix, ()))


class TestSuggest:
    @given(prefixes, some_blocks, some_within)
    @settings(deadline=None)
    def test_names_a_free_block_exactly_when_there_is_one(
        self, prefix: int, used: tuple[IPv4Network, ...], within: tuple[IPv4Network, ...]
    ) -> None:
        free = model(prefix, used, within)
        suggestion = suggest(prefix, used, within)
        assert (suggestion is None) == (not free)
        if suggestion:
            assert suggestion.block in free

    @given(prefixes, some_blocks, some_within)
    @settings(deadline=None)
    def test_leaves_room_to_grow_wherever_there_is_some(
        self, prefix: int, used: tuple[IPv4Network, ...], within: tuple[IPv4Network, ...]
    ) -> None:
        suggestion = suggest(prefix, used, within)
        if suggestion:
            free = set(model(prefix, used, within))
            can_grow = {block for block in free if set(block.supernet().subnets()) <= free}
            assert suggestion.block in can_grow or not can_grow

    @given(some_blocks, st.randoms())
    def test_does_not_depend_on_the_order_of_what_is_used(self, used: tuple[IPv4Network, ...], random: Random) -> None:
        shuffled = list(used)
        random.shuffle(shuffled)
        assert suggest(24, used) == suggest(24, shuffled)

    def test_of_an_empty_account_is_nobodys_default(self) -> None:
        suggestion = suggest(16, ())
        assert suggestion is not None
        assert suggestion.block == IPv4Network("10.64.0.0/16")
        assert suggestion.why == "Nothing that is known uses any of 10.64.0.0/12, so there is room to grow beside it."

    @pytest.mark.parametrize("prefix", [16, 20, 24, 28])
    def test_keeps_away_from_defaults_of_others(self, prefix: int) -> None:
        suggestion = suggest(prefix, nets("10.1.0.0/16", "10.64.0.0/10"))
        assert suggestion is not None
        expected = [IPv4Network(text) for tier in CUSTOMARY for text in tier] + [known.block for known in AVOIDED]
        assert not any(suggestion.block.overlaps(other) for other in expected)

    def test_is_far_from_what_is_in_use(self) -> None:
        suggestion = suggest(16, nets("10.48.0.0/16", "10.50.0.0/16", "10.112.0.0/14"))
        assert suggestion is not None
        assert suggestion.block == IPv4Network("10.64.0.0/16")

    def test_takes_a_customary_range_when_nothing_else_is_left_and_says_so(self) -> None:
        suggestion = suggest(16, nets("10.0.0.0/8", "172.16.0.0/12"))
        assert suggestion is not None
        assert suggestion.block == IPv4Network("100.64.0.0/16")
        assert "carriers" in suggestion.why
        assert "nothing else is left" in suggestion.why

    def test_gives_up_the_mildest_customs_first(self) -> None:
        suggestion = suggest(16, (), nets("10.0.0.0/15", "10.128.0.0/15"))
        assert suggestion is not None
        assert suggestion.block == IPv4Network("10.128.0.0/16")

    @pytest.mark.parametrize("avoided", AVOIDED, ids=str)
    def test_never_names_what_the_product_itself_needs(self, avoided: Range) -> None:
        assert suggest(16, (), [avoided.block]) is None

    def test_says_where_it_cannot_grow(self) -> None:
        suggestion = suggest(24, nets("10.64.1.0/24"), nets("10.64.0.0/23"))
        assert suggestion is not None
        assert suggestion.block == IPv4Network("10.64.0.0/24")
        assert "cannot grow" in suggestion.why

    def test_of_a_full_house_is_none(self) -> None:
        assert suggest(28, PRIVATE) is None


class TestConflicts:
    @given(blocks(), some_blocks)
    def test_are_all_ranges_that_share_an_address(self, block: IPv4Network, used: tuple[IPv4Network, ...]) -> None:
        ranges = [Range(other, RangeSource(Use.LISTED)) for other in used]
        found = conflicts(block, ranges)
        assert sorted(found, key=repr) == sorted(
            (known for known in ranges if model_overlaps(known.block, block)), key=repr
        )
        assert [known.block for known in found] == sorted(known.block for known in found)

    def test_say_why(self) -> None:
        (found,) = conflicts(IPv4Network("10.1.128.0/20"), [used_by_vpc("10.1.0.0/16"), used_by_vpc("10.2.0.0/16")])
        assert found.reason == "10.1.0.0/16 is a block of VPC vpc-1 (prod) in eu-west-1, account 222222222222."

    def test_reasons_hold_no_control_characters_of_foreign_names(self) -> None:
        source = RangeSource(Use.VPC, "222222222222", "eu-west-1", "a\x1b[31m\nb{block}", "vpc-1")
        assert "(a[31mb{block})" in Range(IPv4Network("10.1.0.0/16"), source).reason

    @pytest.mark.parametrize("use", Use)
    def test_every_use_has_its_sentence(self, use: Use) -> None:
        reason = Range(IPv4Network("10.1.0.0/16"), RangeSource(use, "1", "r", "n", "i", "t")).reason
        assert reason.startswith("10.1.0.0/16 ")
        assert reason.endswith(".")


def model_overlaps(one: IPv4Network, other: IPv4Network) -> bool:
    return not (one.broadcast_address < other.network_address or other.broadcast_address < one.network_address)


class TestJudge:
    def test_lets_a_free_block_be(self) -> None:
        verdict = judge(IPv4Network("10.0.0.0/16"), [used_by_vpc("10.1.0.0/16")])
        assert verdict.to_json() == {"usable": True, "conflicts": [], "suggestion": None}

    def test_refuses_with_reasons_and_another_block(self) -> None:
        verdict = judge(IPv4Network("10.1.0.0/16"), [used_by_vpc("10.1.4.0/24"), used_by_vpc("10.1.0.0/22")])
        assert verdict.to_json() == {
            "usable": False,
            "conflicts": [
                {"range": "10.1.0.0/22", "reason": used_by_vpc("10.1.0.0/22").reason},
                {"range": "10.1.4.0/24", "reason": used_by_vpc("10.1.4.0/24").reason},
            ],
            "suggestion": "10.64.0.0/16",
        }

    @pytest.mark.parametrize("avoided", AVOIDED, ids=str)
    def test_refuses_what_the_product_itself_needs(self, avoided: Range) -> None:
        assert judge(avoided.block, ()).conflicts == (avoided,)

    def test_knows_when_nothing_is_left(self) -> None:
        house = [Range(private, RangeSource(Use.LISTED)) for private in PRIVATE]
        assert judge(IPv4Network("10.1.0.0/16"), house).suggestion is None


class TestParsing:
    @given(st.integers(0, 2**32 - 1), st.integers(0, 32))
    def test_takes_every_block_and_offers_the_one_that_holds_an_address(self, address: int, prefix: int) -> None:
        block = IPv4Network((address, prefix), strict=False)
        assert parse_range(f" {block}\n") == block
        written = f"{IPv4Network((address, 32)).network_address}/{prefix}"
        if written != str(block):
            with pytest.raises(UsageError) as caught:
                parse_range(written)
            assert str(block) in caught.value.fix

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "10.0.0.0",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0/16",
            "10.0.0.256/32",
            "010.0.0.0/16",
            "10.0.0.0/255.255.0.0",
            "10.0.0.0/0.0.255.255",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/1_6",
            "10.0.0.0 /16",
            "10.0.0.0/16/16",
            "10.0.0.0/16,10.1.0.0/16",
            "１０.0.0.0/16",
            "10.0.0.0/１６",
            "fd00::/8",
            "::ffff:10.0.0.0/104",
            "0x0a.0.0.0/8",
            "167772160/8",
            "10.0.0.0/16\x00",
            "10.0.0.0/16; rm -rf",
            "auto",
            "\x1b[2J",
            "9" * 10_000,
        ],
    )
    def test_refuses_what_is_no_block_in_one_short_line(self, text: str) -> None:
        with pytest.raises(UsageError) as caught:
            parse_range(text)
        assert caught.value.exit_code == 2
        assert caught.value.fix
        assert len(caught.value.message) < 150
        assert caught.value.message.isprintable()

    @given(st.text())
    def test_raises_nothing_but_its_own_error(self, text: str) -> None:
        with suppress(UsageError, NetworkError):
            parse_block(text)

    @pytest.mark.parametrize("text", ["10.0.0.0/16", "172.31.255.240/28", "192.168.0.0/16", "100.127.0.0/16"])
    def test_takes_private_blocks_of_a_vpcs_size(self, text: str) -> None:
        assert parse_block(text) == IPv4Network(text)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("10.0.0.0/15", "as large as"),
            ("10.0.0.0/29", "as small as"),
            ("8.8.0.0/16", "public"),
            ("172.32.0.0/16", "public"),
            ("100.128.0.0/16", "public"),
            ("0.0.0.0/16", "public"),
        ],
    )
    def test_refuses_what_a_vpc_cannot_have(self, text: str, problem: str) -> None:
        with pytest.raises(NetworkError, match=problem) as caught:
            parse_block(text)
        assert caught.value.exit_code == 1
        assert caught.value.fix

    def test_takes_public_blocks_when_asked_to(self) -> None:
        assert parse_block("8.8.0.0/16", public=True) == IPv4Network("8.8.0.0/16")
