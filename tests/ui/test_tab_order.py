"""ui/tab_order.py: rows that came late are reached where they stand."""

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui.tab_order import follow_reading_order
from ui.widgets.fields import TextField
from ui.widgets.scroll import ScrollArea


def chain(root: QWidget) -> list[QWidget]:
    """The editors below `root` in the order in which Tab comes to them."""
    found: list[QWidget] = []
    widget = root.nextInFocusChain()
    while widget is not None and widget is not root:
        if isinstance(widget, QLineEdit):
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_what_comes_late_is_reached_where_it_stands(qtbot: QtBot) -> None:
    window, root, content = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(window)
    rail, footer, around, area = QLineEdit(), QLineEdit(), QVBoxLayout(window), ScrollArea()
    for part in (rail, root, footer):
        around.addWidget(part)
    area.setWidget(content)
    QVBoxLayout(root).addWidget(area)
    column, row = QVBoxLayout(content), QHBoxLayout()
    last, left, right, field = QLineEdit(), QLineEdit(), QLineEdit(), TextField("Name")
    column.addWidget(last)
    column.insertLayout(0, row)
    row.addWidget(right)
    row.insertWidget(0, left)
    column.insertWidget(1, field)
    wanted = [left, right, field.editor, last]
    assert [widget for widget in chain(window) if widget in wanted] != wanted

    follow_reading_order(root)

    inside = [widget for widget in chain(window) if widget not in (rail, footer)]
    assert inside == wanted
    begins = chain(window).index(left)
    assert chain(window)[begins : begins + 4] == wanted, "with nothing of the rest of the window in between"


def test_where_tab_stops_nowhere_nothing_is_done(qtbot: QtBot) -> None:
    root = QWidget()
    qtbot.addWidget(root)

    follow_reading_order(root)

    assert chain(root) == []
