"""The bar below every page: it shows what it is given, and fits."""

import pytest
from pytestqt.qtbot import QtBot

from tests.support.pages import flaws as flaws_as_it_is
from tests.support.shown import Shown, flaws, shown
from ui import theme
from ui.footer import Footer
from ui.page import SIDE_MARGIN, Action
from ui.widgets.buttons import Button
from ui.widgets.text import Label

FACT = "What was made stays in your account, and is found again when this goes on. Nothing is made twice."


@pytest.fixture
def footer(qtbot: QtBot) -> Footer:
    footer = Footer()
    shown(qtbot, footer)
    return footer


def visible(footer: Footer) -> list[str]:
    return [button.text() for button in footer.findChildren(Button) if button.isVisible()]


def nothing() -> None:
    """An action of no effect."""


def show(footer: Footer, *, busy: bool = False, back: bool = True, extra: Action | None = None) -> None:
    footer.show_state(fact=FACT, busy=busy, stop="Stop watching", can_go_back=back, extra=extra)


def test_at_rest_it_goes_back_and_on(footer: Footer) -> None:
    show(footer, extra=Action("Remove access …", nothing))
    footer.show_primary("Check again", enabled=True)
    assert visible(footer) == ["Remove access …", "Back", "Check again"]


def test_while_busy_there_is_the_button_that_stops(footer: Footer) -> None:
    show(footer, busy=True, extra=Action("Remove access …", nothing))
    footer.show_primary("Create these 5", enabled=False)
    assert visible(footer) == ["Stop watching", "Create these 5"]
    assert not footer.primary_button.isEnabled()


def test_without_an_effect_there_is_no_primary_button(footer: Footer) -> None:
    show(footer, back=False)
    footer.show_primary("", enabled=True)
    assert visible(footer) == []


def test_an_extra_may_be_disabled(footer: Footer) -> None:
    show(footer, extra=Action("Keep it", nothing, enabled=False))
    assert not footer.extra_button.isEnabled()


def test_each_button_is_called_what_it_says(footer: Footer) -> None:
    show(footer, extra=Action("Keep it", nothing))
    footer.show_primary("Create these 5", enabled=True)
    footer.show_primary("Use this & that", enabled=True)
    assert footer.primary_button.accessibleName() == footer.primary_button.text() == "Use this & that"


@pytest.mark.parametrize(
    "primary", ["Continue", "Use 10.64.0.0/16 in ap-southeast-2", "Continue with As the vendor asks"]
)
def test_nothing_is_cut_off(footer: Footer, primary: str) -> None:
    show(footer, extra=Action("Keep the one before", nothing))
    footer.show_primary(primary, enabled=True)
    assert flaws(footer.window()) == []


@pytest.mark.parametrize(("width", "scale", "above"), [(1_100, 1.0, False), (700, 1.0, False), (700, 1.5, True)])
def test_a_fact_stands_above_the_buttons_where_it_would_be_a_column_beside_them(
    qtbot: QtBot, footer: Footer, width: int, scale: float, above: bool
) -> None:
    theme.set_scale(scale)
    show(footer)
    footer.show_primary("Continue in 2222 2222 2222", enabled=True)
    window = footer.window()
    assert isinstance(window, Shown)
    window.fit(width)
    [fact] = [label for label in footer.findChildren(Label) if label.text() == FACT]
    assert (fact.geometry().bottom() < footer.primary_button.y()) is above
    assert footer.primary_button.geometry().right() == footer.width() - SIDE_MARGIN - 1
    assert flaws_as_it_is(window) == []
