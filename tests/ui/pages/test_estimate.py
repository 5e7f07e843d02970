"""The estimate is a range that narrows, and says nothing that nobody can know."""

from itertools import pairwise

import pytest

from tests.support.told import NOON, later
from ui.pages.estimate import Estimate

HALF_AN_HOUR = 1800.0


def at_share(share: float, *, began: float = 0, expected: float = HALF_AN_HOUR) -> Estimate:
    return Estimate(expected).heard(later(began), None).heard(later(began), share * 100)


def test_before_the_vendor_said_anything_only_its_word_counts() -> None:
    assert Estimate(HALF_AN_HOUR).words(NOON, "Release") == "Release says that it takes about 30 min"
    assert Estimate().words(NOON, "Release") == "Release does not say how long it takes"
    assert Estimate(HALF_AN_HOUR).elapsed(NOON) == 0


def test_a_share_too_small_to_measure_a_pace_by_is_no_pace() -> None:
    assert at_share(0.04).left(later(60)) is None
    assert at_share(0.04).words(later(60), "Release") == "Release says that it takes about 30 min"


def test_the_range_lies_between_the_pace_and_the_word() -> None:
    # A quarter in ten minutes: at that pace 30 min are left, by the vendor's word 22.5.
    low, high = at_share(0.25).left(later(600)) or (0, 0)

    assert low == pytest.approx(0.25 * 1800 + 0.75 * 1350)
    assert high == 1800
    assert at_share(0.25).words(later(600), "Release") == "About 25 to 30 min left"


def test_it_narrows_to_what_was_measured() -> None:
    widths = []
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        low, high = at_share(share).left(later(1200 * share)) or (0, 0)
        widths.append(high - low)

    assert all(first > second for first, second in pairwise(widths))


def test_without_the_vendors_word_the_pace_alone_counts() -> None:
    assert at_share(0.5, expected=0).words(later(600), "Release") == "About 10 min left"


def test_the_share_never_goes_back_and_stays_a_share() -> None:
    estimate = at_share(0.6)
    for percent in (30, None, -5, 59.9):
        estimate = estimate.heard(later(9), percent)
    assert estimate.share == 0.6
    assert estimate.heard(later(9), 4000).share == 1


def test_it_began_with_the_first_event_also_where_that_was_told_late() -> None:
    estimate = Estimate(HALF_AN_HOUR).heard(later(-760), 1).heard(later(-10), 28)

    assert estimate.elapsed(NOON) == 760


@pytest.mark.parametrize("share", [None, 0.02, 0.5, 0.99])
def test_what_takes_longer_than_told_is_told_without_a_number_to_come(share: float | None) -> None:
    estimate = Estimate(HALF_AN_HOUR, NOON, share)

    assert estimate.left(later(1801)) is None
    assert estimate.words(later(1801), "Release") == "It takes longer than the 30 min that Release said"


def test_the_end() -> None:
    assert at_share(0.99).words(later(600), "Release") == "About a minute left"
    assert at_share(1).words(later(600), "Release") == "Release has reported its last step"
    assert at_share(1).left(later(600)) is None


def test_a_clock_that_is_late_passes_no_negative_time() -> None:
    assert at_share(0.5, began=60).elapsed(NOON) == 0
