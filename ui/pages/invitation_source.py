"""Where an invitation comes from: dropped, chosen, or pasted. Part of the Invitation page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui import theme
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.fields import TextBox
from ui.widgets.text import Label


class _DropZone(QWidget):
    """Says that a file may be dropped; the whole page takes it."""

    def __init__(self) -> None:
        super().__init__()
        self.hovered = False
        self.button = Button("Choose a file …", Kind.SECONDARY, icon="folder")
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = Label("Drop the invitation here", theme.TextRole.ROW)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 28, 24, 28)
        column.setSpacing(12)
        column.addWidget(self._icon)
        column.addWidget(title)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.button)
        row.addStretch(1)
        column.addLayout(row)
        self._apply_theme()

    def _apply_theme(self) -> None:
        self._icon.setPixmap(theme.icon("drop", theme.colours().accent, theme.px(32)))
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colours.accent if self.hovered else colours.faint, 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(colours.accent_ground if self.hovered else colours.window)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 10, 10)


class SourceCard(Card):
    """`submitted` with what was pasted; `choose` where a file dialog is asked for."""

    submitted = Signal(str)
    changed = Signal()
    choose = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._zone = _DropZone()
        self._box = TextBox(
            "Or paste the link or the text of the invitation",
            placeholder="https://…",
            hint="A link is fetched from the vendor; nothing else is contacted.",
            lines=3,
            mono=True,
        )
        self.body.addWidget(self._zone)
        self.body.addSpacing(8)
        self.body.addWidget(self._box)
        self._box.editor.setAcceptDrops(False)  # the page takes what is dropped: a file is not its address as text
        self._zone.button.clicked.connect(self.choose)
        self._box.changed.connect(self._typed)
        self._box.submitted.connect(self._submit)
        self.setFocusProxy(self._box)

    @property
    def text(self) -> str:
        return self._box.text().strip()

    def set_problem(self, sentence: str) -> None:
        """What is wrong with what was given; until something else is."""
        self._box.set_problem(sentence)

    def set_text(self, text: str) -> None:
        self._box.set_text(text)

    def set_hovered(self, hovered: bool) -> None:
        """Something is held over the page that can be dropped."""
        self._zone.hovered = hovered
        self._zone.update()

    @Slot()
    def _typed(self) -> None:
        self.set_problem("")
        self.changed.emit()

    @Slot()
    def _submit(self) -> None:
        self.submitted.emit(self.text)
