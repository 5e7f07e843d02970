"""The banner: a shape and a title for each tone."""

from itertools import combinations

import pytest
from PySide6.QtGui import QFontMetrics, QImage
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme, TextRole, Tone
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.icon import Icon
from ui.widgets.text import Label


def banner(qtbot: QtBot, tone: Tone, *actions: Button) -> Banner:
    made = Banner(tone, "One thing to know", "None do today.", actions)
    qtbot.addWidget(made)
    made.resize(400, made.heightForWidth(400))
    made.show()
    return made


def shape(made: Banner) -> QImage:
    (icon,) = made.findChildren(Icon)
    grey = icon.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return grey.convertToFormat(QImage.Format.Format_Mono)


def test_what_is_wrong_is_said_before_the_title(qtbot: QtBot) -> None:
    names = {tone: banner(qtbot, tone).accessibleName() for tone in Tone}
    assert names[Tone.BAD] == "Problem: One thing to know"
    assert names[Tone.CAUTION] == "Caution: One thing to know"
    assert names[Tone.GOOD] == "One thing to know"
    assert banner(qtbot, Tone.BAD).accessibleDescription() == "None do today."


def test_the_tones_that_matter_differ_in_shape(qtbot: QtBot) -> None:
    shapes = [shape(banner(qtbot, tone)) for tone in (Tone.ACCENT, Tone.GOOD, Tone.CAUTION, Tone.BAD)]
    assert all(one != other for one, other in combinations(shapes, 2))


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("tone", [Tone.ACCENT, Tone.GOOD, Tone.CAUTION, Tone.BAD])
def test_it_stands_on_the_ground_of_its_tone(qtbot: QtBot, tone: Tone, scheme: Scheme) -> None:
    made = banner(qtbot, tone)
    theme.set_scheme(scheme)
    assert made.grab().toImage().pixelColor(200, 3) == theme.tone(tone)[1]


def test_it_can_change(qtbot: QtBot) -> None:
    made = banner(qtbot, Tone.CAUTION)
    made.set(Tone.GOOD, "Nothing to do")
    assert (made.tone(), made.title(), made.sentence()) == (Tone.GOOD, "Nothing to do", "")
    assert [label.isVisible() for label in made.findChildren(Label)] == [True, False]
    assert made.accessibleDescription() == ""


def test_its_actions_are_shown(qtbot: QtBot) -> None:
    retry = Button("Try again", Kind.SECONDARY)
    made = banner(qtbot, Tone.BAD, retry)
    assert retry.isVisible()
    assert made.isAncestorOf(retry)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_it_grows_with_its_sentence(qtbot: QtBot, scale: float) -> None:
    made = banner(qtbot, Tone.BAD)
    theme.set_scale(scale)
    short = made.heightForWidth(400)
    made.set(Tone.BAD, "One thing to know", "None do today, as far as can be seen. " * 6)
    two_lines = 2 * QFontMetrics(theme.font(TextRole.BODY)).height()
    qtbot.waitUntil(lambda: made.heightForWidth(400) >= short + two_lines)
