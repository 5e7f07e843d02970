"""The list of what differs: its folds, its keys, and whether there is room for two columns. Around it: `diff_view`."""

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QSizePolicy

from ui import theme
from ui.theme import TextRole
from ui.widgets.announce import announce
from ui.widgets.diff_view_cells import Painter, Rows, said
from ui.widgets.diff_view_lines import Change, Comparison, Entry, Fold, Row, in_one_column
from ui.widgets.scroll import calm

WIDE = 720
"""From this width on, in pixels of 100 %, the texts stand beside one another."""


class DiffList(QListView):
    """The rows of a comparison."""

    unfolded = Signal()

    def __init__(self, visible_lines: int) -> None:
        super().__init__()
        self._visible_lines = visible_lines
        self._comparison = Comparison((), (), ())
        self._folding = True
        self._open: set[Fold] = set()
        self._rows = Rows(self)
        self._painter = Painter(self)
        self.setModel(self._rows)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        calm(self)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Else the lines would wrap anew when it comes and goes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font(TextRole.MONO_SMALL))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._fit)
        self.clicked.connect(self._unfold)

    def set_comparison(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._open.clear()
        self._folding = True
        last = max((row.line.number for row in comparison.rows), default=0)
        self._painter.digits = max(2, len(str(last)))
        self._show()

    def entries(self) -> tuple[Entry, ...]:
        return self._rows.entries

    def folding(self) -> bool:
        return self._folding

    def set_folding(self, folding: bool) -> None:
        self._folding = folding
        self._open.clear()
        self._show()

    def folds(self) -> bool:
        """Whether anything is far enough from every change to be folded."""
        return any(isinstance(entry, Fold) for entry in self._comparison.folded())

    def hides(self) -> bool:
        return any(isinstance(entry, Fold) for entry in self.entries())

    def is_split(self) -> bool:
        return self._painter.split

    def go(self, step: int) -> None:
        """To the first line of the next change, or of the one before, around the end."""
        starts = self._starts()
        if not starts:
            return
        at = self.currentIndex().row()
        later = [start for start in starts if (start > at if step > 0 else start < at)]
        chosen = (later or starts)[0 if step > 0 else -1]
        self.setCurrentIndex(self._rows.index(chosen))
        # What comes after the first line of a change is more telling than what is before it.
        self.scrollTo(self.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
        place = f"Change {starts.index(chosen) + 1} of {len(starts)}"
        announce(self, f"{place}. {said(self.entries()[chosen])}")

    def copy(self) -> None:
        """The chosen lines, each with its sign."""
        chosen = sorted(index.row() for index in self.selectedIndexes())
        lines = [line for row in chosen for line in _as_text(self.entries()[row])]
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        fold = isinstance(self._current(), Fold)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif fold and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and not event.modifiers():
            self._unfold(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        most = self._visible_lines * self._painter.line_height()
        height = 0
        for number in range(len(self.entries())):
            height += self._height(number)
            if height >= most:
                return QSize(theme.px(480), most)
        return QSize(theme.px(480), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(160), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._painter.width:
            self._fit()
        elif self.viewport().width() != self._painter.width:
            # Not now: Qt may be about to set the rows, and these would be others when it goes on.
            self._later.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if theme.has_changed(event):
            self.setFont(theme.font(TextRole.MONO_SMALL))
            self._fit()

    def _height(self, number: int) -> int:
        return self.sizeHintForIndex(self._rows.index(number)).height()

    def _fit(self) -> None:
        """Break the lines anew, for the present width and size of type."""
        width = self.viewport().width()
        split = width >= theme.px(WIDE)
        turns = split != self._painter.split
        self._painter.fit(width, split=split)
        if turns:
            self._show()
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
        self.viewport().update()

    def _show(self) -> None:
        """The entries for the present width and folding. The line that was chosen stays so, if it is still there."""
        before = self._current()
        entries: list[Entry] = []
        for entry in self._comparison.folded() if self._folding else self._comparison.rows:
            entries += entry.rows if isinstance(entry, Fold) and entry in self._open else (entry,)
        self._painter.fit(self._painter.width, split=self._painter.split)
        self._rows.set_entries(entries if self._painter.split else tuple(in_one_column(entries)))
        same = next((at for at, entry in enumerate(self.entries()) if _is_same(entry, before)), None)
        if same is not None:
            self.setCurrentIndex(self._rows.index(same))
        self.updateGeometry()

    def _unfold(self, index: QModelIndex) -> None:
        entry = self.entries()[index.row()]
        if isinstance(entry, Fold):
            at, place = index.row(), self.verticalScrollBar().value()
            self._open.add(entry)
            self._show()
            self.setCurrentIndex(self._rows.index(at))
            self.verticalScrollBar().setValue(place)
            self.unfolded.emit()

    def _current(self) -> Entry | None:
        index = self.currentIndex()
        return self.entries()[index.row()] if index.isValid() else None

    def _starts(self) -> list[int]:
        """The first line of each change."""
        changed = [isinstance(entry, Row) and entry.change is not Change.SAME for entry in self.entries()]
        return [at for at, is_changed in enumerate(changed) if is_changed and (at == 0 or not changed[at - 1])]


def _is_same(entry: Entry, before: Entry | None) -> bool:
    if isinstance(entry, Fold) or isinstance(before, Fold) or before is None:
        return entry == before
    lines = {line for line in (entry.before, entry.after) if line is not None}
    return bool(lines & {before.before, before.after})


def _as_text(entry: Entry) -> list[str]:
    if isinstance(entry, Fold):
        return [f"  … {entry.words}"]
    if entry.change is Change.SAME:
        return [f"  {entry.line.text}"]
    lines = (("-", entry.before), ("+", entry.after))
    return [f"{sign} {line.text}" for sign, line in lines if line is not None]
