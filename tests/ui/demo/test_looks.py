"""Each fault is planted in a window of Qt's own widgets and found; beside it stand correct layouts that stay silent."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QTextEdit,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.demo.looks import OVERLAY, Flaw, Kind, inspect

SENTENCE = "Nothing is created yet. Choose a limit, see its effect, and change your mind freely until you are content."
ARN = "arn:aws:iam::222222222222:role/houseguest/popsql-production-vendor-role"
SIZE = QSize(480, 320)


@pytest.fixture(autouse=True)
def plain_style(qapp: QApplication) -> Iterator[None]:
    """What other tests leave behind is not looked at here."""
    before = qapp.style().objectName(), qapp.palette(), qapp.font()
    qapp.setStyle("Fusion")
    palette = QPalette(QColor("#F6F7F9"))
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        palette.setColor(group, QPalette.ColorRole.PlaceholderText, QColor("#5B6472"))
        palette.setColor(group, QPalette.ColorRole.Highlight, QColor("#2F5DE6"))
    qapp.setPalette(palette)
    font = QFont("Inter")
    font.setPixelSize(14)
    qapp.setFont(font)
    yield
    qapp.setStyle(before[0])
    qapp.setPalette(before[1])
    qapp.setFont(before[2])


Show = Callable[..., QWidget]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Shows widgets below one another in a window."""

    def shown(*widgets: QWidget, size: QSize = SIZE) -> QWidget:
        window = QWidget()
        column = QVBoxLayout(window)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        return present(window, size)

    def present(window: QWidget, size: QSize) -> QWidget:
        qtbot.addWidget(window)
        window.resize(size)
        window.show()
        qtbot.waitExposed(window)
        return window

    return shown


def flaws(window: QWidget, kind: Kind) -> list[Flaw]:
    return [flaw for flaw in inspect(window) if flaw.kind is kind]


def label(text: str = SENTENCE, *, wrap: bool = True, colour: str = "", pixels: int = 0) -> QLabel:
    made = QLabel(text)
    made.setWordWrap(wrap)
    if colour:
        palette = made.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(colour))
        made.setPalette(palette)
    if pixels:
        font = made.font()
        font.setPixelSize(pixels)
        made.setFont(font)
    return made


def named(widget: QWidget, name: str = "The only one") -> QWidget:
    widget.setAccessibleName(name)
    return widget


class Painted(QWidget):
    """Paints its own text, as the widgets of this project do."""

    def __init__(
        self, text: str, colour: str = "#14181F", ground: str = "", *, at: int = 0, opacity: float = 1
    ) -> None:
        super().__init__()
        self.text, self.colour, self.ground, self.at, self.opacity = text, colour, ground, at, opacity
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, 32)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.ground))
            painter.drawRoundedRect(self.rect(), 8, 8)
        painter.setPen(QColor(self.colour))
        painter.setOpacity(self.opacity)
        painter.drawText(self.at, 21, self.text)
        painter.end()


# Text that cannot be read in full


def test_a_label_lower_than_its_text_is_found(show: Show) -> None:
    low = label()
    low.setFixedSize(120, 20)

    found = flaws(show(low), Kind.CLIPPED)

    assert any("at the bottom" in flaw.detail for flaw in found)
    assert all("QLabel" in flaw.where for flaw in found)


def test_a_label_narrower_than_its_text_is_found(show: Show) -> None:
    narrow = label(ARN, wrap=False)
    narrow.setMaximumWidth(120)

    [flaw] = flaws(show(narrow), Kind.CLIPPED)

    assert ARN in flaw.detail
    assert "at the right" in flaw.detail


def test_a_label_without_any_room_is_found(show: Show) -> None:
    gone = label("Not to be seen")
    gone.setFixedSize(0, 0)

    [flaw] = flaws(show(gone), Kind.CLIPPED)

    assert flaw.detail == "“Not to be seen” is not drawn in full"


def test_a_button_narrower_than_its_text_is_found(show: Show) -> None:
    button = QPushButton("&Continue with Guarded")
    button.setFixedWidth(60)

    assert flaws(show(button), Kind.CLIPPED)


def test_painted_text_that_runs_out_of_its_widget_is_found(show: Show) -> None:
    [flaw] = flaws(show(Painted(ARN, at=300)), Kind.CLIPPED)

    assert "at the right" in flaw.detail


def test_text_cut_by_a_parent_is_found(show: Show) -> None:
    holder = QWidget()
    holder.setFixedSize(80, 40)
    whole = label(ARN, wrap=False)
    whole.setParent(holder)
    whole.adjustSize()

    assert flaws(show(holder), Kind.CLIPPED)


def test_an_entry_wider_than_its_combo_box_is_found(show: Show) -> None:
    box = QComboBox()
    box.addItem(ARN)
    box.setFixedWidth(100)

    assert flaws(show(named(box)), Kind.CLIPPED)


