"""A private address space, cut into 256 equal cells: what lies in each, for a map to draw and to say.

Arithmetic alone, in whole numbers, so that thousands of blocks stay cheap. It is drawn in `ui.widgets.address_map`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network
from itertools import groupby

from ui.widgets.plain import one_line

SPACES: tuple[IPv4Network, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),
)
"""RFC 1918, and the shared address space of RFC 6598."""

COLUMNS = 16
CELLS = COLUMNS * COLUMNS
SLOTS = 16
"""Into how many parts the use of a cell is told apart: what is smaller is drawn as large as one of them."""

_SAID = 4
"""How many blocks a cell names before it only counts the rest."""


class Look(StrEnum):
    """What a stretch of addresses is, weakest first: where two meet, the later one is drawn."""

    FREE = "free"
    RESERVED = "reserved"
    ROUTED = "routed to"
    USED = "in use"
    CONFLICT = "conflict"


_LOOKS = tuple(Look)
_STRENGTH = {look: strength for strength, look in enumerate(_LOOKS)}


@dataclass(frozen=True)
class Mark:
    """A block that is in use, routed to or reserved, and what it is in a few words (plain text, maybe untrusted)."""

    block: IPv4Network
    look: Look
    text: str

    @cached_property
    def span(self) -> "Span":
        return span_of(self.block)


@dataclass(frozen=True)
class Run:
    """Neighbouring slots of one look in a cell; `end` is not included."""

    start: int
    end: int
    look: Look


@dataclass(frozen=True)
class Span:
    """The addresses of a block as numbers, both ends included."""

    first: int
    last: int

    def overlaps(self, other: "Span") -> bool:
        return self.first <= other.last and other.first <= self.last


class AddressSpace:
    """One space with the marks that lie in it, and the block that is suggested or chosen, if it lies in it, too."""

    def __init__(self, space: IPv4Network, marks: Iterable[Mark] = ()) -> None:
        self.space = space
        self.chosen: IPv4Network | None = None
        self.word = ""
        self._whole = span_of(space)
        self._slot_size = space.num_addresses // (CELLS * SLOTS)
        self._marks = [mark for mark in marks if mark.span.overlaps(self._whole)]
        self._base = self._painted()
        self._slots = self._base
        self._against: list[Span] = []

    @property
    def count(self) -> int:
        """How many ranges are in use or routed to in this space."""
        return sum(mark.look is not Look.RESERVED for mark in self._marks)

    @property
    def cell_prefix(self) -> int:
        return self.space.prefixlen + 8

    def choose(self, block: IPv4Network | None, word: str = "chosen") -> None:
        """`word` says what the block is: "suggested". One outside of this space is not shown."""
        self.chosen = block if block is not None and span_of(block).overlaps(self._whole) else None
        self.word = word
        self._against = self._shared_with(self.chosen)
        self._slots = self._with_conflicts() if self._against else self._base

    @property
    def in_conflict(self) -> bool:
        return bool(self._against)

    def cell(self, index: int) -> IPv4Network:
        return IPv4Network((self._cell_span(index).first, self.cell_prefix))

    def index_of(self, block: IPv4Network) -> int:
        """The cell in which a block begins; the nearest where it begins outside."""
        return self._slots_of(span_of(block)).start // SLOTS

    def runs(self, index: int) -> Iterator[Run]:
        """The looks of a cell from its first address to its last."""
        start = 0
        for strength, same in groupby(self._slots[index * SLOTS : (index + 1) * SLOTS]):
            end = start + sum(1 for _ in same)
            yield Run(start, end, _LOOKS[strength])
            start = end

    def chosen_run(self, index: int) -> range:
        """The slots of a cell that the chosen block takes, counted from the cell's first."""
        if self.chosen is None:
            return range(0)
        taken = self._slots_of(span_of(self.chosen))
        return range(max(taken.start - index * SLOTS, 0), min(taken.stop - index * SLOTS, SLOTS))

    def is_free(self, block: IPv4Network) -> bool:
        """Whether a block lies in this space and no mark does in it."""
        span = span_of(block)
        inside = self._whole.first <= span.first and span.last <= self._whole.last
        return inside and not any(mark.span.overlaps(span) for mark in self._marks)

    def said(self, index: int) -> str:
        """A cell in words: "10.42.0.0/16: free · suggested"."""
        cell, span = self.cell(index), self._cell_span(index)
        inside = [mark for mark in self._marks if mark.span.overlaps(span)]
        words = [_named(mark, cell) for mark in inside[:_SAID]]
        if len(inside) > _SAID:
            words.append(f"and {len(inside) - _SAID} more")
        if not inside:
            words.append(Look.FREE.value)
        elif any(run.look is Look.FREE for run in self.runs(index)):
            words.append("free in part")
        if self.chosen is not None and span_of(self.chosen).overlaps(span):
            words.append(self.word if self.chosen == cell else f"{self.chosen} {self.word}")
            if any(run.look is Look.CONFLICT for run in self.runs(index)):
                words.append(Look.CONFLICT.value)
        return f"{cell}: {' · '.join(words)}"

    @property
    def summary(self) -> str:
        """The whole map in words, for those who do not see it."""
        strongest = Counter(_LOOKS[max(self._slots[at : at + SLOTS])] for at in range(0, CELLS * SLOTS, SLOTS))
        told = ", ".join(f"{strongest[look]} {look.value}" for look in reversed(_LOOKS) if strongest[look])
        sentence = f"{CELLS} blocks of the size /{self.cell_prefix}: {told}."
        if self.chosen is None:
            return sentence
        return f"{sentence} {self.chosen} is {self.word}{', and in conflict' if self.in_conflict else ''}."

    def _shared_with(self, block: IPv4Network | None) -> list[Span]:
        """What of a block is not free."""
        if block is None:
            return []
        chosen = span_of(block)
        overlapping = (mark.span for mark in self._marks if mark.span.overlaps(chosen))
        return [Span(max(span.first, chosen.first), min(span.last, chosen.last)) for span in overlapping]

    def _cell_span(self, index: int) -> Span:
        size = SLOTS * self._slot_size
        first = self._whole.first + index * size
        return Span(first, first + size - 1)

    def _painted(self) -> bytearray:
        slots = bytearray(CELLS * SLOTS)
        for mark in sorted(self._marks, key=lambda mark: _STRENGTH[mark.look]):
            self._fill(slots, mark.span, mark.look)
        return slots

    def _with_conflicts(self) -> bytearray:
        slots = bytearray(self._base)
        for span in self._against:
            self._fill(slots, span, Look.CONFLICT)
        return slots

    def _fill(self, slots: bytearray, span: Span, look: Look) -> None:
        taken = self._slots_of(span)
        slots[taken.start : taken.stop] = bytes([_STRENGTH[look]]) * len(taken)

    def _slots_of(self, span: Span) -> range:
        last = CELLS * SLOTS - 1
        start = (span.first - self._whole.first) // self._slot_size
        end = (span.last - self._whole.first) // self._slot_size
        return range(min(max(start, 0), last), min(max(end, 0), last) + 1)


def _named(mark: Mark, cell: IPv4Network) -> str:
    """A block that is not the cell itself is told with its addresses."""
    text = one_line(mark.text)
    return text if mark.block == cell else f"{mark.block} {text}"


def span_of(block: IPv4Network) -> Span:
    return Span(int(block.network_address), int(block.broadcast_address))
