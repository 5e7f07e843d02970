"""The window by keys alone: what Return, Escape and the arrows do, where Tab goes, and that the focus is never lost."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from installer.errors import VendorUnreachable
from installer.flow import Step
from tests.support import opened as people
from tests.support.answers import installation
from tests.support.desk import FakeDesk
from tests.support.opened import at, rest, stops_of_tab, type_key
from tests.support.shown import shown
from ui.demo.flaw import accessible_name
from ui.focus import first_to_decide, stops
from ui.pages.invitation import InvitationPage
from ui.tasks import TaskRunner
from ui.visit import Visit
from ui.widgets.buttons import Button
from ui.widgets.choice import ChoiceCard
from ui.widgets.dialogs import ConfirmByTyping
from ui.widgets.error_panel import ErrorPanel
from ui.widgets.rail_item import RailButton
from ui.window import Window

STEPS: tuple[Step | None, ...] = (*Step, None)
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def desk(tmp_path: Path) -> FakeDesk:
    return people.desk_without_aws(tmp_path)


@pytest.fixture
def window(qtbot: QtBot, desk: FakeDesk, runner: TaskRunner, tmp_path: Path) -> Window:
    return people.opened(qtbot, desk, runner, tmp_path)


def held_at_install(qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
    """That page goes on by itself."""
    desk.fails("install", VendorUnreachable("No answer."))
    at(qtbot, window, desk, Step.INSTALL)


def show(qtbot: QtBot, window: Window, desk: FakeDesk, step: Step | None) -> None:
    if step is Step.INSTALL:
        held_at_install(qtbot, window, desk)
    else:
        at(qtbot, window, desk, step)


def box(window: Window) -> QPlainTextEdit:
    page = window.pages[Step.INVITATION]
    assert isinstance(page, InvitationPage)
    [edit] = page.source_card.findChildren(QPlainTextEdit)
    return edit


def focus() -> QWidget:
    QApplication.processEvents()
    found = QApplication.focusWidget()
    assert found is not None, "nothing has the focus"
    assert found.isVisible()
    assert found.isEnabled()
    return found


class TestReturn:
    def test_goes_on_from_a_field(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.SIGN_IN)
        [name] = window.page.findChildren(QLineEdit)
        name.setFocus()
        type_key(Qt.Key.Key_Return)
        rest(qtbot, window)
        assert window.navigator.current is Step.PERMISSIONS

    def test_goes_on_from_a_choice(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.PERMISSIONS)
        assert isinstance(focus(), ChoiceCard)
        type_key(Qt.Key.Key_Return)
        rest(qtbot, window)
        assert window.navigator.current is Step.CONNECT

    def test_in_a_text_of_several_lines_is_a_line(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.INVITATION)
        assert focus() is box(window)
        box(window).setPlainText("one")
        box(window).moveCursor(box(window).textCursor().MoveOperation.End)
        type_key(Qt.Key.Key_Return)
        assert (box(window).toPlainText(), desk.sources) == ("one\n", [])
        type_key(Qt.Key.Key_Return, CTRL)
        rest(qtbot, window)
        assert desk.sources == [("one", None)]

    def test_on_a_button_presses_that(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        window.footer.back_button.setFocus()
        type_key(Qt.Key.Key_Return)
        rest(qtbot, window)
        assert window.navigator.current is Step.PERMISSIONS
        assert "connect" not in desk.calls

    def test_on_an_item_of_the_rail_goes_there(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.PERMISSIONS)
        people.rail_item(window, "Permissions").setFocus()
        type_key(Qt.Key.Key_Up)
        assert isinstance(focus(), RailButton)
        type_key(Qt.Key.Key_Return)
        rest(qtbot, window)
        assert window.navigator.current is Step.SIGN_IN

    @pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, CTRL])
    def test_held_down_it_walks_nowhere(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, modifiers: Qt.KeyboardModifier
    ) -> None:
        at(qtbot, window, desk, Step.PERMISSIONS)
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, modifiers, "\r", True)
        QApplication.sendEvent(window, held)
        assert window.navigator.current is Step.PERMISSIONS

    def test_does_nothing_where_the_primary_button_is_disabled(
        self, qtbot: QtBot, window: Window, desk: FakeDesk
    ) -> None:
        desk.profiles = ("one", "two")
        at(qtbot, window, desk, Step.SIGN_IN)
        for modifiers in (Qt.KeyboardModifier.NoModifier, CTRL):
            type_key(Qt.Key.Key_Return, modifiers)
        assert window.navigator.current is Step.SIGN_IN


class TestOtherKeys:
    def test_alt_left_goes_back(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        type_key(Qt.Key.Key_Left, ALT)
        rest(qtbot, window)
        assert window.navigator.current is Step.PERMISSIONS

    def test_escape_stops_the_work_and_nothing_else(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.NETWORK)
        type_key(Qt.Key.Key_Escape)
        assert window.isVisible()
        hold = desk.holds("survey")
        window.page.retry()
        qtbot.waitUntil(hold.entered.is_set)
        type_key(Qt.Key.Key_Escape)
        rest(qtbot, window)
        assert window.navigator.current is Step.NETWORK
        assert window.page.error is None

    def test_pages_scroll_from_anywhere(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.REVIEW)
        window.resize(960, 640)
        QApplication.processEvents()
        window.footer.primary_button.setFocus()
        bar = window.page.area.verticalScrollBar()
        assert bar.maximum() > 0
        type_key(Qt.Key.Key_PageDown)
        assert bar.value() > 0
        type_key(Qt.Key.Key_PageUp)
        assert bar.value() == 0

    def test_control_q_closes(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.INVITATION)
        with qtbot.waitSignal(window.closed):
            type_key(Qt.Key.Key_Q, CTRL)


class TestTab:
    @pytest.mark.parametrize("step", STEPS)
    def test_reaches_everything_and_the_footer_after_the_page(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, step: Step | None
    ) -> None:
        desk.saved = (installation(),)
        window.list_installations()
        show(qtbot, window, desk, step)
        stops = stops_of_tab(window)
        missed = [one for one in _by_tab(window) if one not in stops and not _is_one_of_many(one)]
        assert not missed, [accessible_name(one) for one in missed]
        start = next((index for index, one in enumerate(stops) if isinstance(one, RailButton)), 0)
        from_the_rail = stops[start:] + stops[:start]
        order = ["".join(_area(window, one)) for one in from_the_rail]
        assert order == sorted(order, key=["rail", "page", "footer"].index)
        if window.footer.primary_button.isVisible() and window.footer.primary_button.isEnabled():
            assert from_the_rail[-1] is window.footer.primary_button

    @pytest.mark.parametrize("step", STEPS)
    def test_everything_it_reaches_has_a_name(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, step: Step | None
    ) -> None:
        show(qtbot, window, desk, step)
        names = {type(one).__name__: accessible_name(one) for one in stops_of_tab(window)}
        assert all(any(letter.isalnum() for letter in name) for name in names.values()), names


class TestTheFocus:
    @pytest.mark.parametrize("step", STEPS)
    def test_is_somewhere_sensible_when_a_page_is_shown(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, step: Step | None
    ) -> None:
        show(qtbot, window, desk, step)
        found = focus()
        assert _area(window, found) in ("page", "footer")
        if isinstance(found, QPushButton) and step is not Step.REVIEW:  # there it is read before anything is pressed
            assert found is window.footer.primary_button

    def test_is_on_the_button_that_stops_while_something_is_done_and_comes_back(
        self, qtbot: QtBot, window: Window, desk: FakeDesk
    ) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        window.footer.primary_button.setFocus()
        hold = desk.holds("connect")
        type_key(Qt.Key.Key_Return)
        qtbot.waitUntil(hold.entered.is_set)
        qtbot.waitUntil(lambda: focus() is window.footer.stop_button)
        hold.release()
        rest(qtbot, window)
        qtbot.waitUntil(lambda: focus() is window.footer.primary_button)

    def test_is_on_that_button_also_when_a_dialog_began_it(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, runner: TaskRunner
    ) -> None:
        desk.saved = (installation(),)
        window.open_manage(installation())
        rest(qtbot, window)
        for button in (window.footer.extra_button, window.footer.primary_button):  # the preview, then the dialog
            button.setFocus()
            type_key(Qt.Key.Key_Return)
        [dialog] = window.findChildren(ConfirmByTyping)
        qtbot.waitUntil(dialog.isActiveWindow)
        dialog.field.set_text("popsql")
        hold = desk.holds("take_back")
        type_key(Qt.Key.Key_Return)
        qtbot.waitUntil(hold.entered.is_set)
        window.activateWindow()  # as a window manager does when the dialog is closed
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.waitUntil(lambda: focus() is window.footer.stop_button)

    def test_goes_to_the_error(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.CONNECT)
        desk.fails("connect", VendorUnreachable("No answer."))
        window.footer.primary_button.setFocus()
        type_key(Qt.Key.Key_Return)
        rest(qtbot, window)
        assert isinstance(focus(), ErrorPanel)

    def test_stays_where_somebody_put_it(self, qtbot: QtBot, window: Window, desk: FakeDesk) -> None:
        at(qtbot, window, desk, Step.SIGN_IN)
        [name] = window.page.findChildren(QLineEdit)
        name.setFocus()
        window.refresh()
        assert focus() is name

    @pytest.mark.parametrize("gone", ["hidden", "disabled"])
    def test_of_a_widget_that_is_gone_comes_to_where_the_page_begins(
        self, qtbot: QtBot, window: Window, desk: FakeDesk, gone: str
    ) -> None:
        at(qtbot, window, desk, Step.SIGN_IN)
        [name] = window.page.findChildren(QLineEdit)
        name.setFocus()
        name.setVisible(False) if gone == "hidden" else name.setEnabled(False)
        qtbot.waitUntil(lambda: accessible_name(focus()) != "")
        qtbot.waitUntil(lambda: window.page.isAncestorOf(focus()))


def test_the_first_thing_to_decide_is_no_mere_button(qtbot: QtBot) -> None:
    button, hidden, disabled, text, field = Button("Copy"), QLineEdit(), QLineEdit(), QPlainTextEdit(), QLineEdit()
    root = shown(qtbot, button, hidden, disabled, text, field)
    hidden.hide()
    disabled.setEnabled(False)
    text.setReadOnly(True)
    assert first_to_decide(root) is field
    field.hide()
    assert first_to_decide(root) is None


def test_tab_goes_as_one_reads(qtbot: QtBot) -> None:
    """Whatever was made first: rows downwards, in a row from left to right, and a card before the next one."""
    fields = [QLineEdit() for _ in range(6)]
    last, left_top, left_bottom, right_top, right_bottom, first = fields
    columns = QWidget()
    row = QHBoxLayout(columns)
    for pair in ((left_top, left_bottom), (right_top, right_bottom)):
        card = QWidget()
        column = QVBoxLayout(card)
        for one in pair:
            column.addWidget(one)
        row.addWidget(card)
    root = shown(qtbot, first, columns, last)
    assert list(stops(root)) == [first, left_top, left_bottom, right_top, right_bottom, last]


def test_an_empty_visit_is_typed_into_at_once(qtbot: QtBot, window: Window) -> None:
    window.take_up(Visit())
    assert focus() is box(window)


def _area(window: Window, widget: QWidget) -> str:
    for name, part in (("rail", window.rail), ("footer", window.footer), ("page", window.page)):
        if part.isAncestorOf(widget):
            return name
    return "elsewhere"


def _by_tab(window: Window) -> list[QWidget]:
    """Everything that is seen and takes the focus by Tab."""
    return [
        one
        for one in window.findChildren(QWidget)
        if one.isVisible()
        and one.isEnabled()
        and one.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
        and one.focusProxy() is None
    ]


def _is_one_of_many(widget: QWidget) -> bool:
    """Of a group that is one stop, and is moved in by the arrows."""
    return isinstance(widget, ChoiceCard) and not widget.isChecked()
