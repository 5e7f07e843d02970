"""What speaks against the install, and when that was read. Part of the Review page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from installer.evidence import State
from installer.steps import Finding, Severity
from ui.theme import TextRole, Tone
from ui.widgets.announce import announce
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.plain import one_line
from ui.widgets.rows import FindingRow, RowList
from ui.widgets.states import Loading
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Answers

AT_FIRST = 8
"""So many findings are shown until all are asked for; what blocks is always shown."""

_WORDS = {Severity.BLOCKER: "stops here", Severity.CAUTION: "to decide", Severity.INFO: "to know"}
_ORDER = tuple(_WORDS)


@dataclass(frozen=True)
class Read:
    """What was found, the heaviest first.

    at      when all of it was there, by this computer's clock
    unread  regions whose addresses could not all be read
    """

    findings: tuple[Finding, ...]
    at: datetime
    unread: tuple[str, ...] = ()

    @classmethod
    def of(cls, findings: Sequence[Finding], at: datetime, unread: Sequence[str] = ()) -> Read:
        heaviest_first = sorted(findings, key=lambda found: _ORDER.index(found.severity))
        return cls(tuple(heaviest_first), at, tuple(unread))

    @property
    def blockers(self) -> int:
        return sum(found.severity is Severity.BLOCKER for found in self.findings)

    @property
    def counts(self) -> str:
        """`1 stops here, 2 to decide, 3 to know`; of one kind alone, `One thing to know`."""
        severities = [found.severity for found in self.findings]
        counts = {one: severities.count(one) for one in _ORDER if one in severities}
        if len(counts) == 1:
            [(severity, count)] = counts.items()
            return f"{'One thing' if count == 1 else f'{count} things'} {_words(severity, count)}"
        return ", ".join(f"{count} {_words(severity, count)}" for severity, count in counts.items())


def _words(severity: Severity, count: int) -> str:
    return "stop here" if severity is Severity.BLOCKER and count != 1 else _WORDS[severity]


def not_checked(answers: Answers, read: Read) -> tuple[str, ...]:
    """The claims that nobody has looked at, each once."""
    settled = (
        answers.connection.proof if answers.connection is not None else (),
        answers.network.evidence if answers.network is not None else (),
    )
    claims = [found.claim for evidence in settled for found in evidence if found.state is State.NOT_CHECKED]
    if read.unread:
        claims.append(f"All addresses in {', '.join(read.unread)} are known")
    return tuple(dict.fromkeys(map(one_line, claims)))


class FindingsCard(Card):
    """Nothing is known, it is being read, or it was read; results stay while they are read anew."""

    again = Signal()

    def __init__(self) -> None:
        self._when = Label("", TextRole.SECONDARY, colour="secondary", wrap=False)
        self.again_link = Button("Check again", Kind.LINK, icon="refresh")
        super().__init__("Not checked yet", _beside(self._when, self.again_link))
        self._read: Read | None = None
        self._opened = False
        self.loading = Loading("")
        self.unknown = Label("What speaks against the install is not known.", TextRole.BODY)
        self.nothing = Banner(Tone.GOOD, "Nothing was found that speaks against it")
        self.rows = RowList(name="Findings")
        self._more = Button("", Kind.LINK)
        for part in (self.loading, self.unknown, self.nothing, self.rows):
            self.body.addWidget(part)
        self.body.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.again_link.clicked.connect(self.again)
        self._more.clicked.connect(self._toggle)

    def show_reading(self, progress: str) -> None:
        """`progress` is how far it is: "7 regions read"."""
        begins = self._read is None
        what = "Reading once more what stands in your account, and its addresses in every region."
        self.loading.set_sentence(f"{what} {progress}.".removesuffix(" ."))
        if begins:
            self.set_title("Checking everything once more")
        self._show_parts(reading=True)
        self._when.setText(progress or "Reading")
        self._when.setVisible(not begins)

    def show_unknown(self) -> None:
        """It was stopped, or has failed, and nothing was read before."""
        self._read = None
        self.set_title("Not checked")
        self._show_parts(reading=False)

    def show_read(self, read: Read, unchecked: Sequence[str]) -> None:
        """What was read, and the claims that nobody has looked at."""
        if read is not self._read:
            self._read = read
            self._opened = False
            self._show_rows(read)
            self.set_title(read.counts or "Checked")
            tone = Tone.NEUTRAL if unchecked else Tone.GOOD  # what was not checked is never in green
            self.nothing.set(tone, self.nothing.title(), _limits(unchecked))
            announce(self, read.counts or self.nothing.title())
        self._when.setText(f"Read {read.at:%H:%M:%S}")
        self._show_parts(reading=False)

    def _show_parts(self, *, reading: bool) -> None:
        read = self._read
        self.loading.setVisible(reading and read is None)
        self.unknown.setVisible(not reading and read is None)
        self.nothing.setVisible(read is not None and not read.findings)
        self.rows.setVisible(read is not None and bool(read.findings))
        self._more.setVisible(read is not None and len(read.findings) > _at_first(read))
        self._when.setVisible(read is not None)
        self.again_link.setVisible(not (reading and read is None))

    def _show_rows(self, read: Read) -> None:
        shown = read.findings if self._opened else read.findings[: _at_first(read)]
        self.rows.set_rows(FindingRow(found.severity, found.sentence, found.fix) for found in shown)
        self._more.setText("Show fewer" if self._opened else f"Show all {len(read.findings)}")
        self._more.setAccessibleName(f"{self._more.text()}: findings")

    @Slot()
    def _toggle(self) -> None:
        self._opened = not self._opened
        if self._read is not None:
            self._show_rows(self._read)


def _at_first(read: Read) -> int:
    return max(AT_FIRST, read.blockers)


def _limits(unchecked: Sequence[str]) -> str:
    if not unchecked:
        return "What this page does not name was not looked at."
    claims = "; ".join(f"“{claim.removesuffix('.')}”" for claim in unchecked)
    return f"Not checked: {claims}. What this page does not name was not looked at either."


def _beside(*widgets: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for widget in widgets:
        row.addWidget(widget)
    return both
