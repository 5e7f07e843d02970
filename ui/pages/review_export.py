"""The report of a review in a file, as PDF or HTML: the work, and the card that asks for it. Part of Review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from installer.steps import Finding, Severity
from ui.theme import TextRole, Tone
from ui.widgets.announce import announce
from ui.widgets.banner import Banner
from ui.widgets.buttons import Button, Kind
from ui.widgets.card import Card
from ui.widgets.flow import Flow
from ui.widgets.plain import one_line
from ui.widgets.text import Label

if TYPE_CHECKING:
    from installer.answers import Answers
    from installer.context import Context
    from installer.steps.connect import Created
    from ui.desk_results import Choice

NOT_KEPT = Finding(
    "review", Severity.INFO, "What was found before the install began is not kept: this report was made after it."
)


class FileKind(StrEnum):
    PDF = "pdf"
    HTML = "html"


@dataclass(frozen=True)
class Contents:
    """What a report is made of."""

    answers: Answers
    findings: tuple[Finding, ...]
    created: tuple[Created, ...]
    choice: Choice


def write(ctx: Context, contents: Contents, kind: FileKind, path: Path) -> None:
    """Make the report and save it. Raises a `ReportError` where it cannot be saved. Takes a second: work for a task."""
    from installer.report.html import to_html
    from installer.report.review import of_review
    from installer.report.saving import save
    from ui.printing import write_pdf

    report = of_review(
        contents.answers,
        contents.findings,
        at=datetime.now(UTC),
        created=contents.created,
        said=contents.choice.said,
        said_of_workloads=contents.choice.said_of_workloads,
    )
    html = to_html(report)
    ctx.check()
    if kind is FileKind.PDF:
        write_pdf(html, path)
    else:
        save(path, html.encode())


class ExportCard(Card):
    """Asks where to save, and says what came of it until something is saved again."""

    wanted = Signal(object, object)
    """The `FileKind` and the `Path`."""

    def __init__(self) -> None:
        super().__init__("For a second reader")
        self._name = "review"
        self._folder: Path | None = None
        sentence = Label(
            "Everything on this page, and both limits in full, in one file. It holds no secret.",
            TextRole.BODY,
            colour="secondary",
        )
        self.pdf = Button("Save as PDF …", Kind.SECONDARY, icon="download")
        self.html = Button("Save as HTML …", Kind.SECONDARY, icon="download")
        self.pdf.clicked.connect(self._choose_pdf)
        self.html.clicked.connect(self._choose_html)
        buttons = QWidget()
        flow = Flow(buttons, gap=12)
        flow.addWidget(self.pdf)
        flow.addWidget(self.html)
        open_folder = Button("Open the folder", Kind.LINK, icon="folder")
        open_folder.clicked.connect(self._open_folder)
        self.saved = Banner(Tone.GOOD, "Saved", "", (open_folder,))
        self.failed = Banner(Tone.BAD, "Not saved")
        for part in (sentence, buttons, self.saved, self.failed):
            self.body.addWidget(part)
        self.clear()

    def set_name(self, installation: str) -> None:
        """What the file is called, unless the person calls it something else."""
        self._name = f"{installation}-review"

    def set_ready(self, ready: bool) -> None:
        """Whether everything that a report holds is there."""
        self.pdf.setEnabled(ready)
        self.html.setEnabled(ready)

    def clear(self) -> None:
        self.saved.hide()
        self.failed.hide()

    def show_saved(self, path: Path) -> None:
        self._folder = path.parent
        self._tell(self.saved, Tone.GOOD, "Saved", one_line(str(path)))

    def show_failed(self, sentence: str) -> None:
        self._tell(self.failed, Tone.BAD, "Not saved", one_line(sentence))

    def show_stopped(self) -> None:
        """A file that is being written cannot be called back."""
        self._tell(self.failed, Tone.CAUTION, "Stopped", "If the file was almost ready, it is there all the same.")

    def _tell(self, banner: Banner, tone: Tone, title: str, sentence: str) -> None:
        self.clear()
        banner.set(tone, title, sentence)
        banner.show()
        announce(banner, f"{title}: {sentence}")

    @Slot()
    def _choose_pdf(self) -> None:
        self._choose(FileKind.PDF, "PDF (*.pdf)")

    @Slot()
    def _choose_html(self) -> None:
        self._choose(FileKind.HTML, "HTML (*.html)")

    def _choose(self, kind: FileKind, name_filter: str) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, f"Save as {kind.name}", folder, name_filter)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind.value)
        dialog.selectFile(f"{self._name}.{kind.value}")
        dialog.fileSelected.connect(lambda path: self.wanted.emit(kind, Path(path)))
        dialog.open()

    @Slot()
    def _open_folder(self) -> None:
        if self._folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
