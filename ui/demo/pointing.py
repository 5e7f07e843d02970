"""What a widget tells somebody who points at a place of it."""

from PySide6.QtCore import QCoreApplication, QEvent, QPoint
from PySide6.QtGui import QHelpEvent, Qt, QTextDocumentFragment
from PySide6.QtWidgets import QToolTip, QWidget

_NOTHING = "nothing"


def tool_tip_at(widget: QWidget, place: QPoint) -> str:
    """The tool tip in plain text: asked for as Qt does, so that items, delegates and parents answer for themselves."""
    somewhere = widget.mapToGlobal(place)
    # Whoever has no tool tip leaves the one that is shown.
    QToolTip.showText(somewhere, _NOTHING, widget)
    QCoreApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, place, somewhere))
    told = QToolTip.text()
    QToolTip.hideText()
    if told == _NOTHING:
        return ""
    return QTextDocumentFragment.fromHtml(told).toPlainText() if Qt.mightBeRichText(told) else told