def test_text_to_the_side_of_a_scroll_area_is_found(show: Show) -> None:
    area = QScrollArea()
    area.setWidget(label(ARN * 2, wrap=False))

    assert flaws(show(named(area)), Kind.CLIPPED)


class Elided(Painted):
    def paintEvent(self, _: QPaintEvent) -> None:
        text = self.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideMiddle, self.width())
        QPainter(self).drawText(0, 21, text)


def test_elided_text_without_a_tool_tip_is_found(show: Show) -> None:
    elided = Elided(ARN)
    elided.setFixedWidth(150)
    elided.setToolTip("Something else")

    [flaw] = flaws(show(elided), Kind.CLIPPED)

    assert "elided" in flaw.detail


def test_an_elided_cell_without_a_tool_tip_is_found(show: Show) -> None:
    table = QTableWidget(1, 1)
    table.setItem(0, 0, QTableWidgetItem(ARN))

    assert flaws(show(named(table)), Kind.CLIPPED)


def test_an_elided_placeholder_is_found(show: Show) -> None:
    edit = QLineEdit()
    edit.setPlaceholderText(ARN)
    edit.setFixedWidth(100)

    assert flaws(show(named(edit)), Kind.CLIPPED)


# Correct layouts, in which nothing at all is found


class Telling(QStyledItemDelegate):
    """Answers for the tool tip of a cell itself, in mark-up."""

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        QToolTip.showText(event.globalPos(), f"<qt>{index.data()}</qt>", view)
        return True


