"""Pills and evidence chips: the word, the tone, and five shapes that can be told apart without colour."""

from itertools import combinations

import pytest
from PySide6.QtGui import QAccessible, QImage
from pytestqt.qtbot import QtBot

from installer.evidence import State
from ui import theme
from ui.theme import Scheme, Tone
from ui.widgets.chips import EvidenceChip, Pill


def shape(chip: EvidenceChip) -> QImage:
    """The left end, where the shape is, as dark and light alone."""
    image = chip.grab().toImage().copy(0, 0, theme.px(24), chip.height())
    return image.convertToFormat(QImage.Format.Format_Grayscale8).convertToFormat(QImage.Format.Format_Mono)


@pytest.mark.parametrize("state", State)
def test_a_chip_says_the_exact_word(qtbot: QtBot, state: State) -> None:
    chip = EvidenceChip(state)
    qtbot.addWidget(chip)
    assert chip.text() == state.value
    assert chip.state() is state
    assert QAccessible.queryAccessibleInterface(chip).text(QAccessible.Text.Name) == state.value


def test_only_what_was_read_is_green() -> None:
    assert [state for state in State if EvidenceChip(state).tone() is Tone.GOOD] == [State.VERIFIED]


def test_the_five_shapes_differ_without_colour(qtbot: QtBot) -> None:
    chips = [EvidenceChip(state) for state in State]
    for chip in chips:
        qtbot.addWidget(chip)
        chip.resize(chip.sizeHint())
    for one, other in combinations(chips, 2):
        assert shape(one) != shape(other), (one.text(), other.text())


@pytest.mark.parametrize("tone", Tone)
@pytest.mark.parametrize("scheme", Scheme)
def test_a_pill_stands_on_the_ground_of_its_tone(qtbot: QtBot, tone: Tone, scheme: Scheme) -> None:
    pill = Pill("allowed", tone)
    qtbot.addWidget(pill)
    pill.resize(pill.sizeHint())
    theme.set_scheme(scheme)
    image = pill.grab().toImage()
    assert image.pixelColor(4, pill.height() // 2) == theme.tone(tone)[1]


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_pill_is_as_wide_as_its_word(qtbot: QtBot, scale: float) -> None:
    pill, chip = Pill("allowed, bounded", Tone.GOOD), EvidenceChip(State.NOT_CHECKED)
    for widget in (pill, chip):
        qtbot.addWidget(widget)
    theme.set_scale(scale)
    for widget in (pill, chip):
        assert widget.sizeHint().width() > widget.fontMetrics().horizontalAdvance(widget.text()) + theme.px(16)
        assert widget.minimumSizeHint() == widget.sizeHint()


def test_a_pill_can_change(qtbot: QtBot) -> None:
    pill = Pill("allowed", Tone.GOOD)
    qtbot.addWidget(pill)
    pill.set("denied & told", Tone.BAD)
    assert (pill.text(), pill.tone()) == ("denied & told", Tone.BAD)
