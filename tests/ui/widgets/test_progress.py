"""Progress: the share is what was given, and nothing moves unseen or unasked."""

import pytest
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from ui import theme
from ui.theme import Scheme
from ui.widgets.progress import ProgressBar, Spinner


@pytest.fixture
def motion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "reduced_motion", lambda: False)


def filled(bar: ProgressBar) -> float:
    """The share of the bar that is painted in the accent."""
    bar.resize(200, 8)
    image = bar.grab().toImage()
    accent = theme.colours().accent
    return sum(image.pixelColor(x, 4) == accent for x in range(200)) / 200


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
def test_as_much_is_filled_as_is_done(qtbot: QtBot, share: float) -> None:
    bar = ProgressBar(share)
    qtbot.addWidget(bar)
    assert bar.share() == share
    assert filled(bar) == pytest.approx(share, abs=0.02)


@pytest.mark.parametrize(("given", "shown"), [(-1.0, 0.0), (1.7, 1.0)])
def test_a_share_stays_a_share(qtbot: QtBot, given: float, shown: float) -> None:
    bar = ProgressBar(given)
    qtbot.addWidget(bar)
    assert bar.share() == shown


def test_a_little_is_seen(qtbot: QtBot) -> None:
    bar = ProgressBar(0.001)
    qtbot.addWidget(bar)
    assert filled(bar) > 0.01


def test_a_screen_reader_is_told_name_and_share(qtbot: QtBot) -> None:
    bar = ProgressBar(0.46, "Installing PopSQL")
    qtbot.addWidget(bar)
    interface = QAccessible.queryAccessibleInterface(bar)
    assert interface.role() is QAccessible.Role.ProgressBar
    assert interface.text(QAccessible.Text.Name) == "Installing PopSQL"
    assert interface.text(QAccessible.Text.Value) == "460"
    bar.set_text("")
    assert bar.accessibleName() == "Progress"


@pytest.mark.usefixtures("motion")
def test_what_is_not_known_moves_while_it_is_seen(qtbot: QtBot) -> None:
    bar = ProgressBar(None)
    qtbot.addWidget(bar)
    assert bar.share() is None
    bar.show()
    before = bar.grab().toImage()
    qtbot.waitUntil(lambda: bar.grab().toImage() != before)
    bar.hide()
    assert not bar.moves()
    bar.show()
    assert bar.moves()
    bar.set_value(0.5)
    assert not bar.moves()


@pytest.mark.usefixtures("motion")
def test_a_spinner_moves_while_it_is_seen(qtbot: QtBot) -> None:
    spinner = Spinner(20)
    qtbot.addWidget(spinner)
    assert not spinner.moves()
    spinner.show()
    before = spinner.grab().toImage()
    qtbot.waitUntil(lambda: spinner.grab().toImage() != before)
    spinner.hide()
    assert not spinner.moves()


def test_nothing_moves_where_no_motion_is_asked_for(qtbot: QtBot) -> None:
    bar, spinner = ProgressBar(None), Spinner(20)
    for widget in (bar, spinner):
        qtbot.addWidget(widget)
        widget.show()
        assert not widget.moves()
    assert filled(bar) == pytest.approx(0.3, abs=0.02)


def test_sizes_and_colours_follow_the_theme(qtbot: QtBot) -> None:
    bar, spinner = ProgressBar(1.0), Spinner(20)
    for widget in (bar, spinner):
        qtbot.addWidget(widget)
    theme.set_scheme(Scheme.DARK)
    theme.set_scale(1.5)
    assert (bar.sizeHint().height(), spinner.sizeHint().width()) == (12, 30)
    assert filled(bar) == pytest.approx(1.0, abs=0.02)
