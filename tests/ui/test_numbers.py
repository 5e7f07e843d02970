"""Numbers as the window writes them."""

from ui.numbers import counted, grouped


def test_counts_agree_with_what_is_counted() -> None:
    assert [counted(number, "region") for number in (0, 1, 2_000)] == ["0 regions", "1 region", "2,000 regions"]


def test_the_number_of_an_account_is_read_in_groups() -> None:
    assert grouped("222222222222") == "2222 2222 2222"
