"""ui/widgets/address_space.py: blocks in, cells with looks and words out."""

import time
from ipaddress import IPv4Network

import pytest

from ui.widgets.address_space import CELLS, SLOTS, SPACES, AddressSpace, Look, Mark, Run

TEN = SPACES[0]


def used(block: str, look: Look = Look.USED) -> Mark:
    return Mark(IPv4Network(block), look, "somebody's")


def looks(space: AddressSpace, index: int) -> list[Look]:
    return [run.look for run in space.runs(index)]


@pytest.mark.parametrize("space", SPACES, ids=str)
def test_a_space_is_cut_into_256_cells_that_cover_it(space: IPv4Network) -> None:
    cells = [AddressSpace(space).cell(index) for index in range(CELLS)]
    assert cells == list(space.subnets(prefixlen_diff=8))
    assert [AddressSpace(space).index_of(cell) for cell in cells] == list(range(CELLS))


def test_a_whole_cell_is_one_run() -> None:
    space = AddressSpace(TEN, [used("10.1.0.0/16")])
    assert list(space.runs(1)) == [Run(0, SLOTS, Look.USED)]
    assert list(space.runs(0)) == [Run(0, SLOTS, Look.FREE)]


def test_a_part_of_a_cell_stands_where_it_is() -> None:
    space = AddressSpace(TEN, [used("10.1.128.0/18")])
    assert list(space.runs(1)) == [Run(0, 8, Look.FREE), Run(8, 12, Look.USED), Run(12, 16, Look.FREE)]


def test_the_smallest_block_is_still_drawn() -> None:
    space = AddressSpace(TEN, [used("10.1.255.240/28")])
    assert list(space.runs(1)) == [Run(0, 15, Look.FREE), Run(15, 16, Look.USED)]


def test_a_block_larger_than_the_space_fills_it() -> None:
    space = AddressSpace(IPv4Network("192.168.0.0/16"), [used("192.0.0.0/8", Look.ROUTED)])
    assert {look for index in range(CELLS) for look in looks(space, index)} == {Look.ROUTED}


def test_what_is_in_use_is_drawn_over_what_is_routed_and_reserved() -> None:
    marks = [used("10.1.0.0/16"), used("10.0.0.0/8", Look.ROUTED), used("10.0.0.0/15", Look.RESERVED)]
    space = AddressSpace(TEN, marks)
    assert (looks(space, 1), looks(space, 0)) == ([Look.USED], [Look.ROUTED])


def test_blocks_of_other_spaces_are_left_out() -> None:
    space = AddressSpace(TEN, [used("172.16.0.0/12"), used("11.0.0.0/8")])
    assert space.count == 0
    assert looks(space, CELLS - 1) == [Look.FREE]


class TestChosen:
    def test_outlines_each_cell_that_it_touches(self) -> None:
        space = AddressSpace(IPv4Network("172.16.0.0/12"))
        space.choose(IPv4Network("172.18.0.0/16"))
        outlined = [index for index in range(CELLS) if space.chosen_run(index)]
        assert [space.cell(index) for index in outlined] == list(IPv4Network("172.18.0.0/16").subnets(new_prefix=20))

    def test_stands_within_its_cell_where_it_is_smaller(self) -> None:
        space = AddressSpace(TEN)
        space.choose(IPv4Network("10.2.16.0/20"))
        assert space.chosen_run(2) == range(1, 2)
        assert not space.chosen_run(1)
        assert not space.chosen_run(3)

    def test_in_conflict_only_what_both_share_is_drawn_so(self) -> None:
        space = AddressSpace(TEN, [used("10.0.0.0/8", Look.ROUTED)])
        space.choose(IPv4Network("10.2.0.0/16"))
        assert space.in_conflict
        assert looks(space, 2) == [Look.CONFLICT]
        assert looks(space, 3) == [Look.ROUTED]

    def test_the_next_one_leaves_nothing_of_the_one_before(self) -> None:
        space = AddressSpace(TEN, [used("10.1.0.0/16")])
        space.choose(IPv4Network("10.1.0.0/16"))
        space.choose(IPv4Network("10.9.0.0/16"))
        assert not space.in_conflict
        assert looks(space, 1) == [Look.USED]
        assert not space.chosen_run(1)
        space.choose(None)
        assert not any(space.chosen_run(index) for index in range(CELLS))

    def test_in_another_space_it_is_not_shown(self) -> None:
        space = AddressSpace(TEN)
        space.choose(IPv4Network("192.168.0.0/16"))
        assert space.chosen is None


