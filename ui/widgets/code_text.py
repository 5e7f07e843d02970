"""The text of a document that is read. The view around it is `ui.widgets.code_view`."""

from PySide6.QtCore import Qt

from ui.widgets.numbered_text import MOST_HITS, NumberedText

__all__ = ["MOST_HITS", "CodeText"]


class CodeText(NumberedText):
    """Read-only; it can be selected with the mouse and with the keyboard."""

    def __init__(self, visible_lines: int) -> None:
        super().__init__(visible_lines)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
