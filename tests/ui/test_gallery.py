"""The gallery shows every widget, and nothing in it is cut off, hidden or unreadable."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme
from ui.demo.looks import inspect
from ui.gallery import Gallery
from ui.gallery_sections import SECTIONS
from ui.theme import Scheme
from ui.widgets.buttons import Button

SWITCHES = {"Light or dark", "100 % or 150 %"}


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[Gallery]:
    made = Gallery()
    qtbot.addWidget(made)
    made.show()
    yield made
    # Closed by now, but Qt deletes it in an event loop only. So many widgets would slow the other tests down.
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("place", range(len(SECTIONS)), ids=[title for title, _, _ in SECTIONS])
@pytest.mark.parametrize(("scheme", "scale"), [(Scheme.LIGHT, 1.0), (Scheme.DARK, 1.5)])
def test_every_section_can_be_looked_at(
    gallery: Gallery, qapp: QApplication, place: int, scheme: Scheme, scale: float
) -> None:
    theme.set_scheme(scheme)
    theme.set_scale(scale)
    gallery.resize(960, 640)
    gallery.show_section(place)
    for _ in range(4):
        qapp.processEvents()
    assert inspect(gallery) == ()


def test_the_switches_switch(gallery: Gallery) -> None:
    scheme, size = (button for button in gallery.findChildren(Button) if button.text() in SWITCHES)
    scheme.click()
    size.click()
    assert (theme.scheme(), theme.scale()) == (Scheme.DARK, 1.5)
    scheme.click()
    size.click()
    assert (theme.scheme(), theme.scale()) == (Scheme.LIGHT, 1.0)
