"""Pictures of a small window of its own, read back from the disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPropertyAnimation, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from ui import theme
from ui.demo.pictures import SHEET_WIDTH, Album


@pytest.fixture(autouse=True)
def themed(qapp: QApplication) -> Iterator[None]:
    before = qapp.style().objectName(), qapp.palette(), qapp.font()
    theme.install(qapp, scheme=theme.Scheme.LIGHT)
    yield
    qapp.setStyle(before[0])
    qapp.setPalette(before[1])
    qapp.setFont(before[2])


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.addWidget(QLabel("What may Release do in your account?"))
    column.addWidget(QLineEdit("10.42.0.0/16"))
    qtbot.addWidget(made)
    made.resize(960, 640)
    made.show()
    qtbot.waitExposed(made)
    return made


def ground(path: Path) -> QColor:
    return QImage(str(path)).pixelColor(2, 2)


def test_a_page_is_taken_in_light_and_in_dark(window: QWidget, tmp_path: Path) -> None:
    album = Album(tmp_path / "pictures")
    album.take(window, "invitation")
    album.take(window, "sign-in")

    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "01-invitation-dark.png",
        "01-invitation-light.png",
        "02-sign-in-dark.png",
        "02-sign-in-light.png",
    ]
    light, dark, *_ = album.pictures
    assert ground(light.path) == QColor("#F6F7F9")
    assert ground(dark.path) == QColor("#14171C")
    assert QImage(str(light.path)).size() == window.size()


@pytest.mark.parametrize("scheme", theme.Scheme)
def test_the_scheme_that_was_shown_comes_back(window: QWidget, tmp_path: Path, scheme: theme.Scheme) -> None:
    theme.set_scheme(scheme)

    Album(tmp_path).take(window, "invitation")

    assert theme.scheme() is scheme


def test_the_same_moment_gives_the_same_picture(window: QWidget, tmp_path: Path) -> None:
    edit = window.findChild(QLineEdit)
    edit.setFocus()
    moving = QPropertyAnimation(edit, b"minimumHeight", window)
    moving.setEndValue(120)
    moving.start()

    album = Album(tmp_path)
    first, second = album.take(window, "network"), album.take(window, "network")

    assert edit.height() == 120
    for one, other in zip(first, second, strict=True):
        assert one.path.read_bytes() == other.path.read_bytes()


def test_a_label_that_was_changed_is_laid_out_before_it_is_taken(window: QWidget, tmp_path: Path) -> None:
    label = window.findChild(QLabel)
    label.setWordWrap(True)
    label.setText("Nothing is created yet. " * 40)

    Album(tmp_path).take(window, "permissions")

    assert label.height() >= label.heightForWidth(label.width())


def test_the_contact_sheet_holds_all_and_is_small(window: QWidget, tmp_path: Path) -> None:
    album = Album(tmp_path)
    for number in range(3):
        album.take(window, f"page-{number}")
    sheet = tmp_path / "docs" / "sheet.png"
    album.contact_sheet(sheet, columns=4)

    image = QImage(str(sheet))
    assert image.format() is QImage.Format.Format_Indexed8
    assert SHEET_WIDTH - 8 <= image.width() <= SHEET_WIDTH
    # Two rows, of which the second has two pictures: the dark one is the right one.
    assert 2 * 380 < image.height() < 3 * 380
    row = [image.pixelColor(column * image.width() // 4 + 60, image.height() - 100) for column in range(4)]
    assert [colour == QColor("#14171C") for colour in row] == [False, True, False, False]
    assert sheet.stat().st_size < 1_500_000


def test_a_sheet_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no picture"):
        Album(tmp_path).contact_sheet(tmp_path / "sheet.png")


def test_a_picture_that_cannot_be_written_is_told(window: QWidget, tmp_path: Path) -> None:
    (tmp_path / "01-invitation-light.png").mkdir()

    with pytest.raises(OSError, match="01-invitation-light"):
        Album(tmp_path).take(window, "invitation")


def test_the_size_is_the_windows(window: QWidget, tmp_path: Path) -> None:
    window.resize(1440, 900)

    light, _ = Album(tmp_path).take(window, "review")

    assert QImage(str(light.path)).size() == QSize(1440, 900)
