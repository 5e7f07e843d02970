"""ui/widgets/address_map.py, address_grid.py: what the map shows, and says by mouse, keys and to screen readers."""

import time
from ipaddress import IPv4Network

import pytest
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.demo.looks import inspect
from ui.theme import Scheme
from ui.widgets.address_map import AddressMap, Look, Mark
from ui.widgets.address_space import CELLS
from ui.widgets.buttons import Button

MARKS = (
    Mark(IPv4Network("10.0.0.0/15"), Look.USED, "production"),
    Mark(IPv4Network("10.200.0.0/14"), Look.ROUTED, "the office"),
    Mark(IPv4Network("10.100.0.0/16"), Look.RESERVED, "a cluster"),
    Mark(IPv4Network("172.17.0.0/16"), Look.RESERVED, "Docker"),
)
BLOCK = IPv4Network("10.42.0.0/16")


@pytest.fixture
def shown(qtbot: QtBot) -> AddressMap:
    made = AddressMap()
    qtbot.addWidget(made)
    made.set_marks(MARKS)
    made.resize(880, made.heightForWidth(880) if made.hasHeightForWidth() else made.sizeHint().height())
    made.show()
    made.activateWindow()
    return made


def picture(shown: AddressMap) -> QImage:
    return shown.grid.grab().toImage()


def colours_in(image: QImage, area: QRectF) -> set[str]:
    box = area.toAlignedRect().adjusted(3, 3, -3, -3)
    return {
        QColor(image.pixel(x, y)).name() for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())
    }


def pick_button(shown: AddressMap) -> Button:
    return shown.findChild(Button)


class TestWhatIsShown:
    def test_each_look_has_a_colour_and_those_beside_use_a_pattern(self, shown: AddressMap) -> None:
        colours, image = theme.colours(), picture(shown)
        assert colours_in(image, shown.grid.cell_rect(0)) == {colours.accent.name()}
        assert colours_in(image, shown.grid.cell_rect(50)) == {colours.map.name()}
        for index, colour in ((200, colours.caution), (100, colours.faint)):
            found = colours_in(image, shown.grid.cell_rect(index))
            assert colour.name() in found
            assert len(found) > 1, "a pattern tells it from the others without its colour"

    def test_the_chosen_block_is_outlined(self, shown: AddressMap) -> None:
        shown.set_chosen(BLOCK, "suggested")
        area, colours = shown.grid.cell_rect(42), theme.colours()
        image = picture(shown)
        assert colours_in(image, area) == {colours.good_ground.name()}
        assert QColor(image.pixel(round(area.center().x()), round(area.top()) + 1)).name() == colours.good.name()

    def test_it_is_never_green_where_not_all_was_read(self, shown: AddressMap) -> None:
        shown.set_chosen(BLOCK, "suggested", certain=False)
        colours = theme.colours()
        area = shown.grid.cell_rect(42).adjusted(-3, -3, 3, 3)
        assert colours_in(picture(shown), area).isdisjoint({colours.good.name(), colours.good_ground.name()})

    def test_a_conflict_is_crossed_and_named_in_the_legend(self, shown: AddressMap, qtbot: QtBot) -> None:
        shown.set_chosen(IPv4Network("10.1.0.0/16"), "chosen")
        found = colours_in(picture(shown), shown.grid.cell_rect(1))
        assert theme.colours().bad.name() in found
        assert len(found) > 1
        assert "conflict" in legend(shown)
        shown.set_chosen(BLOCK, "chosen")
        assert "conflict" not in legend(shown)

    def test_the_legend_names_the_looks_and_the_chosen_block(self, shown: AddressMap) -> None:
        assert legend(shown) == ["in use", "routed to", "reserved", "free"]
        shown.set_chosen(BLOCK, "suggested")
        assert legend(shown) == ["in use", "routed to", "reserved", "free", "suggested"]

    def test_colours_follow_the_scheme(self, shown: AddressMap) -> None:
        theme.set_scheme(Scheme.DARK)
        assert colours_in(picture(shown), shown.grid.cell_rect(0)) == {theme.colours().accent.name()}


def legend(shown: AddressMap) -> list[str]:
    return [text for text in words(shown) if text in {*(look.value for look in Look), "suggested", "chosen"}]


