"""What may be asked, and the answer: a row whose columns stand below one another in all rows of the same width."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.theme import TextRole
from ui.widgets.layouts import Items, Wrapping, height_of, line_of
from ui.widgets.plain import one_line
from ui.widgets.text import ElidedLabel, Label, Name

KIND, ANSWER, GAP, PADDING = 96, 104, 16, 10
SENTENCE = 0.48
"""The share of the sentence in what the kind leaves. The action begins behind it, whatever this row says."""
NARROW, NARROWEST = 640, 400
"""Below the first width the action goes below the sentence, below the second the kind goes above it."""


class AnswerRow(Wrapping):
    """Kind, sentence, the action in the service's own word, and the answer as a pill."""

    def __init__(self, kind: str, sentence: str, action: str = "", *, pill: QWidget | None = None) -> None:
        super().__init__()
        kind, sentence, action = one_line(kind), one_line(sentence), one_line(action)
        self.setAccessibleName(". ".join(filter(None, (kind, sentence))))
        self.setAccessibleDescription(action)
        self._action = ElidedLabel(action, TextRole.MONO_SMALL, colour="secondary")
        if not action:
            self._action.hide()
        layout = _Columns(self)
        layout.addWidget(Name(kind, colour="secondary"))
        layout.addWidget(Label(sentence, TextRole.BODY))
        layout.addWidget(self._action)
        layout.addWidget(pill if pill is not None else QWidget())


class _Columns(Items):
    """Kind, sentence, action, answer; the answer at the right edge, the others at places that the width decides."""

    def places(self, width: int) -> tuple[list[QRect], int]:
        kind, sentence, action, answer = self.items
        wide, stacked = width >= theme.px(NARROW), width < theme.px(NARROWEST)
        above, gap, pill = theme.px(PADDING), theme.px(GAP), answer.sizeHint()
        left = 0 if stacked else theme.px(KIND) + gap
        free = width - left - gap - max(theme.px(ANSWER) if wide else 0, pill.width())
        text = round((width - left) * SENTENCE) if wide else free
        kind_width = free if stacked else left - gap
        kind_height, text_height = height_of(kind, kind_width), height_of(sentence, text)
        action_height = height_of(action, width)
        first = above + (kind_height + 2 if stacked else 0)
        middle = first + line_of(sentence) / 2
        below = first + text_height + 4
        made = [
            QRect(0, above if stacked else round(middle - line_of(kind) / 2), kind_width, kind_height),
            QRect(left, first, text, text_height),
            QRect(left + text + gap, round(middle - action_height / 2), free - text - gap, action_height)
            if wide
            else QRect(left, below, width - left, action_height),
            QRect(width - pill.width(), round(middle - pill.height() / 2), *pill.toTuple()),
        ]
        return made, max(place.bottom() + 1 for place in made if place.height()) + above

    def sizeHint(self) -> QSize:
        width = theme.px(NARROW)
        return QSize(width, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        return QSize(theme.px(240), 0)
