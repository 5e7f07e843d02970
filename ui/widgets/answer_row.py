"""What may be asked, and the answer: a row whose columns stand below one another in all rows of the same width."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.field import Name
from ui.widgets.plain import one_line
from ui.widgets.text import ElidedLabel, Label

KIND = 96
ANSWER = 104
GAP = 16
PADDING = 10
NARROW = 640
"""Below this width, in pixels of 100 %, the action goes below the sentence."""


class AnswerRow(QWidget):
    """Kind, sentence, the action in the service's own word, and the answer as a pill."""

    def __init__(self, kind: str, sentence: str, action: str = "", *, pill: QWidget | None = None) -> None:
        super().__init__()
        kind, sentence, action = one_line(kind), one_line(sentence), one_line(action)
        self.setAccessibleName(". ".join(filter(None, (kind, sentence))))
        self.setAccessibleDescription(action)
        self._action = ElidedLabel(action, TextRole.MONO_SMALL, colour="secondary")
        layout = _Columns(self)
        layout.addWidget(Name(kind, colour="secondary"))
        layout.addWidget(Label(sentence, TextRole.BODY))
        layout.addWidget(self._action)
        layout.addWidget(pill if pill is not None else QWidget())
        self._action.setVisible(bool(action))


@dataclass(frozen=True)
class _Places:
    kind: QRect
    sentence: QRect
    action: QRect
    answer: QRect
    height: int

    def all(self) -> tuple[QRect, QRect, QRect, QRect]:
        return (self.kind, self.sentence, self.action, self.answer)


class _Columns(QLayout):
    """Four items in columns that depend on the width alone, not on what this row says."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._places(width).height if len(self._items) == 4 else 0

    def sizeHint(self) -> QSize:
        width = theme.px(NARROW)
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        return QSize(theme.px(KIND + 120 + ANSWER) + 2 * GAP, 0)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        if len(self._items) == 4:
            for item, place in zip(self._items, self._places(rect.width()).all(), strict=True):
                item.setGeometry(place.translated(rect.topLeft()))

    def _places(self, width: int) -> _Places:
        kind, sentence, action, answer = self._items
        left = theme.px(KIND) + GAP
        pill = answer.sizeHint()
        right = max(theme.px(ANSWER), pill.width())
        wide = width >= theme.px(NARROW)
        free = width - left - right - GAP
        # The action starts at the same place in every row, however long the answer of this one is.
        text = round((width - left) * 0.48) if wide else free
        above = theme.px(PADDING)
        text_height, kind_height = _height(sentence, text), _height(kind, theme.px(KIND))
        action_height = 0 if action.isEmpty() else action.sizeHint().height()
        line = max(text_height if wide else 0, pill.height(), action_height if wide else 0, kind_height)
        if not wide:
            line = max(text_height, pill.height(), kind_height)
        first = min(_height(sentence, 10_000), text_height)
        middle = above + first / 2
        action_place = (
            QRect(left + text + GAP, round(middle - action_height / 2), free - text - GAP, action_height)
            if wide
            else QRect(left, above + line + 2, free, action_height)
        )
        height = 2 * above + line + (0 if wide or not action_height else action_height + 2)
        return _Places(
            kind=QRect(0, round(middle - min(kind_height, first) / 2), theme.px(KIND), kind_height),
            sentence=QRect(left, above, text, text_height),
            action=action_place,
            answer=QRect(QRect(width - pill.width(), round(middle - pill.height() / 2), pill.width(), pill.height())),
            height=height,
        )


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
