"""One thing to know, on the ground of its tone."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.icon import Icon
from ui.widgets.text import Label

RADIUS = 10
_ICON = 20
_ICON_OF = {
    Tone.NEUTRAL: "info",
    Tone.ACCENT: "info",
    Tone.GOOD: "verified",
    Tone.CAUTION: "warning",
    Tone.BAD: "refuted",
}
_WORD_OF = {Tone.CAUTION: "Caution", Tone.BAD: "Problem"}


class Banner(QFrame):
    """An icon, a title in the tone and a sentence; `actions` are buttons below them."""

    def __init__(self, tone: Tone, title: str, sentence: str = "", actions: Sequence[QWidget] = ()) -> None:
        super().__init__()
        self._tone = tone
        self._icon = Icon(_ICON_OF[tone], tone, _ICON)
        self._title = Label("", TextRole.ROW, tone=tone)
        self._sentence = Label("", TextRole.BODY)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout()
        self._column.addWidget(self._title)
        self._column.addWidget(self._sentence)
        if actions:
            self._column.addLayout(_in_a_row(actions))
        self._column.addStretch(1)
        self._row.addLayout(self._column, 1)
        self.set(tone, title, sentence)
        self._apply_theme()

    def tone(self) -> Tone:
        return self._tone

    def title(self) -> str:
        return self._title.text()

    def sentence(self) -> str:
        return self._sentence.text()

    def set(self, tone: Tone, title: str, sentence: str = "") -> None:
        self._tone = tone
        self._icon.set(_ICON_OF[tone], tone)
        self._title.set_tone(tone if tone is not Tone.NEUTRAL else None)
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))
        word = _WORD_OF.get(tone)
        self.setAccessibleName(f"{word}: {title}" if word else title)
        self.setAccessibleDescription(sentence)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground())
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)

    def _ground(self) -> QColor:
        if self._tone is Tone.NEUTRAL:
            # What says nothing in particular stands back behind the others.
            return theme.mixed(theme.colours().map, theme.colours().window, 0.5)
        return theme.tone(self._tone)[1]

    def _apply_theme(self) -> None:
        self._row.setContentsMargins(theme.px(16), theme.px(12), theme.px(20), theme.px(12))
        self._row.setSpacing(theme.px(12))
        self._column.setSpacing(theme.px(4))
        self.update()


def _in_a_row(widgets: Sequence[QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, theme.px(4), 0, 0)
    row.setSpacing(theme.px(12))
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row
