"""What Qt says on its own: not on the terminal, where nobody can do anything about it, and without its text in the log.

A text of Qt may hold a path or what a person typed. Its category, such as `qt.qpa.plugin`, tells support where to look.
"""

import logging

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from installer.redaction import log

# What is only told to developers is not written down at all.
_LEVELS = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def keep_off_the_terminal() -> None:
    """From now on; what Qt says while it is loaded comes before."""
    qInstallMessageHandler(_write_down)


def _write_down(kind: QtMsgType, context: QMessageLogContext, _message: str) -> None:
    level = _LEVELS.get(kind)
    if level is not None:
        log("qt.message", level, category=context.category or "default")
