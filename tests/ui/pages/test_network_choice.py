"""ui/pages/network_choice.py: what is chosen and typed, and what the engine makes of it."""

import time
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Any

import pytest

from installer.answers import Answers
from installer.errors import NetworkError
from tests.support import surveys
from tests.support.answers import settled
from ui.pages.network_choice import Choice, first_choice, judged, read_lines

SUGGESTED = IPv4Network("10.48.0.0/16")


def wishing(**wishes: Any) -> Answers:
    whole = settled()
    return replace(whole, network=None, wishes=replace(whole.wishes, **{"cidr": None, "avoid": (), **wishes}))


class TestFirstChoice:
    def test_is_what_the_engine_would_settle_unasked(self) -> None:
        survey, answers = surveys.survey(), wishing()
        choice = first_choice(survey, answers)
        assert choice == Choice("us-east-1", 16)
        told = judged(survey, answers, choice)
        network = survey.settle(answers)
        assert (choice.region, told.block) == (network.region, network.cidr)

    def test_is_what_was_wished_for(self) -> None:
        wishes = {"region": "eu-west-1", "prefix_length": 20, "avoid": (IPv4Network("10.48.0.0/16"),)}
        choice = first_choice(surveys.survey(), wishing(**wishes))
        assert choice == Choice("eu-west-1", 20, keep_free="10.48.0.0/16")

    def test_a_block_that_was_wished_for_is_the_persons_own(self) -> None:
        choice = first_choice(surveys.survey(), wishing(cidr=IPv4Network("10.120.0.0/18")))
        assert (choice.own, choice.prefix) == ("10.120.0.0/18", 18)

    def test_unless_it_is_the_one_that_is_suggested(self) -> None:
        choice = first_choice(surveys.survey(), wishing(cidr=SUGGESTED))
        assert choice.own is None

    def test_a_size_that_the_vendor_does_not_take_becomes_the_nearest(self) -> None:
        answers = surveys.offering(wishing(prefix_length=28), "eu-west-1", smallest=22)
        assert first_choice(surveys.survey(), answers).prefix == 22

    def test_a_region_that_cannot_be_used_gives_way(self) -> None:
        answers = surveys.offering(wishing(region="ap-south-2"), "ap-south-2", "eu-central-1")
        assert first_choice(surveys.survey(), answers).region == "eu-central-1"

    def test_a_region_is_known_also_where_no_block_is_free(self) -> None:
        assert first_choice(surveys.full(), wishing()).region == "us-east-1"

    def test_there_is_none_where_no_region_can_be_used(self) -> None:
        with pytest.raises(NetworkError, match="None of the vendor's regions is enabled: ap-south-2"):
            first_choice(surveys.survey(), surveys.offering(wishing(), "ap-south-2"))