def words(shown: AddressMap) -> list[str]:
    from ui.widgets.text import Label

    return [label.text() for label in shown.findChildren(Label) if label.isVisible()]


class TestSpaces:
    def test_the_space_of_the_chosen_block_is_shown(self, shown: AddressMap) -> None:
        shown.set_chosen(IPv4Network("172.30.0.0/16"))
        assert shown.space == IPv4Network("172.16.0.0/12")
        assert shown.told.startswith("172.30.0.0/20: free")

    def test_a_tab_shows_another_one(self, shown: AddressMap, qtbot: QtBot) -> None:
        qtbot.mouseClick(shown.tabs[2], Qt.MouseButton.LeftButton)
        assert shown.space == IPv4Network("192.168.0.0/16")
        assert [tab.isChecked() for tab in shown.tabs] == [False, False, True, False]

    def test_it_stays_while_the_same_block_is_chosen(self, shown: AddressMap, qtbot: QtBot) -> None:
        shown.set_chosen(BLOCK)
        qtbot.mouseClick(shown.tabs[1], Qt.MouseButton.LeftButton)
        shown.set_chosen(BLOCK)
        assert shown.space == IPv4Network("172.16.0.0/12")

    def test_the_arrow_keys_move_among_the_tabs(self, shown: AddressMap, qtbot: QtBot) -> None:
        shown.tabs[0].setFocus()
        qtbot.keyClick(shown.tabs[0], Qt.Key.Key_Right)
        assert shown.tabs[1].hasFocus()
        qtbot.keyClick(shown.tabs[1], Qt.Key.Key_Space)
        assert shown.space == IPv4Network("172.16.0.0/12")

    def test_each_tells_how_many_ranges_are_known_in_it(self, shown: AddressMap) -> None:
        told = [tab.accessibleDescription() for tab in shown.tabs]
        assert told == ["2 ranges known", "no ranges known", "no ranges known", "no ranges known"]


class TestCells:
    @pytest.mark.parametrize(
        ("key", "modifier", "reached"),
        [
            (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 41),
            (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 43),
            (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, 26),
            (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, 58),
            (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 32),
            (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 47),
            (Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier, 0),
            (Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier, 255),
        ],
    )
    def test_keys_move_the_cell_that_is_told_about(
        self, shown: AddressMap, qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier, reached: int
    ) -> None:
        shown.set_chosen(BLOCK, "suggested")
        shown.grid.setFocus()
        assert shown.told == "10.42.0.0/16: free · suggested"
        qtbot.keyClick(shown.grid, key, modifier)
        assert shown.grid.current == reached
        assert shown.told.startswith(f"10.{reached}.0.0/16: ")

    @pytest.mark.parametrize("key", [Qt.Key.Key_Left, Qt.Key.Key_Up])
    def test_the_edge_is_the_end(self, shown: AddressMap, qtbot: QtBot, key: Qt.Key) -> None:
        qtbot.keyClick(shown.grid, key)
        assert shown.grid.current == 0
        shown.grid.set_current(CELLS - 1)
        for other in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            qtbot.keyClick(shown.grid, other)
            assert shown.grid.current == CELLS - 1

    def test_other_keys_are_for_the_window(self, shown: AddressMap, qtbot: QtBot) -> None:
        pressed = []
        shown.keyPressEvent = lambda event: pressed.append(event.key())  # type: ignore[method-assign]
        qtbot.keyClick(shown.grid, Qt.Key.Key_Return)
        assert pressed == [Qt.Key.Key_Return]

    def test_a_click_does_the_same(self, shown: AddressMap, qtbot: QtBot) -> None:
        place = shown.grid.cell_rect(100).center().toPoint()
        qtbot.mouseClick(shown.grid, Qt.MouseButton.LeftButton, pos=place)
        assert shown.told == "10.100.0.0/16: a cluster"
        qtbot.mouseClick(shown.grid, Qt.MouseButton.LeftButton, pos=QPoint(2, place.y()))
        assert shown.grid.current == 100, "beside the cells is none"

    def test_a_tool_tip_tells_the_cell_under_the_mouse(self, shown: AddressMap) -> None:
        place = shown.grid.cell_rect(201).center().toPoint()
        QApplication.sendEvent(shown.grid, QHelpEvent(QEvent.Type.ToolTip, place, shown.grid.mapToGlobal(place)))
        assert "10.201.0.0/16: 10.200.0.0/14 the office" in QToolTip.text()
        QToolTip.hideText()
        assert shown.grid.tip(QPoint(0, 0)) == ""

    def test_mark_up_in_a_text_is_not_mark_up_in_its_tool_tip(self, shown: AddressMap) -> None:
        shown.set_marks([Mark(IPv4Network("10.0.0.0/16"), Look.USED, "<img src=x>")])
        assert "&lt;img src=x&gt;" in shown.grid.tip(shown.grid.cell_rect(0).center().toPoint())

    def test_screen_readers_are_told(self, shown: AddressMap) -> None:
        shown.grid.set_current(200)
        interface = QAccessible.queryAccessibleInterface(shown.grid)
        assert interface is not None
        assert interface.text(QAccessible.Text.Name) == "Map of 10.0.0.0/8"
        description = interface.text(QAccessible.Text.Description)
        assert "256 blocks of the size /16: 2 in use, 4 routed to, 1 reserved, 249 free." in description
        assert "At 10.200.0.0/16: 10.200.0.0/14 the office." in description


