"""What a page shows in place of content: that there is none, or that it is on its way."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.icon import Icon
from ui.widgets.progress import Spinner
from ui.widgets.text import Label

_ICON = 32


class EmptyState(QWidget):
    """Nothing is here: why, and what to do about it."""

    def __init__(self, icon: str, title: str, sentence: str, button: QWidget | None = None) -> None:
        super().__init__()
        self._title = Label(title, TextRole.HEADING)
        self._sentence = Label(sentence, TextRole.BODY, colour="secondary")
        self._column = QVBoxLayout(self)
        self._column.addWidget(Icon(icon, Tone.NEUTRAL, _ICON), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self._column.addWidget(label)
        if button is not None:
            self._column.addSpacing(8)
            self._column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        _space(self._column, 32, 8)

    def set(self, title: str, sentence: str) -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            _space(self._column, 32, 8)


class Loading(QWidget):
    """What is being read, beside something that moves."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self._sentence = Label(sentence, TextRole.BODY, colour="secondary")
        self._row = QHBoxLayout(self)
        self._row.addWidget(Spinner(20), 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self._sentence, 1)
        self.setAccessibleName(sentence)
        _space(self._row, 16, 12)

    def sentence(self) -> str:
        return self._sentence.text()

    def set_sentence(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            _space(self._row, 16, 12)


def _space(layout: QBoxLayout, above: int, between: int) -> None:
    layout.setContentsMargins(0, theme.px(above), 0, theme.px(above))
    layout.setSpacing(theme.px(between))
