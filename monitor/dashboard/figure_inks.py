"""The drawn runner's colours, mixed from a theme; what a state points at is bright, the rest stays calm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor

from monitor.dashboard.live_view import LiveState, Severity
from monitor.dashboard.theme import Theme

GREYED = frozenset({LiveState.SENSOR_LOST, LiveState.FAILED, LiveState.ENDED})


@dataclass(frozen=True, slots=True)
class Inks:
    """Colours of the figure. `gap` parts a limb from what lies behind it; `fault` marks what is to be mended."""

    gap: QColor
    skin: QColor
    far: QColor
    hair: QColor
    eye: QColor
    shirt: QColor
    sleeve: QColor
    yoke: QColor
    far_shirt: QColor
    shorts: QColor
    far_shorts: QColor
    shoe: QColor
    sole: QColor
    cap: QColor
    visor: QColor
    sensor: QColor
    light: QColor
    ground: QColor
    earth: QColor
    target: QColor
    gaze: QColor
    wedge: QColor
    fault: QColor
    sign: QColor


def mix(a: QColor, b: QColor, part: float) -> QColor:
    """`part` of `b` in `a`, 0..1."""
    pairs = ((a.redF(), b.redF()), (a.greenF(), b.greenF()), (a.blueF(), b.blueF()))
    return QColor.fromRgbF(*(x + (y - x) * part for x, y in pairs))


@lru_cache(maxsize=64)
def inks(theme: Theme, state: LiveState, shoulder_known: bool = True) -> Inks:
    """The colours of a theme in a state; a shoulder that no sensor sees is pale."""
    panel, text, dim, trace = (QColor(c) for c in (theme.panel, theme.text, theme.dim, theme.trace))
    grey, dark = state in GREYED, theme.name == "dark"
    skin = mix(dim, panel, 0.45) if grey else mix(text, panel, 0.12 if dark else 0.45)
    shirt = mix(dim, panel, 0.62) if grey else trace
    shorts = mix(dim, panel, 0.25) if grey else mix(trace, QColor(theme.background) if dark else text, 0.6)
    fault = QColor(theme.limit)
    low, raised = state is LiveState.EYES_UP, state is LiveState.RELAX_SHOULDERS
    cap = shorts if grey else fault if low else shirt
    gaze = fault if low else QColor(theme.good) if state is LiveState.GOOD else trace
    wedge = QColor(gaze)
    wedge.setAlphaF(0.26)
    sleeve = fault if raised else shirt if shoulder_known else mix(shirt, panel, 0.45)
    asks = state.severity is Severity.ATTENTION
    return Inks(
        gap=panel,
        skin=skin,
        far=mix(skin, panel, 0.5),
        hair=shorts,
        eye=panel if dark else text,
        shirt=shirt,
        sleeve=sleeve,
        yoke=fault if raised else shirt,
        far_shirt=mix(sleeve, panel, 0.5),
        shorts=shorts,
        far_shorts=mix(shorts, panel, 0.45 if dark else 0.55),
        shoe=skin if grey else text,
        sole=shirt,
        cap=cap,
        visor=mix(cap, text, 0.38),
        sensor=QColor("#0E1116"),
        light=dim if grey else QColor("#4FD1A5"),
        ground=mix(dim, panel, 0.35),
        earth=mix(panel, QColor(theme.background), 0.75),
        target=dim if grey else QColor(theme.good),
        gaze=gaze,
        wedge=wedge,
        fault=fault,
        sign=QColor(theme.attention) if asks else dim,
    )