class TestPicking:
    def test_a_free_block_at_the_cell_is_offered(self, shown: AddressMap, qtbot: QtBot) -> None:
        shown.set_size(20)
        shown.grid.set_current(60)
        assert pick_button(shown).text() == "Use 10.60.0.0/20"
        with qtbot.waitSignal(shown.picked) as caught:
            qtbot.mouseClick(pick_button(shown), Qt.MouseButton.LeftButton)
        assert caught.args == [IPv4Network("10.60.0.0/20")]

    def test_in_a_space_of_smaller_cells_it_spans_several(self, shown: AddressMap, qtbot: QtBot) -> None:
        shown.set_size(16)
        shown.show_space(IPv4Network("172.16.0.0/12"))
        shown.grid.set_current(40)
        assert pick_button(shown).text() == "Use 172.18.0.0/16"
        shown.grid.set_current(17)
        assert not pick_button(shown).isVisible(), "Docker's"

    @pytest.mark.parametrize("index", [0, 42, 100, 200])
    def test_what_is_taken_or_chosen_already_is_not(self, shown: AddressMap, index: int) -> None:
        shown.set_size(16)
        shown.set_chosen(BLOCK)
        shown.grid.set_current(index)
        assert not pick_button(shown).isVisible()

    def test_without_a_size_nothing_is(self, shown: AddressMap) -> None:
        shown.set_size(None)
        shown.grid.set_current(60)
        assert not pick_button(shown).isVisible()


@pytest.mark.speed
def test_thousands_of_marks_are_shown_within_a_tenth_of_a_second_and_chosen_among_within_a_frame(
    shown: AddressMap,
) -> None:
    marks = [Mark(IPv4Network(f"10.{number // 250}.{number % 250}.0/24"), Look.USED, "one") for number in range(2_000)]
    begun = time.perf_counter()
    shown.set_marks(marks)
    assert time.perf_counter() - begun < 0.1
    fastest = 1.0
    for number in range(5):
        begun = time.perf_counter()
        shown.set_chosen(IPv4Network(f"10.{number}.0.0/16"))
        shown.grid.repaint()
        fastest = min(fastest, time.perf_counter() - begun)
    assert fastest < 0.016


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("width", "scale"), [(600, 1.0), (600, 1.5), (1100, 1.0)])
def test_nothing_is_cut_off(qtbot: QtBot, scheme: Scheme, width: int, scale: float) -> None:
    theme.set_scheme(scheme)
    theme.set_scale(scale)
    window = QWidget()
    qtbot.addWidget(window)
    window.setAutoFillBackground(True)
    column = QVBoxLayout(window)
    made = AddressMap()
    column.addWidget(made)
    made.set_marks(MARKS)
    made.set_size(16)
    made.set_chosen(BLOCK, "suggested")
    made.grid.set_current(60)
    window.resize(width, column.heightForWidth(width))
    window.show()
    assert inspect(window) == ()
