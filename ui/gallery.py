"""All widgets in all states, for development: `python -m ui.gallery`.

The rail at the left shows the sections, which are in `ui/gallery_sections.py`. Scheme and font size are switched at the
top.
"""

import sys
from collections.abc import Iterable

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui import theme
from ui.gallery_sections import SECTIONS
from ui.theme import Scheme, TextRole
from ui.widgets.buttons import Button, Kind
from ui.widgets.rail import AccountCard, ItemState, Rail, RailItem
from ui.widgets.scroll import ScrollArea
from ui.widgets.text import Label


class Gallery(QWidget):
    """The sections behind one another, with the switches above them."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Widgets")
        self.resize(1180, 760)
        self.rail = Rail()
        self.rail.set_who("Houseguest", "All widgets in all states")
        account = AccountCard()
        account.set_lines("Acme production", "2222 2222 2222", "admin, session 52 min")
        self.rail.set_bottom(account)
        self.rail.clicked.connect(self.show_section)
        self.pages = QStackedWidget()
        for title, _state, make in SECTIONS:
            self.pages.addWidget(_page(title, make()))
        column = QVBoxLayout()
        column.addLayout(self._switches())
        column.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self.show_section(0)

    def show_section(self, at: int) -> None:
        self.pages.setCurrentIndex(at)
        states = [ItemState.CURRENT if place == at else state for place, (_, state, _) in enumerate(SECTIONS)]
        items = [
            RailItem(place, title, states[place], f"section {place + 1} of {len(SECTIONS)}")
            for place, (title, _, _) in enumerate(SECTIONS)
        ]
        self.rail.set_items(items, current=at)

    def _switches(self) -> QHBoxLayout:
        other = {Scheme.LIGHT: Scheme.DARK, Scheme.DARK: Scheme.LIGHT}
        scheme = Button("Light or dark", Kind.SECONDARY)
        scheme.clicked.connect(lambda: theme.set_scheme(other[theme.scheme()]))
        size = Button("100 % or 150 %", Kind.SECONDARY)
        size.clicked.connect(lambda: theme.set_scale(1.5 if theme.scale() == 1.0 else 1.0))
        row = QHBoxLayout()
        row.setContentsMargins(40, 16, 40, 0)
        row.addStretch(1)
        row.addWidget(scheme)
        row.addWidget(size)
        return row

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), theme.colours().window)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.update()


def _page(title: str, parts: Iterable[QWidget]) -> ScrollArea:
    content = QWidget()
    column = QVBoxLayout(content)
    column.setContentsMargins(40, 0, 40, 24)
    column.setSpacing(16)
    column.addWidget(Label(title, TextRole.TITLE))
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    area = ScrollArea()
    area.setWidget(content)
    return area


def main() -> int:
    application = QApplication(sys.argv)
    theme.install(application)
    gallery = Gallery()
    gallery.show()
    return application.exec()


if __name__ == "__main__":
    raise SystemExit(main())
