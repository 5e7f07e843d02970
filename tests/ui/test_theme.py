"""The theme: what can be read on what, the shipped typefaces, the icons, and that a change reaches every widget."""

import re
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QPalette, QRawFont
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

import resources
from ui import fonts, motion, theme
from ui.colours import OF_SCHEME, Colours, palette
from ui.theme import Scheme, TextRole, Tone

ICONS = sorted(path.stem for path in (Path(resources.__file__).parent / "icons").glob("*.svg"))

GROUNDS = ("window", "card", "rail", "accent_ground", "good_ground", "caution_ground", "bad_ground", "map")
PAIRS = (
    *product(("text", "secondary"), GROUNDS),
    *product(("faint", "accent", "good", "caution", "bad"), ("window", "card")),
    *((tone, f"{tone}_ground") for tone in ("accent", "good", "caution", "bad")),
    ("on_accent", "accent"),
    ("on_accent", "bad"),
)


def contrast(one: QColor, other: QColor) -> float:
    """As WCAG 2 computes it, from 1 to 21."""

    def luminance(colour: QColor) -> float:
        channels = (colour.redF(), colour.greenF(), colour.blueF())
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_has_it() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("white")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("fore", "ground"), PAIRS)
def test_every_text_can_be_read(scheme: Scheme, fore: str, ground: str) -> None:
    colours = OF_SCHEME[scheme]
    assert contrast(getattr(colours, fore), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("tone", Tone)
def test_every_tone_can_be_read_on_its_ground(scheme: Scheme, tone: Tone) -> None:
    assert contrast(*OF_SCHEME[scheme].tone(tone)) >= 4.5


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("ground", ["window", "card", "line"])
def test_what_is_disabled_can_still_be_read(scheme: Scheme, ground: str) -> None:
    colours = OF_SCHEME[scheme]
    assert contrast(colours.faint, getattr(colours, ground)) >= 3


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("share", [0.1, 0.2])
def test_hovering_and_pressing_keep_the_text_readable(scheme: Scheme, share: float) -> None:
    colours = OF_SCHEME[scheme]
    for ground in (colours.accent, colours.bad):
        assert contrast(colours.on_accent, theme.mixed(ground, colours.text, share)) >= 4.5


@pytest.mark.parametrize("scheme", Scheme)
def test_the_palette_of_qt_is_readable(scheme: Scheme) -> None:
    role = QPalette.ColorRole
    made = palette(OF_SCHEME[scheme])
    for fore, ground in (
        (role.WindowText, role.Window),
        (role.Text, role.Base),
        (role.Text, role.AlternateBase),
        (role.ButtonText, role.Button),
        (role.PlaceholderText, role.Base),
        (role.ToolTipText, role.ToolTipBase),
        (role.HighlightedText, role.Highlight),
        (role.Link, role.Base),
    ):
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            assert contrast(made.color(group, fore), made.color(group, ground)) >= 4.5, (fore, ground)
        disabled = QPalette.ColorGroup.Disabled
        assert contrast(made.color(disabled, fore), made.color(disabled, ground)) >= 3, (fore, ground)


def test_the_schemes_differ_in_every_colour() -> None:
    light, dark = OF_SCHEME[Scheme.LIGHT], OF_SCHEME[Scheme.DARK]
    assert all(getattr(light, field.name) != getattr(dark, field.name) for field in fields(Colours))


# Type


def test_the_shipped_typefaces_are_shown() -> None:
    assert QFontInfo(theme.font(TextRole.BODY)).family() == "Inter"
    assert QFontInfo(theme.font(TextRole.MONO)).family() == "JetBrains Mono"


def test_every_weight_that_is_used_is_shipped() -> None:
    shipped = {QFontDatabase.weight("Inter", style) for style in QFontDatabase.styles("Inter")}
    used = {theme.font(role).weight() for role in TextRole if theme.font(role).family() == "Inter"}
    assert used <= shipped
    assert {QFont.Weight.Normal, QFont.Weight.DemiBold, QFont.Weight.Bold} == used


@pytest.mark.parametrize("font", ["Inter", "JetBrainsMono"])
def test_a_typeface_comes_with_its_licence(font: str) -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in resources.read_text(f"fonts/{font}-OFL.txt")


def test_a_file_that_is_no_font_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "read_bytes", lambda _path: b"no font")
    with pytest.raises(RuntimeError, match=r"cannot read the font fonts/broken\.otf"):
        fonts._load(("fonts/broken.otf",))


@pytest.mark.parametrize(
    ("role", "size"),
    [
        (TextRole.TITLE, 24),
        (TextRole.HEADING, 16),
        (TextRole.ROW, 14),
        (TextRole.BODY, 14),
        (TextRole.SECONDARY, 12),
        (TextRole.PILL, 11),
        (TextRole.MONO, 13),
        (TextRole.MONO_SMALL, 12),
    ],
)
def test_sizes_grow_with_the_scale(role: TextRole, size: int) -> None:
    assert theme.font(role).pixelSize() == size
    theme.set_scale(1.5)
    assert theme.font(role).pixelSize() == round(size * 1.5)
    assert theme.px(theme.UNIT) == 12


def test_tabular_digits_are_equally_wide() -> None:
    def widths(font: QFont) -> set[float]:
        return {QFontMetricsF(font).horizontalAdvance(digit * 8) for digit in "0123456789"}

    assert len(widths(theme.font(TextRole.BODY))) > 1
    assert len(widths(theme.tabular(theme.font(TextRole.BODY)))) == 1


