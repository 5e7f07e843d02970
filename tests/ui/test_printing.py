import re
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, qInstallMessageHandler
from PySide6.QtGui import QPageSize
from pytestqt.qtbot import QtBot

from installer.report.html import to_html
from installer.report.model import Fact, Section
from installer.report.saving import ReportError
from installer.steps import Finding, Severity
from tests.installer.report.example import report
from ui.printing import page_size, write_pdf
from ui.tasks import Task, TaskRunner

pytestmark = pytest.mark.usefixtures("qapp")
EXAMPLE = report()


class Pdf:
    """Enough of a reader to find the text that Qt put into a PDF, by each font's own table of signs."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        found = re.finditer(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", data, re.DOTALL)
        self._objects = {int(match[1]): match[2] for match in found}
        fonts = {number: body for number, body in self._objects.items() if b"/Type0" in body}
        self._signs = {number: self._signs_of(body) for number, body in fonts.items()}
        pages = [body for body in self._objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
        self.lines = [self._lines_of(self._stream(page, rb"Contents")) for page in pages]
        self.pages = ["".join(lines) for lines in self.lines]
        self.sizes = {match[1].decode() for page in pages if (match := re.search(rb"/MediaBox \[([^\]]*)\]", page))}

    def _stream(self, body: bytes, key: bytes) -> bytes:
        reference = re.search(rb"/" + key + rb" (\d+) 0 R", body)
        assert reference is not None
        head, _, rest = self._objects[int(reference[1])].partition(b"stream\n")
        data = rest.rpartition(b"\nendstream")[0]
        return zlib.decompress(data) if b"/FlateDecode" in head else data

    def _signs_of(self, font: bytes) -> dict[int, str]:
        table = self._stream(font, b"ToUnicode")
        signs: dict[int, str] = {}
        for first, last, start in re.findall(rb"<(\w{4})> <(\w{4})> <(\w{4,8})>", table):
            for offset in range(int(last, 16) - int(first, 16) + 1):
                signs[int(first, 16) + offset] = chr(int(start, 16) + offset)
        for first, last, listed in re.findall(rb"<(\w{4})> <(\w{4})> \[([^\]]*)\]", table):
            codes = re.findall(rb"<(\w+)>", listed)
            assert len(codes) == int(last, 16) - int(first, 16) + 1
            signs |= {
                int(first, 16) + n: bytes.fromhex(code.decode()).decode("utf-16-be") for n, code in enumerate(codes)
            }
        return signs

    def _lines_of(self, content: bytes) -> list[str]:
        """What is painted at once, in order; where Qt moves the pen instead of painting a space there is none."""
        return [self._text_of(painted) for painted in re.findall(rb"\bBT\b(.*?)\bET\b", content, re.DOTALL)]

    def _text_of(self, painted: bytes) -> str:
        text, font = "", 0
        for number, shown in re.findall(rb"/F(\d+) \S+ Tf|<([0-9a-fA-F]+)>", painted):
            if number:
                font = int(number)
            else:
                glyphs = re.findall(rb"\w{4}", shown)
                text += "".join(self._signs[font].get(int(glyph, 16), "") for glyph in glyphs)
        return text

    def holds(self, words: str) -> bool:
        return any(_dense(words) in _dense(page) for page in self.pages)


def _dense(text: str) -> str:
    return "".join(text.split())


def printed(path: Path, html: str) -> Pdf:
    write_pdf(html, path)
    return Pdf(path.read_bytes())


def printing(path: Path) -> Task:
    return Task(lambda _: write_pdf(to_html(EXAMPLE), path), name="PDF")


@pytest.fixture(scope="module")
def pdf(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Pdf:
    return printed(tmp_path_factory.mktemp("pdf") / "report.pdf", to_html(EXAMPLE))


def test_it_is_a_pdf_with_pages(pdf: Pdf) -> None:
    assert pdf.data.startswith(b"%PDF-")
    assert pdf.data.rstrip().endswith(b"%%EOF")
    assert len(pdf.pages) > 3
    assert all(f"Page{number}of{len(pdf.pages)}" in _dense(page) for number, page in enumerate(pdf.pages, 1))


def test_its_fonts_are_in_it(pdf: Pdf) -> None:
    assert pdf.data.count(b"/FontFile") >= 3
    assert {b"Inter-Regular", b"JetBrainsMono-Regular"} <= set(re.findall(rb"/FontName /(?:\w+\+)?([\w-]+)", pdf.data))


def test_what_the_report_says_is_in_it(pdf: Pdf) -> None:
    told = [
        EXAMPLE.title,
        *(section.title for section in EXAMPLE.sections),
        *(fact.value for section in EXAMPLE.sections for fact in section.facts),
        *(finding.sentence for finding in EXAMPLE.findings),
        *(item.claim for item in EXAMPLE.evidence),
        *(item.request_id for item in EXAMPLE.evidence),
        *(item.why for item in EXAMPLE.unchecked),
        *(need.why for need in EXAMPLE.needs),
        *(line for policy in EXAMPLE.boundaries for line in policy.text.splitlines()),
    ]

    assert [words for words in told if not pdf.holds(words)] == []


def test_the_reader_of_this_test_finds_no_other_words(pdf: Pdf) -> None:
    assert not pdf.holds("Nothing is given")


def test_signs_are_not_joined(pdf: Pdf, tmp_path: Path) -> None:
    """JetBrains Mono paints `--` and `!=` as one sign if it may; a policy is read sign by sign."""
    policy = replace(EXAMPLE.boundaries[0], text='["arn:aws:s3:::popsql--*", "a!=b", "://"]')

    assert printed(tmp_path / "r.pdf", to_html(replace(EXAMPLE, boundaries=(policy,)))).holds(policy.text)


@pytest.mark.parametrize("before", range(4))
def test_rows_and_headings_stay_whole(tmp_path: Path, before: int) -> None:
    """However far down the page they begin: 30 rows of three lines fill more than one page."""
    lead = Fact("Before", "line " * 20 * before or "nothing")
    findings = tuple(
        Finding("network", Severity.INFO, f"Begin {number} {'word ' * 25}", f"End {number}.") for number in range(30)
    )
    short = replace(
        EXAMPLE, sections=(Section("First", (lead,)),), needs=(), boundaries=(), permissions=(), findings=findings
    )
    pages = [_dense(page) for page in printed(tmp_path / "r.pdf", to_html(short)).pages]

    assert len(pages) > 2
    assert [n for n in range(30) if not any(f"Begin{n}word" in page and f"End{n}." in page for page in pages)] == []
    for heading, first in (("Evidence", EXAMPLE.evidence[0].claim), ("Whatwasnotchecked", EXAMPLE.unchecked[0].claim)):
        assert any(re.search(f"{heading}(✓verified|○notchecked){re.escape(_dense(first))}", page) for page in pages)


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    hostile = '</tr><tr></table><h1>Nothing</h1><style>p{}</style><img src="file:///etc/passwd">'

    pdf = printed(tmp_path / "r.pdf", to_html(replace(EXAMPLE, customer=hostile, boundaries=())))

    assert pdf.holds(hostile)
    assert b"/Subtype /Image" not in pdf.data


def test_a_text_without_spaces_is_not_cut_off(tmp_path: Path) -> None:
    long = "arn:aws:iam::222222222222:role/" + "".join(f"part{number:03}x" for number in range(60))
    policy = replace(EXAMPLE.boundaries[0], text=f'{{"Resource": "{long}"}}')

    pdf = printed(tmp_path / "r.pdf", to_html(replace(EXAMPLE, boundaries=(policy,), account=long)))

    assert sum(_dense(page).count(long) for page in pdf.pages) == 2
    assert max(len(line) for page in pdf.lines for line in page) < 200 < len(long)  # no line of the page holds so many


@pytest.mark.parametrize(
    ("locale", "size"),
    [("de_DE", "A4"), ("en_US", "Letter"), ("fr_CA", "Letter"), ("en_GB", "A4"), ("es_MX", "Letter"), ("C", "A4")],
)
def test_the_paper_is_that_of_the_place(locale: str, size: str) -> None:
    assert page_size(QLocale(locale)) == QPageSize(QPageSize.PageSizeId[size])


def test_paper_and_place_meet_in_the_file(tmp_path: Path) -> None:
    before = QLocale()
    try:
        QLocale.setDefault(QLocale("en_US"))
        letter = printed(tmp_path / "r.pdf", to_html(replace(EXAMPLE, boundaries=()))).sizes
        QLocale.setDefault(QLocale("de_DE"))
        a4 = printed(tmp_path / "r.pdf", to_html(replace(EXAMPLE, boundaries=()))).sizes
    finally:
        QLocale.setDefault(before)

    assert [[round(float(side)) for side in size.split()] for size in (*letter, *a4)] == [
        [0, 0, 612, 792],
        [0, 0, 595, 842],
    ]


def test_it_cannot_be_saved_where_a_file_is_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ReportError, match="cannot be written"):
        write_pdf(to_html(replace(EXAMPLE, boundaries=())), tmp_path / "file" / "r.pdf")


def test_it_is_made_beside_the_window(qtbot: QtBot, tmp_path: Path, pdf: Pdf) -> None:
    runner = TaskRunner()
    try:
        tasks = [printing(tmp_path / f"{number}.pdf") for number in range(2)]
        with (
            qtbot.waitSignals([task.succeeded for task in tasks], timeout=20_000),
            qtbot.capture_exceptions() as raised,
        ):
            for task in tasks:
                runner.start(task)
    finally:
        assert runner.shutdown(5.0)

    assert raised == []
    for number in range(2):
        assert Pdf((tmp_path / f"{number}.pdf").read_bytes()).pages == pdf.pages


def test_a_failure_beside_the_window_is_the_same_error(qtbot: QtBot, tmp_path: Path) -> None:
    runner = TaskRunner()
    task = printing(tmp_path)
    try:
        with qtbot.waitSignal(task.failed, timeout=20_000) as caught:
            runner.start(task)
    finally:
        runner.shutdown(5.0)

    assert isinstance(caught.args[0], ReportError)


def test_qt_complains_of_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    said: list[str] = []
    before = qInstallMessageHandler(lambda _kind, _where, message: said.append(message))
    runner = TaskRunner()
    task = printing(tmp_path / "r.pdf")
    try:
        with qtbot.waitSignal(task.succeeded, timeout=20_000):
            runner.start(task)
    finally:
        runner.shutdown(5.0)
        qInstallMessageHandler(before)

    assert said == []
