"""The two palettes: every colour of the window, and how they become a QPalette.

Which of them is shown is decided in `ui/theme.py`; widgets ask there.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QColor, QPalette


class Scheme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    NEUTRAL = "neutral"
    ACCENT = "accent"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"


@dataclass(frozen=True)
class Colours:
    """The colours of one scheme, by role.

    `text` and `secondary` are readable on every ground, `faint` on `window` and `card` only. `faint` is also the text
    of what is disabled.
    """

    window: QColor
    card: QColor
    rail: QColor
    line: QColor
    map: QColor
    text: QColor
    secondary: QColor
    faint: QColor
    accent: QColor
    on_accent: QColor
    accent_ground: QColor
    good: QColor
    good_ground: QColor
    caution: QColor
    caution_ground: QColor
    bad: QColor
    bad_ground: QColor

    def tone(self, tone: Tone) -> tuple[QColor, QColor]:
        """Fore and ground of a tone."""
        return {
            Tone.NEUTRAL: (self.secondary, self.map),
            Tone.ACCENT: (self.accent, self.accent_ground),
            Tone.GOOD: (self.good, self.good_ground),
            Tone.CAUTION: (self.caution, self.caution_ground),
            Tone.BAD: (self.bad, self.bad_ground),
        }[tone]


LIGHT = Colours(
    window=QColor("#F6F7F9"),
    card=QColor("#FFFFFF"),
    rail=QColor("#EEF0F4"),
    line=QColor("#E3E6EB"),
    map=QColor("#DDE2EA"),
    text=QColor("#14181F"),
    secondary=QColor("#5B6472"),
    faint=QColor("#667080"),
    accent=QColor("#2F5DE6"),
    on_accent=QColor("#FFFFFF"),
    accent_ground=QColor("#E8EEFD"),
    good=QColor("#147A4B"),
    good_ground=QColor("#E5F4EC"),
    caution=QColor("#9A5B00"),
    caution_ground=QColor("#FCF1DF"),
    bad=QColor("#B3261E"),
    bad_ground=QColor("#FBE9E7"),
)

DARK = Colours(
    window=QColor("#14171C"),
    card=QColor("#1C2027"),
    rail=QColor("#101318"),
    line=QColor("#2D333D"),
    map=QColor("#2A303A"),
    text=QColor("#E9ECF1"),
    secondary=QColor("#A3ACBA"),
    faint=QColor("#8E98A7"),
    accent=QColor("#7C9CFF"),
    on_accent=QColor("#0E1220"),
    accent_ground=QColor("#202A45"),
    good=QColor("#5CCB94"),
    good_ground=QColor("#17302A"),
    caution=QColor("#E9B65C"),
    caution_ground=QColor("#332914"),
    bad=QColor("#FF8A80"),
    bad_ground=QColor("#3A1E1D"),
)

OF_SCHEME = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}


def mixed(colour: QColor, other: QColor, share: float) -> QColor:
    """`colour` moved towards `other` by `share` (0 to 1): the tones of hovering and pressing."""
    return QColor.fromRgbF(
        colour.redF() + (other.redF() - colour.redF()) * share,
        colour.greenF() + (other.greenF() - colour.greenF()) * share,
        colour.blueF() + (other.blueF() - colour.blueF()) * share,
    )


def palette(colours: Colours) -> QPalette:
    """What Qt's own widgets take: menus, tool tips, popups, selections and the Fusion style's outlines."""
    made = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.card),
        (role.AlternateBase, colours.window),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.faint),
        (role.Button, colours.card),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.on_accent),
        (role.ToolTipBase, colours.text),
        (role.ToolTipText, colours.window),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Accent, colours.accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.Light, colours.card),
        (role.Midlight, colours.line),
        (role.Mid, colours.line),
        (role.Dark, colours.secondary),
        (role.Shadow, colours.line),
    ):
        made.setColor(which, colour)
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, colours.faint)
    made.setColor(QPalette.ColorGroup.Disabled, role.Base, colours.window)
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, colours.map)
    made.setColor(QPalette.ColorGroup.Disabled, role.HighlightedText, colours.text)
    return made
