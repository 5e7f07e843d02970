"""The comparison of two texts: in one column or two, by keyboard, and in words."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.support.shown import flaws, focus, shown
from ui import theme
from ui.widgets.buttons import Button
from ui.widgets.diff_view import MOST_LINES, DiffView
from ui.widgets.diff_view_lines import Fold
from ui.widgets.diff_view_list import DiffList

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def policy(count: int, changed: tuple[int, ...] = ()) -> str:
    made = [
        {"Sid": f"Part{number}", "Effect": "Deny", "Action": "s3:*" if number in changed else "iam:*", "Resource": "*"}
        for number in range(count)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": made}, indent=2)


OLD, NEW = policy(9), policy(9, (1, 7))


def rows(view: DiffView) -> DiffList:
    return view.findChild(DiffList)


def button(view: QWidget, text: str) -> Button:
    return next(button for button in view.findChildren(Button) if button.text() == text)


def said(view: QWidget) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel) if label.isVisible()]


def heard(view: DiffView) -> list[str]:
    """What a screen reader says of each row."""
    model = rows(view).model()
    return [model.index(at, 0).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(model.rowCount())]


@pytest.fixture
def view(qtbot: QtBot) -> DiffView:
    made = DiffView(OLD, NEW, before_name="Preset", after_name="Yours")
    shown(qtbot, made)
    return made


def test_it_stands_in_two_columns_where_there_is_room(view: DiffView, qtbot: QtBot) -> None:
    assert rows(view).is_split()
    view.window().resize(600, 600)
    qtbot.waitUntil(lambda: not rows(view).is_split())
    view.window().resize(1100, 600)
    qtbot.waitUntil(lambda: rows(view).is_split())
    theme.set_scale(1.9)
    assert not rows(view).is_split()


def test_each_row_says_what_happened_to_it(view: DiffView, qtbot: QtBot) -> None:
    words = heard(view)
    assert 'changed, line 13: "Action": "iam:*",; now line 13: "Action": "s3:*",' in words
    assert "unchanged, line 10: {" in words
    assert "5 statements, 30 lines unchanged: Part2, Part3, Part4, Part5, Part6. Press Return to show them." in words
    view.window().resize(600, 600)
    qtbot.waitUntil(lambda: not rows(view).is_split())
    words = heard(view)
    at = words.index('removed, line 13: "Action": "iam:*",')
    assert words[at + 1] == 'added, line 13: "Action": "s3:*",'


def test_the_list_has_a_name_and_says_how_much_differs(view: DiffView) -> None:
    interface = QAccessible.queryAccessibleInterface(rows(view))
    assert interface.role() == QAccessible.Role.List
    assert interface.text(QAccessible.Text.Name) == "Changes from Preset to Yours"
    assert [interface.child(at).text(QAccessible.Text.Name) for at in range(interface.childCount())] == heard(view)
    description = interface.text(QAccessible.Text.Description)
    assert description == "2 lines added, 2 removed. F8 goes to the next change."
    assert {"2 lines added, 2 removed", "− Preset", "+ Yours"} <= set(said(view))


def test_f8_goes_from_change_to_change_and_around(view: DiffView) -> None:
    focus(rows(view))
    visited = []
    for modifiers in (Qt.KeyboardModifier(0), Qt.KeyboardModifier(0), Qt.KeyboardModifier(0), SHIFT):
        QTest.keyClick(rows(view), Qt.Key.Key_F8, modifiers)
        visited.append(rows(view).currentIndex().data().strip())
        assert rows(view).viewport().rect().intersects(rows(view).visualRect(rows(view).currentIndex()))
    assert visited == ['"Action": "s3:*",'] * 4
    QTest.mouseClick(button(view, "Next change"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(button(view, "Previous change"), Qt.MouseButton.LeftButton)
    assert rows(view).currentIndex().data().strip() == '"Action": "s3:*",'


def test_a_fold_opens_by_key_and_by_mouse(view: DiffView) -> None:
    folds = [at for at, entry in enumerate(rows(view).entries()) if isinstance(entry, Fold)]
    before = len(rows(view).entries())
    focus(rows(view))
    rows(view).setCurrentIndex(rows(view).model().index(folds[1], 0))
    QTest.keyClick(rows(view), Qt.Key.Key_Return)
    assert len(rows(view).entries()) == before + 29
    first = rows(view).model().index(folds[0], 0)
    rows(view).scrollTo(first)
    QTest.mouseClick(
        rows(view).viewport(), Qt.MouseButton.LeftButton, pos=rows(view).visualRect(first).topLeft() + QPoint(40, 6)
    )
    assert not isinstance(rows(view).entries()[folds[0]], Fold)


def test_all_lines_can_be_shown_and_folded_again(view: DiffView) -> None:
    QTest.mouseClick(button(view, "Show all lines"), Qt.MouseButton.LeftButton)
    assert len(rows(view).entries()) == NEW.count("\n") + 1
    QTest.mouseClick(button(view, "Fold what is unchanged"), Qt.MouseButton.LeftButton)
    assert any(isinstance(entry, Fold) for entry in rows(view).entries())


def test_copy_takes_the_changes_as_a_patch_or_what_is_chosen(view: DiffView) -> None:
    QTest.mouseClick(button(view, "Copy"), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("--- Preset\n+++ Yours\n@@ ")
    assert '\n-      "Action": "iam:*",\n+      "Action": "s3:*",\n' in copied
    focus(rows(view))
    QTest.keyClick(rows(view), Qt.Key.Key_F8)
    QTest.keyClick(rows(view), Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == '-       "Action": "iam:*",\n+       "Action": "s3:*",'


def test_two_equal_texts_are_said_to_be_equal(view: DiffView) -> None:
    view.set_texts("a\nb", "a\nb")
    assert {"No differences", "“Preset” and “Yours” are the same, 2 lines."} <= set(said(view))
    assert not rows(view).isVisible()
    view.set_texts("a", "b")
    assert rows(view).isVisible()


def test_what_is_too_long_is_not_compared(view: DiffView) -> None:
    view.set_texts("a\n" * MOST_LINES, "b")
    assert f"One of the texts has {MOST_LINES + 1:,} lines. Up to {MOST_LINES:,} are compared here." in said(view)


def test_hidden_characters_are_a_difference_that_is_seen(view: DiffView) -> None:
    view.set_texts('"admin"', '"ad\u200bmin"')
    assert rows(view).entries()[0].line.text == '"ad\\u200bmin"'


def test_long_lines_wrap_and_nothing_is_cut_off(qtbot: QtBot) -> None:
    new = NEW.replace('"s3:*"', json.dumps("arn:aws:iam::222222222222:role/" + "long-name/" * 20))
    view = DiffView(OLD, new + "\n日本語 " * 40, before_name="The preset " * 8, after_name="Yours")
    window = shown(qtbot, view)
    focus(rows(view))
    view.next_change()
    assert flaws(window) == []
    view.set_texts("", "")
    assert flaws(window) == []


def test_an_endless_line_is_shown_to_a_limit_and_no_more(qtbot: QtBot) -> None:
    view = DiffView("short", "x" * 200_000)
    shown(qtbot, view)
    assert rows(view).visualRect(rows(view).model().index(0, 0)).height() < 2_000
    assert "x" * 200 in rows(view).model().index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
