"""What a screen reader is told without being asked: a problem that has appeared, a search that found nothing.

Qt's module for it is loaded with the first of these, not before the first paint.
"""

from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, message: str, *, urgent: bool = False) -> None:
    """Speak `message` about `widget`; an urgent one interrupts what is being said."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    event = QAccessibleAnnouncementEvent(widget, message)
    event.setPoliteness(
        QAccessible.AnnouncementPoliteness.Assertive if urgent else QAccessible.AnnouncementPoliteness.Polite
    )
    QAccessible.updateAccessibility(event)


def alert(widget: QWidget, message: str) -> None:
    """The same, of something that wants an answer: also as an alert, for readers that know no announcements."""
    from PySide6.QtGui import QAccessible, QAccessibleEvent

    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))
    announce(widget, message, urgent=True)
