"""Colours and fonts of the window, dark and light. Okabe-Ito hues, told apart by colour-blind eyes too.

Contrast against its background is at least 4.5 for every text colour here (tested).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette

from monitor.dashboard.live_view import Severity


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as '#rrggbb'."""

    name: str
    background: str
    panel: str
    edge: str
    text: str
    dim: str
    good: str
    attention: str
    alert: str
    on_alert: str
    """Text upon the alert and simulated colours."""
    trace: str
    faint: str
    """The instant values behind the trace: seen, not read."""
    limit: str
    simulated: str

    def severity(self, severity: Severity) -> QColor:
        """The colour of a state's word and shape where it is not drawn inverted."""
        return QColor(
            {
                Severity.CALM: self.text,
                Severity.GOOD: self.good,
                Severity.ATTENTION: self.attention,
                Severity.ALERT: self.alert,
            }[severity]
        )


DARK = Theme(
    name="dark",
    background="#0E1116",
    panel="#181D25",
    edge="#333B47",
    text="#F2F4F7",
    dim="#A9B4C2",
    good="#4FD1A5",
    attention="#F0E442",
    alert="#E69F00",
    on_alert="#14110A",
    trace="#56B4E9",
    faint="#46566B",
    limit="#E69F00",
    simulated="#D79AC0",
)
LIGHT = Theme(
    name="light",
    background="#ECEFF3",
    panel="#FFFFFF",
    edge="#C3CBD5",
    text="#12161C",
    dim="#4A5563",
    good="#00664B",
    attention="#7A4B00",
    alert="#E69F00",
    on_alert="#14110A",
    trace="#0067A5",
    faint="#B4C6D6",
    limit="#A65B00",
    simulated="#D79AC0",
)


def named(name: str) -> Theme:
    """'dark', 'light', or 'auto': what the desktop says, dark where it says nothing."""
    if name == "light":
        return LIGHT
    if name == "auto" and QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Light:
        return LIGHT
    return DARK


def palette(theme: Theme) -> QPalette:
    """A Fusion palette; Qt's own colour scheme switch does nothing without a platform theme."""
    p = QPalette()
    role = QPalette.ColorRole
    for r, colour in (
        (role.Window, theme.background),
        (role.Base, theme.panel),
        (role.Button, theme.panel),
        (role.WindowText, theme.text),
        (role.Text, theme.text),
        (role.ButtonText, theme.text),
        (role.Highlight, theme.trace),
        (role.HighlightedText, theme.background),
    ):
        p.setColor(r, QColor(colour))
    return p


def font(pixel_size: int, bold: bool = False) -> QFont:
    """The window's font at a size in pixels."""
    f = QFont("DejaVu Sans")
    f.setStyleHint(QFont.StyleHint.SansSerif)
    f.setPixelSize(max(6, pixel_size))
    f.setBold(bold)
    return f
