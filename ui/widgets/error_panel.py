"""An error where the work was: what went wrong, what helps, and the details for support. It stays until it is solved.

The words come from `ui.error_text`.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.announce import alert
from ui.widgets.buttons import Button, Kind
from ui.widgets.copy_button import CopyButton
from ui.widgets.field import Well
from ui.widgets.flow import Flow
from ui.widgets.marks import Mark, Shape
from ui.widgets.plain import many_lines, one_line
from ui.widgets.scroll import calm
from ui.widgets.text import Label

if TYPE_CHECKING:
    from ui.error_text import ErrorText

RADIUS = 10
MOST_LINES = 10
"""The details are as tall as their text, up to so many lines; then they scroll."""

# By the values of `ui.error_text.Remedy`.
_ACTIONS = {"sign_in": "Sign in again", "invitation": "Open an invitation"}


class ErrorPanel(QFrame):
    """It takes the focus when an error is shown, and screen readers say it at once."""

    retry = Signal()
    action = Signal(str)
    """What else was asked for: the value of the error's remedy."""

    def __init__(self, error: "ErrorText | None" = None) -> None:
        super().__init__()
        self._remedy = ""
        self._title = Label("", TextRole.ROW, tone=Tone.BAD)
        self._sentence = Label("", TextRole.BODY, selectable=True)
        self._fix = Label("", TextRole.BODY)
        self._retry = Button("Retry", Kind.SECONDARY)
        self._action = Button("", Kind.SECONDARY)
        self._toggle = Button("Show details", Kind.LINK)
        self._copy = CopyButton("the details of this error", self._text_to_copy, label="Copy details")
        self._text = _Details()
        self._details = Well(self._text, padding=(8, 4))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self._retry.clicked.connect(self.retry)
        self._action.clicked.connect(self._act)
        self._toggle.clicked.connect(self._toggle_details)
        if error is not None:
            self.show_error(error)

    def _lay_out(self) -> None:
        buttons = Flow(gap=12)
        for button in (self._retry, self._action, self._toggle, self._copy):
            buttons.addWidget(button)
        column = QVBoxLayout()
        column.setSpacing(4)
        for label in (self._title, self._sentence, self._fix):
            column.addWidget(label)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addSpacing(4)
        column.addWidget(self._details)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 16, 20, 14)
        row.setSpacing(14)
        row.addWidget(Mark(Shape.OCTAGON, Tone.BAD, size=22), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)

    def show_error(self, error: "ErrorText", *, can_retry: bool | None = None) -> None:
        """Show this error instead of the one before. Its remedy offers Retry, or `can_retry` does."""
        self._remedy = error.remedy
        title, sentence, fix = one_line(error.title), one_line(error.sentence), one_line(error.fix)
        for label, text in ((self._title, title), (self._sentence, sentence), (self._fix, fix)):
            label.setText(text)
            label.setVisible(bool(text))
        self._retry.setVisible(error.remedy == "retry" if can_retry is None else can_retry)
        self._action.setText(_ACTIONS.get(self._remedy, ""))
        self._action.setVisible(self._remedy in _ACTIONS)
        self._text.setPlainText(many_lines(error.details).strip())
        self._toggle.setVisible(bool(error.details))
        self._show_details(False)
        self.setAccessibleName(f"Error: {title}")
        self.setAccessibleDescription(" ".join(filter(None, (sentence, fix))))
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        alert(self, " ".join(filter(None, (f"{title}.", sentence, fix))))

    def details(self) -> str:
        return self._text.toPlainText()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        fore, ground = theme.tone(Tone.BAD)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(ground)
        painter.setPen(QPen(fore, 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _toggle_details(self) -> None:
        self._show_details(self._details.isHidden())

    def _show_details(self, shown: bool) -> None:
        self._details.setVisible(shown)
        self._toggle.setText("Hide details" if shown else "Show details")

    def _text_to_copy(self) -> str:
        """What support needs to read: the words that were shown, then the details."""
        words = (self._title.text(), self._sentence.text(), self._fix.text())
        return "\n\n".join(filter(None, ("\n".join(filter(None, words)), self.details())))

    def _act(self) -> None:
        self.action.emit(self._remedy)


class _Details(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Details of the error")
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._apply_theme()

    def sizeHint(self) -> QSize:
        # The document of a QPlainTextEdit measures its height in lines, as they are broken now.
        lines = min(round(self.document().size().height()), MOST_LINES)
        margins = 2 * round(self.document().documentMargin())
        return QSize(theme.px(320), lines * QFontMetrics(self.font()).lineSpacing() + margins + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _apply_theme(self) -> None:
        self.setFont(theme.font(TextRole.MONO_SMALL))
        self.updateGeometry()
