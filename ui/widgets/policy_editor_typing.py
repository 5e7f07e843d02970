"""JSON text while it is written: typing, indenting, pasting. What is marked in it: `ui.widgets.policy_editor_text`."""

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QInputMethodEvent,
    QKeyEvent,
    QPalette,
    QTextBlock,
    QTextCursor,
)
from PySide6.QtWidgets import QMenu

from ui import theme
from ui.theme import TextRole
from ui.widgets.numbered_text import NumberedText
from ui.widgets.policy_editor_json import INDENT, in_units, indent_after
from ui.widgets.policy_editor_paste import cleaned

_KEEP = QTextCursor.MoveMode.KeepAnchor


class TypedText(NumberedText):
    """Tab leaves it, until `set_tab_indents`; from then on Esc, Tab does."""

    noticed = Signal(str)
    """A sentence about what was pasted: refused, or not taken as it was. Empty: there is nothing to say."""
    tab_changed = Signal(bool)
    """Whether Tab indents from now on."""

    def __init__(self, visible_lines: int, most: int) -> None:
        """`most` is how many characters it takes."""
        self._most = most
        self._tab_indents = False
        super().__init__(visible_lines)

    # The text

    def text(self) -> str:
        return self.toPlainText()

    def set_text(self, text: str) -> bool:
        """Another text; what was written cannot be brought back. Returns whether it was taken."""
        if not self._fits(len(text), "The text", "The text in the editor stays as it was."):
            return False
        made = cleaned(text)
        if made.text != self.text():
            self.setPlainText(made.text)
        self.noticed.emit(made.sentence)
        return True

    def replace_text(self, text: str) -> None:
        """Another text in one step that can be undone. The cursor stays behind the same sign, blanks aside."""
        # What lays it out may have resolved the escape of a hidden character.
        old, text = self.text(), cleaned(text).text
        if text == old:
            return
        before = in_units(old)[: self.textCursor().position()]
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.setPosition(_behind(in_units(text), sum(not sign.isspace() for sign in before)))
        self.setTextCursor(cursor)

    def set_read_only(self, read_only: bool) -> None:
        self.setReadOnly(read_only)
        keyboard = Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        self.setTextInteractionFlags(keyboard if read_only else Qt.TextInteractionFlag.TextEditorInteraction)
        self._apply_theme()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insert_from_outside(source.text())

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()

    def insert_from_outside(self, text: str) -> None:
        """What was pasted or dropped, in one step that can be undone."""
        cursor = self.textCursor()
        stays = self.document().characterCount() - 1 - (cursor.selectionEnd() - cursor.selectionStart())
        if self._fits(stays + len(text), "With that, the text", "Nothing was pasted.", text):
            made = cleaned(text)
            self.noticed.emit(made.sentence)
            cursor.insertText(made.text)
            self.setTextCursor(cursor)
            self.ensureCursorVisible()

    def _fits(self, size: int, what: str, outcome: str, text: str = "") -> bool:
        if size <= self._most:
            return True
        of = f"The text on the clipboard has {len(text):,}" if len(text) > self._most else f"{what} has {size:,}"
        self.noticed.emit(f"{of} characters; the editor takes {self._most:,}. {outcome}")
        return False

    # Typing

    def tab_indents(self) -> bool:
        return self._tab_indents

    def set_tab_indents(self, indents: bool) -> None:
        self._tab_indents = indents
        self.setTabChangesFocus(not indents)
        self.tab_changed.emit(indents)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_escape(event):
            event.accept()  # else the window would take it for its own
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._is_escape(event):
            self.setTabChangesFocus(True)  # once, until anything else is pressed
            return
        self.setTabChangesFocus(not self._tab_indents)
        if self.isReadOnly() or not self._type(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.setTabChangesFocus(not self._tab_indents)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        made = cleaned(event.commitString())
        if made.text != event.commitString():
            event.setCommitString(made.text, event.replacementStart(), event.replacementLength())
        super().inputMethodEvent(event)

    def _is_escape(self, event: QKeyEvent) -> bool:
        return (
            self._tab_indents and not self.isReadOnly() and event.key() == Qt.Key.Key_Escape and not event.modifiers()
        )

    def _type(self, event: QKeyEvent) -> bool:
        """Whether the key was one that this editor has a meaning of its own for."""
        text = event.text()
        more = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        # On some keyboards a bracket takes Ctrl and Alt.
        if text in {"}", "]"} and self._stands_in_indent():
            self._close(text)
        elif not text.isascii() and cleaned(text).text != text:
            self.textCursor().insertText(cleaned(text).text)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not more:
            self._break_line()
        elif event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab} and not more:
            self._indent(deeper=event.key() == Qt.Key.Key_Tab)
        else:
            return False
        return True

    def _break_line(self) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        line, at = cursor.block().text(), cursor.positionInBlock()
        units = in_units(line)
        above, below = indent_after(units[:at], units[at:])
        trailing = len(units[at:]) - len(units[at:].lstrip(" \t"))
        cursor.setPosition(cursor.position() + trailing, _KEEP)  # blanks before the rest would add to the indent
        cursor.insertText(above)
        place = cursor.position()
        cursor.insertText(below)
        cursor.setPosition(place)
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _stands_in_indent(self) -> bool:
        cursor = self.textCursor()
        before = in_units(cursor.block().text())[: cursor.positionInBlock()]
        return not cursor.hasSelection() and before.endswith(INDENT) and not before.strip()

    def _close(self, sign: str) -> None:
        """A closing bracket stands one step further left than what it closes."""
        cursor = self.textCursor()
        cursor.setPosition(cursor.position() - len(INDENT), _KEEP)
        cursor.insertText(sign)
        self.setTextCursor(cursor)

    def _indent(self, *, deeper: bool) -> None:
        cursor = self.textCursor()
        if deeper and cursor.selectedText().count("\u2029") == 0:
            cursor.insertText(INDENT)
            return
        cursor.beginEditBlock()
        for block in list(self._chosen_blocks(cursor)):
            line = QTextCursor(block)
            if deeper:
                line.insertText(INDENT)
            else:
                text = block.text()
                blanks = min(len(text) - len(text.lstrip(" ")), len(INDENT))
                line.setPosition(block.position() + blanks, _KEEP)
                line.removeSelectedText()
        cursor.endEditBlock()

    def _chosen_blocks(self, cursor: QTextCursor) -> Iterable[QTextBlock]:
        block = self.document().findBlock(cursor.selectionStart())
        while block.isValid() and block.position() <= cursor.selectionEnd():
            yield block
            block = block.next()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.context_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def context_menu(self) -> QMenu:
        """Qt's, without its way to insert characters that nobody sees."""
        menu = self.createStandardContextMenu()
        for action in menu.actions():
            if action.menu() is not None:
                menu.removeAction(action)
        return menu

    def _apply_theme(self) -> None:
        super()._apply_theme()
        palette = QPalette()
        if self.isReadOnly():
            palette.setColor(QPalette.ColorRole.Base, theme.colours().window)
        self.setPalette(palette)
        self.setTabStopDistance(len(INDENT) * QFontMetrics(theme.font(TextRole.MONO_SMALL)).horizontalAdvance(" "))


def _behind(text: str, signs: int) -> int:
    """The position behind so many signs that are no blanks."""
    if not signs:
        return 0
    for at, sign in enumerate(text):
        signs -= not sign.isspace()
        if not signs:
            return at + 1
    return len(text)