class TestSuggested:
    def test_has_its_reason(self) -> None:
        told = judged(surveys.survey(), wishing(), Choice("eu-west-1", 16))
        assert told.block == SUGGESTED
        assert told.suggestion is not None
        assert "room to grow" in told.suggestion.why
        assert told.usable

    def test_follows_size_and_kept_free_ranges(self) -> None:
        told = judged(surveys.survey(), wishing(), Choice("eu-west-1", 20, keep_free="10.48.0.0/16\n"))
        assert told.kept_free.blocks == (SUGGESTED,)
        assert told.block is not None
        assert told.block.prefixlen == 20
        assert not told.block.overlaps(SUGGESTED)

    def test_none_is_free(self) -> None:
        told = judged(surveys.full(), wishing(), Choice("eu-west-1", 16))
        assert not told.usable
        assert told.problem is not None
        assert told.problem.sentence == "No block of the size /16 is free."
        assert told.problem.fix == "Release a block that is no longer used, then try again."
        assert told.problem.instead is None

    def test_a_smaller_one_is_offered_where_one_is_free(self) -> None:
        """All but one /17 is routed to."""
        taken = [surveys.route(block) for block in ("172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]
        taken += [
            surveys.route(str(block))
            for block in IPv4Network("10.0.0.0/8").address_exclude(IPv4Network("10.60.128.0/17"))
        ]
        told = judged(surveys.survey(taken), wishing(), Choice("eu-west-1", 16))
        assert told.problem is not None
        assert told.problem.instead == IPv4Network("10.60.128.0/17")
        assert told.problem.fix == "Choose a smaller block: 10.60.128.0/17 is free."


class TestOwn:
    def own(self, text: str, **wishes: Any) -> Choice:
        return Choice("eu-west-1", 16, own=text, **wishes)

    def test_a_free_one_can_be_used(self) -> None:
        told = judged(surveys.survey(), wishing(), self.own(" 10.120.0.0/20 "))
        assert (told.block, told.problem, told.usable) == (IPv4Network("10.120.0.0/20"), None, True)

    def test_everything_in_its_way_is_told_and_another_is_offered(self) -> None:
        ranges = [surveys.vpc("10.64.0.0/20"), surveys.route("10.64.64.0/20"), surveys.vpc("10.99.0.0/16")]
        told = judged(surveys.survey(ranges), wishing(), self.own("10.64.0.0/16"))
        assert told.problem is not None
        assert told.problem.sentence == "10.64.0.0/16 cannot be used."
        assert [str(known.block) for known in told.problem.conflicts] == ["10.64.0.0/20", "10.64.64.0/20"]
        assert told.problem.instead is not None
        assert told.block == IPv4Network("10.64.0.0/16"), "it can be named, to be drawn"
        again = judged(surveys.survey(ranges), wishing(), self.own(str(told.problem.instead)))
        assert again.usable

    def test_where_nothing_else_is_free_that_is_said(self) -> None:
        told = judged(surveys.full(), wishing(), self.own("10.64.0.0/16"))
        assert told.problem is not None
        assert told.problem.conflicts
        assert told.problem.instead is None
        assert told.problem.fix == "Release a block that is no longer used, then try again."

    def test_what_the_person_keeps_free_is_in_its_way(self) -> None:
        told = judged(surveys.survey(), wishing(), self.own("10.120.0.0/20", keep_free="10.120.0.0/24"))
        assert told.problem is not None
        assert [str(known.block) for known in told.problem.conflicts] == ["10.120.0.0/24"]

    @pytest.mark.parametrize(
        ("text", "meant"), [("10.64.7.1/16", "10.64.0.0/16"), ("10.64.0.0/255.255.0.0", "10.64.0.0/16")]
    )
    def test_an_address_inside_a_block_means_the_block(self, text: str, meant: str) -> None:
        told = judged(surveys.survey(), wishing(), self.own(text))
        assert told.block is None
        assert told.problem is not None
        assert told.problem.instead == IPv4Network(meant)

    @pytest.mark.parametrize(
        "text", ["10", "10.64", "10.64.0.0", "10.64.0.0/", "10.64.0.0/33", "fd00::/8", "ab/c", "/"]
    )
    def test_what_is_no_block_is_told_with_what_to_write(self, text: str) -> None:
        told = judged(surveys.survey(), wishing(), self.own(text))
        assert told.block is None
        assert told.problem is not None
        assert told.problem.fix
        assert not told.problem.conflicts

    @pytest.mark.parametrize(
        ("text", "why"),
        [("10.0.0.0/8", "between /16 and /24"), ("10.64.0.0/28", "not a /28"), ("8.8.0.0/16", "public")],
    )
    def test_what_no_network_can_have_is_told_in_the_engines_words(self, text: str, why: str) -> None:
        told = judged(surveys.survey(), wishing(), self.own(text))
        assert told.problem is not None
        assert why in told.problem.sentence
        assert not told.usable

    @pytest.mark.parametrize("text", ["", "  "])
    def test_nothing_typed_is_no_problem_yet(self, text: str) -> None:
        told = judged(surveys.survey(), wishing(), self.own(text))
        assert (told.block, told.problem, told.usable) == (None, None, False)


class TestLines:
    def test_are_read_one_by_one(self) -> None:
        lines = read_lines(" 10.20.0.0/16 \n\n192.168.7.0/24\r\n10.20.0.0/16\n")
        assert lines.blocks == (IPv4Network("10.20.0.0/16"), IPv4Network("192.168.7.0/24"))
        assert lines.problems == ()

    def test_each_that_cannot_be_read_has_its_sentence(self) -> None:
        lines = read_lines("10.20.0.0/16\noffice\n\n10.0.0.1/8")
        assert lines.blocks == (IPv4Network("10.20.0.0/16"),)
        assert [problem.split(":")[0] for problem in lines.problems] == ["Line 2", "Line 4"]
        assert "'office' is not an IPv4 block" in lines.problems[0]
        assert "10.0.0.0/8" in lines.problems[1]

    def test_one_that_cannot_be_read_stops_the_choice(self) -> None:
        told = judged(surveys.survey(), wishing(), Choice("eu-west-1", 16, keep_free="office"))
        assert told.block == SUGGESTED
        assert told.problem is None
        assert not told.usable, "a range that was meant to be kept free would be forgotten"


@pytest.mark.speed
@pytest.mark.parametrize("own", [None, "10.1.0.0/16", "10.200.0.0/16", "10.1.0.1/16"])
def test_among_two_thousand_ranges_a_key_is_answered_within_a_frame(own: str | None) -> None:
    survey, answers = surveys.crowded(2_000), wishing()
    choice = Choice("eu-west-1", 16, own=own, keep_free="10.201.0.0/16")
    fastest = 1.0
    for _ in range(5):
        begun = time.perf_counter()
        judged(survey, answers, choice)
        fastest = min(fastest, time.perf_counter() - begun)
    assert fastest < 0.016
