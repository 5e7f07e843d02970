"""A report as a PDF. What it says comes from `installer/report/html.py`; how it looks on paper is decided here.

Qt's rich text knows a part of HTML and of CSS only, so the page's own style, made for browsers, is left out. A report
takes longer than a window may stand still, and needs no UI thread: it is work for a `ui.tasks.Task`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QEventLoop, QIODevice, QLocale, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
    QTextTable,
)

from installer.report.saving import save
from ui.fonts import mono_family, text_family

_RESOLUTION = 300
_UNIT = QPageLayout.Unit.Millimeter
_MARGINS = QMarginsF(18, 16, 18, 20)
_POINTS = 9.0
_FOOTER_POINTS = 7.5
_FOOTER_GAP = 7.0  # millimetres between the text and the footer's base line
_SECONDARY: Final = "#5B6472"
_TEXT: Final = "#14181F"

# Territories that print on Letter, as Unicode's CLDR has them.
_LETTER: Final = frozenset(("BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"))

_STYLE: Final = """
body, p, td, th {{ color: {text}; }}
p {{ margin: 0 0 3px 0; }}
h1 {{ font-size: 20pt; font-weight: 700; margin: 0 0 2px 0; }}
h2 {{ font-size: 12pt; font-weight: 600; margin: 18px 0 4px 0; }}
h3 {{ font-size: 9pt; font-weight: 600; margin: 10px 0 2px 0; }}
table {{ border-collapse: collapse; margin: 2px 0 0 0; }}
th, td {{ text-align: left; vertical-align: top; padding: 4px 10px 4px 0; font-weight: 400;
  border-top: 1px solid #DDE2EA; }}
th {{ color: {secondary}; }}
.eyebrow, .lead {{ color: {secondary}; }}
.meta, .secondary {{ color: {secondary}; font-size: 7.5pt; }}
code {{ font-family: "{mono}"; font-size: 8pt; }}
.secondary code {{ font-size: 7pt; }}
pre {{ font-family: "{mono}"; font-size: 7pt; white-space: pre-wrap; margin: 4px 0 8px 0; }}
blockquote {{ margin: 8px 0 4px 14px; }}
.by {{ color: #2F5DE6; font-weight: 600; }}
.pill {{ color: {secondary}; font-size: 8pt; font-weight: 600; }}
.good {{ color: #147A4B; }}
.caution {{ color: #9A5B00; }}
.bad {{ color: #B3261E; }}
.accent {{ color: #2F5DE6; }}
"""
_TABLE: Final = '<table width="100%" cellspacing="0" cellpadding="0">'
# A heading, the one below it, and the first two lines of what follows.
_KEPT_TOGETHER = 4
_Part = QTextBlock | QTextTable
_STYLE_ELEMENT: Final = re.compile(r"<style>.*?</style>", re.DOTALL)


def write_pdf(html: str, path: Path) -> None:
    """Save a page of `to_html` as a PDF. Raises an `installer.report.saving.ReportError` where it cannot be saved."""
    save(path, _pdf(html, QLocale()))


def page_size(locale: QLocale) -> QPageSize:
    """What people print on there."""
    territory = QLocale.territoryToCode(locale.territory())
    return QPageSize(QPageSize.PageSizeId.Letter if territory in _LETTER else QPageSize.PageSizeId.A4)


def _pdf(html: str, locale: QLocale) -> bytes:
    # Qt's layout sets a timer, which a thread that is not Qt's own has nothing to run with, and complains. It is never
    # waited for: all is laid out before the first page is painted.
    _timers = QEventLoop()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setCreator("Houseguest")
    writer.setResolution(_RESOLUTION)
    writer.setPageLayout(QPageLayout(page_size(locale), QPageLayout.Orientation.Portrait, _MARGINS, _UNIT))
    document = _document(html, writer)
    writer.setTitle(document.metaInformation(QTextDocument.MetaInformation.DocumentTitle))
    _paint(document, writer)
    buffer.close()
    return bytes(buffer.data().data())


def _document(html: str, writer: QPdfWriter) -> QTextDocument:
    """The page, laid out for the writer's paper."""
    document = QTextDocument()
    document.setUndoRedoEnabled(False)
    document.setDocumentMargin(0)
    document.setDefaultFont(_font(_POINTS))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    document.setDefaultTextOption(option)
    document.setDefaultStyleSheet(_STYLE.format(text=_TEXT, secondary=_SECONDARY, mono=mono_family()))
    document.setHtml(_a_table_for_each_row(_STYLE_ELEMENT.sub("", html)))
    document.documentLayout().setPaintDevice(writer)  # from here on every change is laid out anew
    document.setPageSize(QSizeF(writer.width(), writer.height()))
    _break_pages(document)
    return document


def _a_table_for_each_row(html: str) -> str:
    """Qt can begin a page before a table, not before a row. In text `<` is escaped, so this is markup only."""
    return html.replace("</tr><tr>", f"</tr></table>{_TABLE}<tr>")


def _font(points: float) -> QFont:
    """Without ligatures and alternates: an ARN is read sign by sign, and from a PDF no alternate can be copied."""
    font = QFont(text_family())
    font.setPointSizeF(points)
    font.setFeature(QFont.Tag("liga"), 0)
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def _break_pages(document: QTextDocument) -> None:
    """Keep a row whole, and a heading with what it is about: Qt itself breaks pages between any two lines."""
    group: list[_Part] = []
    for part in _parts(document):
        group.append(part)
        if isinstance(part, QTextTable) or not _is_heading(group[0]) or len(group) == _KEPT_TOGETHER:
            if _is_torn(document, group):
                _begin_page(document, group[0])
            group = []


def _parts(document: QTextDocument) -> Iterator[_Part]:
    """The paragraphs and tables of the page in their order, without the empty paragraphs that Qt puts between."""
    place = document.rootFrame().begin()
    while not place.atEnd():
        frame, block = place.currentFrame(), place.currentBlock()
        if isinstance(frame, QTextTable):
            yield frame
        elif block.isValid() and block.length() > 1:
            yield block
        place += 1


def _is_heading(part: _Part) -> bool:
    return isinstance(part, QTextBlock) and part.blockFormat().headingLevel() > 0


def _is_torn(document: QTextDocument, group: list[_Part]) -> bool:
    """Whether a page ends inside. What is longer than a page is torn anyway."""
    layout, height = document.documentLayout(), document.pageSize().height()
    first, last = (
        layout.frameBoundingRect(part) if isinstance(part, QTextTable) else layout.blockBoundingRect(part)
        for part in (group[0], group[-1])
    )
    whole = last.bottom() - first.top() < height
    return whole and first.top() // height != (last.bottom() - 1) // height


def _begin_page(document: QTextDocument, part: _Part) -> None:
    page_break = QTextFormat.PageBreakFlag.PageBreak_AlwaysBefore
    if isinstance(part, QTextTable):
        frame_format = part.format()
        frame_format.setPageBreakPolicy(page_break)
        part.setFormat(frame_format)
    else:
        block_format = QTextBlockFormat()
        block_format.setPageBreakPolicy(page_break)
        QTextCursor(part).mergeBlockFormat(block_format)


def _paint(document: QTextDocument, writer: QPdfWriter) -> None:
    painter = QPainter(writer)
    try:
        for page in range(document.pageCount()):
            if page:
                writer.newPage()
            _paint_page(document, painter, page)
            _paint_footer(document, painter, writer, page)
    finally:
        painter.end()


def _paint_page(document: QTextDocument, painter: QPainter, page: int) -> None:
    size = document.pageSize()
    view = QRectF(0, page * size.height(), size.width(), size.height())
    context = QAbstractTextDocumentLayout.PaintContext()
    context.clip = view
    context.palette.setColor(QPalette.ColorRole.Text, QColor(_TEXT))
    painter.save()
    painter.translate(0, -view.top())
    painter.setClipRect(view)
    document.documentLayout().draw(painter, context)
    painter.restore()


def _paint_footer(document: QTextDocument, painter: QPainter, writer: QPdfWriter, page: int) -> None:
    painter.setFont(_font(_FOOTER_POINTS))
    painter.setPen(QColor(_SECONDARY))
    gap = _FOOTER_GAP / 25.4 * _RESOLUTION
    line = QRectF(0, writer.height(), writer.width(), gap)
    title = document.metaInformation(QTextDocument.MetaInformation.DocumentTitle)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, title)
    painter.drawText(
        line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, f"Page {page + 1} of {document.pageCount()}"
    )
