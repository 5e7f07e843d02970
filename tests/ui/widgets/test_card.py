"""The card, its title and the lines in it."""

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme
from ui.widgets.card import Card, Divider, Section
from ui.widgets.text import Label


def test_a_card_is_named_by_its_title(qtbot: QtBot) -> None:
    trailing = QLabel("62 of 62")
    card = Card("What this means", trailing)
    qtbot.addWidget(card)
    card.show()
    assert card.title() == card.accessibleName() == "What this means"
    assert trailing.isVisible()
    card.set_title("")
    assert card.accessibleName() == ""
    assert [label.isVisible() for label in card.findChildren(Label)] == [False]


@pytest.mark.parametrize("scheme", Scheme)
def test_it_is_painted_in_the_scheme_of_now(qtbot: QtBot, scheme: Scheme) -> None:
    card = Card()
    qtbot.addWidget(card)
    card.resize(100, 60)
    theme.set_scheme(scheme)
    image = card.grab().toImage()
    assert image.pixelColor(50, 30) == theme.colours().card
    assert image.pixelColor(50, 0) == theme.colours().line
    # The corner is round: what is below shows through.
    assert image.pixelColor(0, 0) != theme.colours().line


def test_what_is_in_it_keeps_its_distance_at_every_size(qtbot: QtBot) -> None:
    card = Card()
    content = Label("content")
    card.body.addWidget(content)
    qtbot.addWidget(card)
    card.resize(400, 200)
    card.show()
    assert content.x() == 20
    theme.set_scale(1.5)
    qtbot.waitUntil(lambda: content.x() == 30)


def test_a_section_has_no_ground_of_its_own(qtbot: QtBot) -> None:
    section = Section("Facts")
    section.body.addWidget(Label("content"))
    qtbot.addWidget(section)
    section.resize(300, 80)
    image = section.grab().toImage()
    assert image.pixelColor(0, 0) == image.pixelColor(299, 40) == theme.colours().window


def test_a_divider_is_one_pixel_at_every_size(qtbot: QtBot) -> None:
    divider = Divider()
    qtbot.addWidget(divider)
    theme.set_scale(1.5)
    assert divider.sizeHint().height() == 1
    divider.resize(10, 1)
    theme.set_scheme(Scheme.DARK)
    assert divider.grab().toImage().pixelColor(5, 0) == theme.colours().line