class Numbered(QPlainTextEdit):
    """Has a column beside its text, which is scrolled with it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setViewportMargins(40, 0, 0, 0)
        self.numbers = Numbers(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.numbers.setGeometry(0, 0, 40, self.viewport().height())


class Numbers(QWidget):
    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        for number in range(1 + self.height() // 24):
            painter.drawText(8, 12 + 24 * number, str(number + 1))
        painter.end()


def elided_with_tool_tip() -> QWidget:
    elided = Elided(ARN)
    elided.setFixedWidth(150)
    elided.setToolTip(ARN)
    return elided


def parent_with_tool_tip() -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    elided = Elided(ARN)
    elided.setFixedWidth(150)
    row.addWidget(elided)
    holder.setToolTip(f"The role: {ARN}")
    return holder


def centred() -> QWidget:
    made = label()
    made.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return made


def scroll_area() -> QWidget:
    content = QWidget()
    column = QVBoxLayout(content)
    for _ in range(20):
        column.addWidget(label())
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    area.verticalScrollBar().setValue(37)
    return named(area)


def table() -> QWidget:
    made = QTableWidget(30, 2)
    made.setHorizontalHeaderLabels(["Resource", "Identifier"])
    for row in range(30):
        made.setItem(row, 0, QTableWidgetItem(f"Subnet {row}"))
        cell = QTableWidgetItem(f"{ARN}-{row}")
        cell.setToolTip(cell.text())
        made.setItem(row, 1, cell)
    made.setColumnWidth(1, 200)
    made.verticalScrollBar().setValue(3)
    return named(made)


def table_of_a_delegate() -> QWidget:
    made = QTableWidget(1, 1)
    made.setItem(0, 0, QTableWidgetItem(ARN))
    made.setItemDelegate(Telling(made))
    return named(made)


def text_with_line_numbers() -> QWidget:
    made = Numbered("\n".join([SENTENCE] * 40))
    made.verticalScrollBar().setValue(1)
    return named(made)


def list_view() -> QWidget:
    made = QListWidget()
    made.addItems([f"eu-west-{number}" for number in range(40)])
    made.setCurrentRow(2)
    return named(made)


def long_line_edit() -> QWidget:
    return named(QLineEdit(ARN * 5))


def selected_line_edit() -> QWidget:
    made = QLineEdit("10.42.0.0/16")
    made.setSelection(3, 4)
    return named(made)


def placeholder() -> QWidget:
    made = QLineEdit()
    made.setPlaceholderText("Paste the invitation")
    return named(made)


def combo_box() -> QWidget:
    made = QComboBox()
    made.addItems(["Europe (Ireland)", "Europe (Frankfurt)"])
    return named(made)


def plain_text() -> QWidget:
    made = QPlainTextEdit("\n".join([SENTENCE] * 40))
    made.setReadOnly(True)
    return named(made)


def code() -> QWidget:
    made = QPlainTextEdit("\n".join([ARN * 3] * 40))
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    made.horizontalScrollBar().setValue(20)
    return named(made)


def text_edit() -> QWidget:
    return named(QTextEdit("\n\n".join([SENTENCE] * 40)))


def stacked_pages() -> QWidget:
    made = QStackedWidget()
    made.addWidget(label("The page in front"))
    hidden = label(ARN, wrap=False)
    hidden.setMaximumWidth(20)
    made.addWidget(hidden)
    return made


def tabs() -> QWidget:
    made = QTabWidget()
    made.addTab(label("The document"), "Document")
    made.addTab(label("Its effect"), "Effect")
    return named(made)


def form() -> QWidget:
    made = QGroupBox("Network")
    rows = QFormLayout(made)
    rows.addRow("&Name", QLineEdit())
    rows.addRow("&Address block", QLineEdit("10.42.0.0/16"))
    rows.addRow("&Zones", QSpinBox())
    return made


def ellipsis_of_the_author() -> QWidget:
    return QPushButton("Remove access …")


def log_with_ellipses() -> QWidget:
    return named(QPlainTextEdit("Waiting for the stack …\nReading it back …"))


def placeholder_with_an_ellipsis() -> QWidget:
    made = QLineEdit()
    made.setPlaceholderText("Paste the invitation …")
    return named(made)


def icon_button() -> QWidget:
    made = QToolButton()
    made.setText("Copy the address")
    made.setIcon(made.style().standardIcon(QStyle.StandardPixmap.SP_FileIcon))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made


def disabled() -> QWidget:
    made = QPushButton("Continue")
    palette = made.palette()
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor("#777C85"))
    made.setPalette(palette)
    made.setEnabled(False)
    return made


def overlay() -> QWidget:
    holder = QWidget()
    below = label("The page below, which is covered at its end", wrap=False)
    below.setParent(holder)
    below.adjustSize()
    note = Painted("Copied", "#FFFFFF", "#14181F", at=8)
    note.setParent(holder)
    note.setGeometry(below.width() - 40, 0, 64, 32)
    note.setProperty(OVERLAY, True)
    holder.setFixedSize(below.width() + 80, 40)
    return holder


def progress() -> QWidget:
    made = QProgressBar()
    made.setTextVisible(False)
    made.setValue(40)
    return made


CORRECT: list[Callable[[], QWidget]] = [
    label,
    centred,
    lambda: label("An unbroken line, żółw → ok", wrap=False),
    lambda: label("What may Release do in your account?", wrap=False, pixels=24),
    lambda: label("12 services", colour="#5B6472", pixels=11),
    lambda: QPushButton("&Back && forth"),
    lambda: QCheckBox("Tell me when it is ready"),
    lambda: QRadioButton("Guarded"),
    lambda: Painted("allowed", "#147A4B", "#E5F4EC", at=10),
    lambda: Painted("Continue with Guarded", "#FFFFFF", "#2F5DE6", at=16),
    elided_with_tool_tip,
    parent_with_tool_tip,
    scroll_area,
    table,
    table_of_a_delegate,
    text_with_line_numbers,
    list_view,
    long_line_edit,
    selected_line_edit,
    placeholder,
    combo_box,
    plain_text,
    code,
    text_edit,
    stacked_pages,
    tabs,
    form,
    ellipsis_of_the_author,
    log_with_ellipses,
    placeholder_with_an_ellipsis,
    icon_button,
    disabled,
    overlay,
    progress,
]


@pytest.mark.parametrize("make", CORRECT, ids=lambda make: make.__name__)
def test_nothing_is_found_where_nothing_is_wrong(show: Show, make: Callable[[], QWidget]) -> None:
    assert inspect(show(make())) == ()


# Widgets in one another's way, and beyond their parents


def put(holder: QWidget, child: QWidget, *place: int) -> QWidget:
    child.setParent(holder)
    child.setGeometry(QRect(*place))
    return child


def test_siblings_on_one_another_are_found(show: Show) -> None:
    holder = QWidget()
    holder.setFixedSize(300, 100)
    put(holder, QPushButton("Back"), 0, 0, 100, 32)
    put(holder, QPushButton("Continue"), 80, 10, 100, 32)

    [flaw] = flaws(show(holder), Kind.OVERLAP)

    assert "QPushButton “Back”" in flaw.detail
    assert "20 × 22 px" in flaw.detail


def test_widgets_within_siblings_on_one_another_are_found(show: Show) -> None:
    holder = QWidget()
    holder.setFixedSize(300, 100)
    for left in (0, 60):
        inner = put(holder, QWidget(), left, 0, 120, 60)
        put(inner, label("Ninety pixels", wrap=False), 0, 0, 100, 20)

    assert len(flaws(show(holder), Kind.OVERLAP)) == 1


def test_empty_containers_may_share_room(show: Show) -> None:
    holder = QWidget()
    holder.setFixedSize(300, 100)
    for left in (0, 60):
        inner = put(holder, QWidget(), left, 0, 120, 60)
        put(inner, label("Ten", wrap=False), 0, 0, 40, 20)

    assert flaws(show(holder), Kind.OVERLAP) == []


def test_texts_painted_on_one_another_are_found(show: Show) -> None:
    class Doubled(Painted):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QPainter(self).drawText(20, 24, "The state of it")

    [flaw] = flaws(show(Doubled("A title of its own")), Kind.OVERLAP)

    assert "“A title of its own” and “The state of it”" in flaw.detail


@pytest.mark.parametrize(("left", "told"), [(-9, "9 px at the left"), (250, "50 px at the right")])
def test_a_widget_beyond_its_parent_is_found(show: Show, left: int, told: str) -> None:
    holder = QWidget()
    holder.setFixedSize(300, 100)
    put(holder, QPushButton("OK"), left, 0, 100, 32)

    [flaw] = flaws(show(holder), Kind.BEYOND)

    assert flaw.detail == told


def test_a_widget_below_the_end_of_its_window_is_found(show: Show) -> None:
    window = show(label("The first"))
    put(window, QPushButton("Last"), 0, 300, 100, 32).show()

    assert [flaw.detail for flaw in flaws(window, Kind.BEYOND)] == ["12 px at the bottom"]


def test_content_wider_than_its_scroll_area_is_found(show: Show) -> None:
    content = QWidget()
    content.setFixedSize(900, 900)
    area = QScrollArea()
    area.setWidget(content)

    [flaw] = flaws(show(named(area)), Kind.BEYOND)

    assert "at the right" in flaw.detail
    assert "bottom" not in flaw.detail


# Contrast


@pytest.mark.parametrize(
    ("text", "ground", "ratio"),
    [("#9AA1AC", "#FFFFFF", "2.60:1"), ("#FFFFFF", "#7C9CFF", "2.61:1"), ("#F6F7F9", "", "1.00:1")],
)
def test_text_too_faint_for_its_ground_is_found(show: Show, text: str, ground: str, ratio: str) -> None:
    [flaw] = flaws(show(Painted("Usually 2 to 4 min", text, ground, at=10)), Kind.CONTRAST)

    assert ratio in flaw.detail
    assert "it takes 4.5:1" in flaw.detail


def test_fading_text_counts_as_what_it_looks_like(show: Show) -> None:
    assert flaws(show(Painted("Usually 2 to 4 min", at=10, opacity=0.4)), Kind.CONTRAST)


def test_large_type_needs_less(show: Show) -> None:
    window = show(label("24", colour="#8A8F98", pixels=24, wrap=False), label("23", colour="#8A8F98", pixels=23))

    [flaw] = flaws(window, Kind.CONTRAST)

    assert "“23”" in flaw.detail


def test_text_half_on_another_ground_is_found(show: Show) -> None:
    class Halved(Painted):
        def paintEvent(self, event: QPaintEvent) -> None:
            QPainter(self).fillRect(0, 0, 60, 32, QColor("#2F5DE6"))
            super().paintEvent(event)

    assert flaws(show(Halved("About 14 to 19 minutes left")), Kind.CONTRAST)


def test_text_under_something_else_is_found(show: Show) -> None:
    holder = QWidget()
    holder.setFixedSize(300, 100)
    put(holder, label("Covered", wrap=False), 0, 0, 100, 32)
    put(holder, Painted("", ground="#FFFFFF"), 0, 0, 100, 32)

    assert flaws(show(holder), Kind.CONTRAST)


def test_a_faint_disabled_control_is_told_apart(show: Show) -> None:
    faint = QPushButton("Continue")
    palette = faint.palette()
    palette.setColor(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText, QColor("#D0D3D8"))
    faint.setPalette(palette)
    faint.setEnabled(False)

    [flaw] = inspect(show(faint))

    assert flaw.kind is Kind.DISABLED_CONTRAST
    assert "it takes 3:1" in flaw.detail


# Names


@pytest.mark.parametrize("name", ["", "✓"])
def test_what_takes_the_focus_without_a_name_is_found(show: Show, name: str) -> None:
    [flaw] = inspect(show(named(QLineEdit("10.42.0.0/16"), name)))

    assert flaw.kind is Kind.UNNAMED
    assert flaw.where.endswith(f"QLineEdit “{name}”" if name else "QLineEdit")


def test_the_place_is_told_from_the_window_down(show: Show) -> None:
    card = QFrame()
    card.setObjectName("network")
    put(card, QLineEdit(), 8, 8, 100, 28)
    card.setFixedHeight(48)

    [flaw] = inspect(show(card))

    assert flaw.where == "QWidget/QFrame#network/QLineEdit"


def test_widgets_that_are_not_shown_are_left_out(show: Show) -> None:
    window = show(label("The first"))
    put(window, QLineEdit(), QPoint().x(), 300, 900, 32)

    assert inspect(window) == ()
