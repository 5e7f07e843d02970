"""Text that is read: a label that wraps anywhere it must, and one of a single line that elides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QKeySequence, QPainter, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui import theme
from ui.theme import TextRole, Tone
from ui.widgets.plain import tool_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

Shade = Literal["text", "secondary", "faint"]

_BREAK = "\u200b"  # zero width space: a line may end here
_LEFT_TO_RIGHT = "\u200e"  # what follows is read so
_KEPT_TOGETHER = "\u00a0"  # no-break space: no line may end here
_PUT_IN = str.maketrans({_BREAK: "", _LEFT_TO_RIGHT: "", _KEPT_TOGETHER: " "})
_ACCOUNT = r"\b(\d{4}) (\d{4}) (\d{4})\b"
_LATIN = r"[A-Za-z]{2}"
_LONG = 25
_LONG_WORD = rf"\S{{{_LONG},}}"
_JOINT = r"([:/.,;_=@?&+-])(?=\w)"
_RUN = rf"([^{_BREAK}]{{12}})(?=[^{_BREAK}]{{4}})"


def _breakable(text: str) -> str:
    """An ARN is one word to Qt. Here it may be broken, at its joints first; the number of an account is not."""
    if len(text) < _LONG:
        return text
    kept = re.sub(_ACCOUNT, rf"\1{_KEPT_TOGETHER}\2{_KEPT_TOGETHER}\3", text)
    return re.sub(_LONG_WORD, lambda word: _broken(word[0]), kept)


def _broken(word: str) -> str:
    return re.sub(_RUN, rf"\1{_BREAK}", re.sub(_JOINT, rf"\1{_BREAK}", word))


def _as_ours(text: str) -> str:
    """Our sentences run to the right, also where one begins with a name in Hebrew or Arabic: Qt would turn it round."""
    return f"{_LEFT_TO_RIGHT}{text}" if not text.isascii() and _turns_round(text) else text


def _turns_round(text: str) -> bool:
    from unicodedata import bidirectional

    first = next((bidirectional(char) for char in text if bidirectional(char) in ("L", "R", "AL")), "L")
    return first != "L" and re.search(_LATIN, text) is not None


class _Styled(QLabel):
    """Plain text in a role's font and a colour of the theme, both kept up to date."""

    def __init__(self, role: TextRole, tone: Tone | None, colour: Shade) -> None:
        super().__init__()
        self._role = role
        self._tone = tone
        self._shade: Shade = colour
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._apply_theme()

    def set_tone(self, tone: Tone | None) -> None:
        """A tone goes before the colour."""
        self._tone = tone
        self._apply_theme()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._apply_theme()

    def _colour(self) -> QColor:
        if self._tone is not None:
            return theme.tone(self._tone)[0]
        colours = theme.colours()
        return {"text": colours.text, "secondary": colours.secondary, "faint": colours.faint}[self._shade]

    def _apply_theme(self) -> None:
        self.setFont(theme.font(self._role))
        palette = QPalette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.WindowText, self._colour())
        palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText, theme.colours().faint)
        self.setPalette(palette)


class Label(_Styled):
    """A text of any length. It wraps, also within long words, and is never cut off."""

    def __init__(
        self,
        text: str = "",
        role: TextRole = TextRole.BODY,
        *,
        tone: Tone | None = None,
        colour: Shade = "text",
        wrap: bool = True,
        selectable: bool = False,
    ) -> None:
        super().__init__(role, tone, colour)
        self._text = ""
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = text
        shown = _as_ours(_breakable(text) if self.wordWrap() else text)
        super().setText(shown)
        # Assistive technology is given the text as it was set.
        if shown != text or self.accessibleName():
            self.setAccessibleName(text if shown != text else "")

    # Whatever leaves a selectable label leaves without the breaks that were put in.

    def selectedText(self) -> str:
        return super().selectedText().translate(_PUT_IN)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            super().contextMenuEvent(event)
            return
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy", self._copy).setEnabled(self.hasSelectedText())
        menu.addAction("Select all", self._select_all)
        menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        # Pressing on a selection would begin to drag it, as Qt has it.
        if self.hasSelectedText() and event.button() is Qt.MouseButton.LeftButton:
            self.setSelection(0, 0)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.hasSelectedText() and QGuiApplication.clipboard().supportsSelection():
            from PySide6.QtGui import QClipboard

            QGuiApplication.clipboard().setText(self.selectedText(), QClipboard.Mode.Selection)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.selectedText())

    def _select_all(self) -> None:
        self.setSelection(0, len(super().text()))


class Name(Label):
    """Small and bold: the name above a field, the kind of a row."""

    def __init__(self, text: str, *, colour: Shade = "text") -> None:
        super().__init__(text, TextRole.SECONDARY, colour=colour)
        self._embolden()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._embolden()

    def _embolden(self) -> None:
        font = theme.font(TextRole.SECONDARY)
        font.setWeight(QFont.Weight.DemiBold)
        self.setFont(font)


class ElidedLabel(_Styled):
    """One line. Where it is too long it ends in "…", and a tool tip has it whole."""

    _LEAST = 8
    """Characters for which there is room at least."""

    def __init__(
        self,
        text: str = "",
        role: TextRole = TextRole.BODY,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        *,
        tone: Tone | None = None,
        colour: Shade = "text",
    ) -> None:
        self._mode = mode  # first: styling tells the font, and with it how much fits
        super().__init__(role, tone, colour)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_whole()

    def shown_text(self) -> str:
        """What there is room for."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def minimumSizeHint(self) -> QSize:
        whole = super().sizeHint()
        return QSize(min(whole.width(), self.fontMetrics().averageCharWidth() * self._LEAST), whole.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._tell_whole()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment() | Qt.TextFlag.TextSingleLine, self.shown_text())

    def _tell_whole(self) -> None:
        fits = self.shown_text() == self.text()
        self.setToolTip("" if fits else tool_tip(self.text()))
        # Else a screen reader is given the mark-up of the tool tip.
        self.setAccessibleDescription("" if fits else self.text())