def test_monospace_has_no_ligatures() -> None:
    font = theme.font(TextRole.MONO)
    assert {bytes(tag.toString().data()).decode(): font.featureValue(tag) for tag in font.featureTags()} == {
        "liga": 0,
        "calt": 0,
    }


def test_no_text_of_ours_lacks_a_glyph() -> None:
    inter = QRawFont.fromFont(theme.font(TextRole.BODY))
    assert 0 not in inter.glyphIndexesForString("…·–→“”‘’äéøß€×")
    assert inter.glyphIndexesForString("漢") == [0]


# Icons


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_drawn_in_one_colour_within_its_square(name: str) -> None:
    image = theme.icon(name, QColor("#2F5DE6"), 48).toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 250
    }
    assert colours == {"#2f5de6"}
    edge = [image.pixelColor(x, y).alpha() for at in range(48) for x, y in ((at, 0), (at, 47), (0, at), (47, at))]
    assert max(edge) == 0


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_tinted_alone_by_its_placeholder(name: str) -> None:
    source = resources.read_text(f"icons/{name}.svg")
    assert 'viewBox="0 0 24 24"' in source
    assert set(re.findall(r'(?:stroke|fill)="([^"]*)"', source)) <= {"none", "currentColor"}


def test_an_icon_is_rendered_once_for_a_colour_size_and_ratio() -> None:
    red = QColor("#B3261E")
    assert theme.icon("warning", red, 16).cacheKey() == theme.icon("warning", red, 16).cacheKey()
    assert theme.icon("warning", red, 16).cacheKey() != theme.icon("warning", red, 24).cacheKey()


def test_an_icon_is_sharp_where_a_pixel_is_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QApplication, "devicePixelRatio", lambda _self: 2.0)
    pixmap = theme.icon("warning", QColor("black"), 16)
    assert (pixmap.width(), pixmap.deviceIndependentSize().width()) == (32, 16)


def test_an_icon_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        theme.icon("unicorn", QColor("black"), 16)


# Change


class Listener(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.heard = 0

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.heard += theme.has_changed(event)


def test_every_widget_hears_once_of_each_change(qtbot: QtBot) -> None:
    shown, child, own = Listener(), Listener(), Listener()
    child.setParent(shown)
    # One with a font and a palette of its own, which Qt would not tell.
    own.setFont(theme.font(TextRole.TITLE))
    own.setPalette(QPalette(QColor("red")))
    qtbot.addWidget(shown)
    qtbot.addWidget(own)
    theme.set_scheme(Scheme.DARK)
    assert [widget.heard for widget in (shown, child, own)] == [1, 1, 1]
    theme.set_scale(1.5)
    assert [widget.heard for widget in (shown, child, own)] == [2, 2, 2]


def test_qt_widgets_take_the_scheme_and_the_size(qtbot: QtBot, qapp: QApplication) -> None:
    combo = QComboBox()
    qtbot.addWidget(combo)
    combo.show()
    theme.set_scheme(Scheme.DARK)
    theme.set_scale(1.5)
    qapp.processEvents()
    assert combo.palette().color(QPalette.ColorRole.Base) == OF_SCHEME[Scheme.DARK].card
    assert combo.font().pixelSize() == 21


def test_the_system_decides_where_nothing_is_chosen(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "_scheme_of_system", lambda: Scheme.DARK)
    theme.set_scheme(None)
    assert theme.scheme() is Scheme.DARK
    monkeypatch.setattr(theme, "_scheme_of_system", lambda: Scheme.LIGHT)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert theme.scheme() is Scheme.LIGHT


def test_what_is_chosen_stays_when_the_system_changes(qapp: QApplication) -> None:
    theme.set_scheme(Scheme.DARK)
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert theme.scheme() is Scheme.DARK


def test_nothing_uses_a_style_sheet(qapp: QApplication) -> None:
    assert qapp.styleSheet() == ""
    assert QLabel().styleSheet() == ""


# Motion


def test_pictures_stand_still() -> None:
    assert theme.reduced_motion()


@pytest.mark.parametrize(
    ("file", "group", "key", "value", "reduced"),
    [
        ("kdeglobals", "KDE", "AnimationDurationFactor", "0", True),
        ("kdeglobals", "KDE", "AnimationDurationFactor", "0.5", False),
        ("gtk-3.0/settings.ini", "Settings", "gtk-enable-animations", "false", True),
        ("gtk-3.0/settings.ini", "Settings", "gtk-enable-animations", "1", False),
    ],
)
def test_linux_desktops_may_ask_for_no_motion(
    tmp_path: Path, file: str, group: str, key: str, value: str, reduced: bool
) -> None:
    assert not motion.said_by_linux(tmp_path)
    place = tmp_path / file
    place.parent.mkdir(exist_ok=True)
    place.write_text(f"[{group}]\n{key}={value}\n")
    assert motion.said_by_linux(tmp_path) is reduced


def test_macos_may_ask_for_no_motion(tmp_path: Path) -> None:
    place = tmp_path / "universalaccess"
    assert not motion.said_by_macos(place)
    settings = QSettings(str(place), QSettings.Format.NativeFormat)
    settings.setValue("reduceMotion", 1)
    settings.sync()
    assert motion.said_by_macos(place)
