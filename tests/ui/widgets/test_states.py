"""Empty and loading: why there is nothing, and what is being read."""

from pytestqt.qtbot import QtBot

from ui import theme
from ui.widgets.buttons import Button
from ui.widgets.progress import Spinner
from ui.widgets.states import EmptyState, Loading
from ui.widgets.text import Label


def test_empty_says_why_and_offers_what_to_do(qtbot: QtBot) -> None:
    button = Button("New installation")
    state = EmptyState("folder", "No installations", "They are saved here.", button)
    qtbot.addWidget(state)
    state.show()
    assert button.isVisible()
    assert (state.accessibleName(), state.accessibleDescription()) == ("No installations", "They are saved here.")
    state.set("Nothing found", "Try fewer words.")
    assert [label.text() for label in state.findChildren(Label)] == ["Nothing found", "Try fewer words."]
    assert state.accessibleName() == "Nothing found"


def test_loading_says_what_is_read(qtbot: QtBot) -> None:
    state = Loading("Reading 17 regions")
    qtbot.addWidget(state)
    state.show()
    assert [spinner.isVisible() for spinner in state.findChildren(Spinner)] == [True]
    state.set_sentence("Reading 3 regions")
    assert state.sentence() == state.accessibleName() == "Reading 3 regions"


def test_both_grow_with_the_font(qtbot: QtBot) -> None:
    states = [EmptyState("folder", "No installations", "They are saved here."), Loading("Reading")]
    before = []
    for state in states:
        qtbot.addWidget(state)
        before.append(state.sizeHint().height())
    theme.set_scale(1.5)
    assert all(state.sizeHint().height() >= height * 1.35 for state, height in zip(states, before, strict=True))