class TestWords:
    def test_a_free_cell(self) -> None:
        assert AddressSpace(TEN).said(42) == "10.42.0.0/16: free"

    def test_what_is_in_a_cell_is_named_and_the_rest_counted(self) -> None:
        space = AddressSpace(TEN, [used(f"10.1.{number}.0/24") for number in range(7)])
        said = space.said(1)
        assert said.startswith("10.1.0.0/16: 10.1.0.0/24 somebody's · ")
        assert said.endswith("10.1.3.0/24 somebody's · and 3 more · free in part")

    def test_the_chosen_block_is_told_by_its_word(self) -> None:
        space = AddressSpace(TEN)
        space.choose(IPv4Network("10.42.0.0/16"), "suggested")
        assert space.said(42) == "10.42.0.0/16: free · suggested"
        space.choose(IPv4Network("10.42.16.0/20"), "chosen")
        assert space.said(42) == "10.42.0.0/16: free · 10.42.16.0/20 chosen"

    def test_a_conflict_is_told(self) -> None:
        space = AddressSpace(TEN, [used("10.42.0.0/24")])
        space.choose(IPv4Network("10.42.0.0/16"), "chosen")
        assert space.said(42) == "10.42.0.0/16: 10.42.0.0/24 somebody's · free in part · chosen · conflict"

    def test_texts_from_outside_are_made_plain(self) -> None:
        space = AddressSpace(TEN, [Mark(IPv4Network("10.1.0.0/16"), Look.USED, "a\u202eb\nc\x1b[31m")])
        assert space.said(1) == "10.1.0.0/16: ab c"

    def test_the_whole_map_is_counted(self) -> None:
        marks = [used("10.0.0.0/15"), used("10.8.0.0/16", Look.ROUTED), used("10.9.0.0/24", Look.RESERVED)]
        space = AddressSpace(TEN, marks)
        space.choose(IPv4Network("10.64.0.0/16"), "suggested")
        assert space.summary == (
            "256 blocks of the size /16: 2 in use, 1 routed to, 1 reserved, 252 free. 10.64.0.0/16 is suggested."
        )
        space.choose(IPv4Network("10.1.0.0/16"), "chosen")
        assert space.summary.endswith("10.1.0.0/16 is chosen, and in conflict.")


def test_a_block_is_free_where_no_mark_is_and_the_space_holds_it() -> None:
    space = AddressSpace(TEN, [used("10.1.0.0/24")])
    assert space.is_free(IPv4Network("10.2.0.0/16"))
    assert not space.is_free(IPv4Network("10.1.0.0/16"))
    assert not space.is_free(IPv4Network("172.16.0.0/16"))
    assert not space.is_free(IPv4Network("0.0.0.0/0"))


@pytest.mark.speed
def test_thousands_of_blocks_take_less_than_a_frame() -> None:
    marks = [used(f"10.{number // 250}.{number % 250}.0/24") for number in range(2_000)]
    space = AddressSpace(TEN, marks)
    fastest = 1.0
    for number in range(5):
        begun = time.perf_counter()
        space.choose(IPv4Network(f"10.{number}.0.0/16"))
        space.said(number)
        fastest = min(fastest, time.perf_counter() - begun)
    assert fastest < 0.016
