"""The card with the address block: the suggested one and why, or one that the person types.

What can be said of a block comes from `network_choice.py`; what stands in its way is shown by `network_conflict.py`.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout

from ui import theme
from ui.pages.network_choice import Judged
from ui.theme import TextRole, Tone
from ui.widgets.announce import announce
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import RADIUS, Card
from ui.widgets.chips import Pill
from ui.widgets.fields import Item, Select, TextField
from ui.widgets.flow import Flow
from ui.widgets.layouts import Wrapping
from ui.widgets.text import Label, Name

if TYPE_CHECKING:
    from installer.claims import PrefixLength

_BLOCK_SIZE = 20
_EXAMPLE = "10.64.0.0/16"


class BlockCard(Card):
    """Shows a `Judged` choice, and asks for another."""

    typed = Signal(str)
    """The text of the person's own block, with every key."""
    submitted = Signal()
    """Enter was pressed in it."""
    size_chosen = Signal(int)
    own_wanted = Signal(bool)
    """True: a block of the person's own; False: the suggested one."""
    instead_wanted = Signal(object)
    """The block (an `IPv4Network`) that was meant, where an address inside it was typed."""

    def __init__(self) -> None:
        super().__init__()
        self._tone = Tone.NEUTRAL
        self._meant: IPv4Network | None = None
        self.pill = Pill("", Tone.NEUTRAL)
        self.block = _Block()
        self.size_field = Select("")
        self.size_field.editor.setAccessibleName("Size of the block")
        self.own = TextField("", placeholder=_EXAMPLE, mono=True)
        self.own.editor.setAccessibleName("Your own address block")
        self.instead = Button("", Kind.LINK)
        self.why_link = Button("Why this one?", Kind.LINK)
        self.own_link = Button("Use a block of your own", Kind.LINK)
        self.suggested_link = Button("Use the suggested one", Kind.LINK)
        self.why = Label("", TextRole.SECONDARY, colour="secondary")
        self.why.hide()
        self._lay_out()
        self.own.changed.connect(self.typed)
        self.own.submitted.connect(self.submitted)
        self.size_field.changed.connect(self._size_changed)
        self.why_link.clicked.connect(self._explain)
        self.own_link.clicked.connect(self._ask_for_own)
        self.suggested_link.clicked.connect(self._ask_for_suggested)
        self.instead.clicked.connect(self._ask_for_instead)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Name("Address block"), 1)
        head.addWidget(self.pill, 0, Qt.AlignmentFlag.AlignTop)
        row = Flow(gap=20)
        row.addWidget(self.block)
        row.addWidget(self.size_field)
        links = Wrapping()
        flow = Flow(links, gap=20, row_gap=4)
        for link in (self.why_link, self.instead, self.own_link, self.suggested_link):
            flow.addWidget(link)
        self.body.addLayout(head)
        self.body.addLayout(row)
        for part in (self.own, links, self.why):
            self.body.addWidget(part)
        self.body.addStretch(1)

    def offer_sizes(self, sizes: PrefixLength) -> None:
        lengths = range(sizes.min, sizes.max + 1)
        self.size_field.blockSignals(True)
        self.size_field.set_items(Item(length, f"/{length}", note=_size(length)) for length in lengths)
        self.size_field.blockSignals(False)

    def show_judged(self, judged: Judged, *, certain: bool) -> None:
        """`certain`: everything that was asked was read."""
        own, problem = judged.choice.own is not None, judged.problem
        self.block.setText(str(judged.block or ""))
        self._show_mode(own=own)
        self.size_field.blockSignals(True)
        self.size_field.set_value(judged.choice.prefix)
        self.size_field.blockSignals(False)
        if own and self.own.text() != judged.choice.own:
            self.own.blockSignals(True)
            self.own.set_text(judged.choice.own or "")
            self.own.blockSignals(False)
        at_field = own and problem is not None and not problem.conflicts
        self.own.set_problem(f"{problem.sentence} {problem.fix}" if at_field and problem is not None else "")
        self._show_instead(judged if at_field else None)
        self._show_pill(judged, certain=certain)
        self.why.setText(judged.suggestion.why if judged.suggestion is not None else "")
        self.why_link.setVisible(judged.suggestion is not None)
        if judged.suggestion is None:
            self.why.hide()

    def _show_mode(self, *, own: bool) -> None:
        self.block.setVisible(not own and bool(self.block.text()))
        self.size_field.setVisible(not own)
        self.own.setVisible(own)
        self.own_link.setVisible(not own)
        self.suggested_link.setVisible(own)

    def _show_instead(self, judged: Judged | None) -> None:
        self._meant = judged.problem.instead if judged is not None and judged.problem is not None else None
        self.instead.setVisible(self._meant is not None)
        if self._meant is not None:
            self.instead.setText(f"Use {self._meant} instead")

    def _show_pill(self, judged: Judged, *, certain: bool) -> None:
        text, self._tone = _verdict(judged, certain=certain)
        if self.own.isVisible() and text and text != self.pill.text():
            announce(self.own.editor, text)
        self.pill.set(text, self._tone)
        self.pill.setVisible(bool(text))
        self.update()

    def _size_changed(self, value: object) -> None:
        if isinstance(value, int):
            self.size_chosen.emit(value)

    def _explain(self) -> None:
        self.why.setVisible(self.why.isHidden())
        if self.why.isVisible():
            announce(self.why_link, self.why.text())

    def _ask_for_own(self) -> None:
        self.own_wanted.emit(True)
        self.own.setFocus(Qt.FocusReason.OtherFocusReason)
        self.own.select_all()

    def _ask_for_suggested(self) -> None:
        self.own_wanted.emit(False)
        self.own_link.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_for_instead(self) -> None:
        self.own.setFocus(Qt.FocusReason.OtherFocusReason)
        self.instead_wanted.emit(self._meant)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colours = theme.colours()
        line = {Tone.NEUTRAL: colours.line, Tone.BAD: colours.bad}.get(self._tone, colours.accent)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(line, 1.0 if self._tone is Tone.NEUTRAL else 2.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS, RADIUS)


def _verdict(judged: Judged, *, certain: bool) -> tuple[str, Tone]:
    """In a word or two; never good where something could not be read."""
    if judged.problem is not None and judged.choice.own is None:
        return "none is free", Tone.BAD
    if judged.problem is not None:
        return ("in conflict" if judged.problem.conflicts else "cannot be used"), Tone.BAD
    if judged.block is None:
        return "", Tone.NEUTRAL
    free, tone = ("free", Tone.GOOD) if certain else ("free where read", Tone.CAUTION)
    return (f"{free} · suggested" if judged.suggestion is not None else free), tone


def _size(length: int) -> str:
    return f"{1 << (32 - length):,} addresses"


class _Block(Label):
    """The block, as large as what matters most."""

    def __init__(self) -> None:
        super().__init__("", TextRole.MONO, wrap=False, selectable=True)
        self._enlarge()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self._enlarge()

    def _enlarge(self) -> None:
        font = theme.font(TextRole.MONO)
        font.setPixelSize(theme.px(_BLOCK_SIZE))
        self.setFont(font)
