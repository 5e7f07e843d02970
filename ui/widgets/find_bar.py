"""The search in a text with numbered lines: Ctrl+F, F3, Shift+F3. What it searches is in `ui.widgets.numbered_text`."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.announce import announce
from ui.widgets.buttons import Button, Kind
from ui.widgets.fields import TextField
from ui.widgets.flow import Flow
from ui.widgets.layouts import Wrapping
from ui.widgets.numbered_text import NumberedText
from ui.widgets.text import Label

FIELD_WIDTH = 260


class FindBar(Wrapping):
    """The words that are searched, which hit is shown, and the ways to the next. Hidden until it is opened."""

    def __init__(self, text: NumberedText) -> None:
        super().__init__()
        self._text = text
        self._field = TextField("", placeholder="Find in this document")
        self._field.editor.setAccessibleName("Find in this document")
        self._field.editor.installEventFilter(self)
        self._count = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        row = Flow(self, gap=12)
        row.addWidget(self._field)
        row.addWidget(self._count)
        for words, slot in (("Previous", self.previous), ("Next", self.next)):
            button = Button(words, Kind.SECONDARY)
            button.clicked.connect(slot)
            row.addWidget(button)
        close = Button("Close", Kind.LINK)
        close.setAccessibleName("Close the search")
        close.clicked.connect(self.close_search)
        row.addWidget(close)
        self._field.changed.connect(self._search)
        self._apply_theme()
        self.hide()

    def add_shortcuts(self, owner: QWidget) -> None:
        """The keys, wherever the focus is within `owner`."""
        for keys, slot in (
            (QKeySequence.StandardKey.Find, self.open_search),
            (QKeySequence.StandardKey.FindNext, self.next),
            (QKeySequence.StandardKey.FindPrevious, self.previous),
        ):
            shortcut = QShortcut(QKeySequence(keys), owner)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def open_search(self) -> None:
        """Show the search, with what is selected in the text as its words."""
        selected = self._text.textCursor().selectedText()
        self.show()
        if selected and "\u2029" not in selected:
            self._field.set_text(selected)
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.select_all()
        self._search(self._field.text())

    def close_search(self) -> None:
        self.hide()
        self._text.search("")
        self._text.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Another text is searched anew, while the search is open."""
        if not self.isHidden():
            self._show_hit(self._text.find_anew(self._field.text()))

    def next(self) -> None:
        self._show_hit(self._text.go(1))

    def previous(self) -> None:
        self._show_hit(self._text.go(-1))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.close_search()
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                self.previous() if back else self.next()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _search(self, words: str) -> None:
        self._show_hit(self._text.search(words))

    def _show_hit(self, hit: int) -> None:
        found = self._text.hits()
        count = f"{hit + 1} of {found}" if found else "Nothing found" if self._field.text() else ""
        if count and count != self._count.text():
            announce(self._field, count)
        self._count.setText(count)

    def _apply_theme(self) -> None:
        self._field.setMinimumWidth(theme.px(FIELD_WIDTH))
