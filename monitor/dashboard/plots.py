"""The strip chart of the last 60 seconds. Fixed axes, opaque thin pens, no grid, no antialias: 5 ms a frame."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from monitor.dashboard.live_view import ChartData
from monitor.dashboard.theme import Theme, font

SECONDS = 60.0
RIGHT_S = 2.5
"""Room for the word 'now' below the newest values."""
TOP_DEG, BOTTOM_DEGS = -15.0, (45.0, 60.0, 90.0)
"""Nose up to nose down; the lower end steps outwards when the head goes there and comes back a window later."""


class HeadStrip(pg.PlotWidget):
    """Head pitch over the last minute, nose down drawn downwards, with the limit as a dashed line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Head pitch, last 60 seconds")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMouseEnabled(False, False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.invertY(True)
        item.setLabel("left", "nose down, °")
        item.getAxis("bottom").setTicks([[(-s, f"{s} s ago" if s else "now") for s in (45, 30, 15, 0)]])
        self._instant = item.plot(skipFiniteCheck=True, connect="finite")
        self._sustained = item.plot(skipFiniteCheck=True, connect="finite")
        self._limit = pg.InfiniteLine(angle=0, label="", labelOpts={"position": 0.03, "anchors": [(0, 0), (0, 0)]})
        self._level = pg.InfiniteLine(angle=0, pos=0)
        self._empty = pg.TextItem("The line starts with the first good data", anchor=(0.5, 0.5))
        self._empty.setPos(-SECONDS / 2, 15)
        for line in (self._limit, self._level, self._empty):
            item.addItem(line, ignoreBounds=True)
        self._bottom_deg = 0.0
        self.setXRange(-SECONDS, RIGHT_S, padding=0)
        self._set_bottom(BOTTOM_DEGS[0])
        self.restyle(theme)

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.setBackground(theme.panel)
        self._instant.setPen(pg.mkPen(theme.faint, width=1))
        self._sustained.setPen(pg.mkPen(theme.trace, width=2))
        self._limit.setPen(pg.mkPen(theme.limit, width=2, style=Qt.PenStyle.DashLine))
        self._limit.label.setColor(theme.limit)
        self._level.setPen(pg.mkPen(theme.edge, width=1))
        self._empty.setColor(theme.dim)
        for name in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(name)
            axis.setPen(pg.mkPen(theme.edge))
            axis.setTextPen(pg.mkPen(theme.dim))

    def set_text_px(self, px: int) -> None:
        """Size of the labels."""
        item = self.getPlotItem()
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setStyle(tickFont=font(px), tickTextOffset=4)
            axis.label.setFont(font(px))
        item.getAxis("left").setWidth(int(4.6 * px))
        item.getAxis("bottom").setHeight(int(2.0 * px))
        self._limit.label.setFont(font(px, bold=True))
        self._empty.setFont(font(px))

    def show_chart(self, data: ChartData, limit_deg: float, limit_words: str) -> None:
        """Draw the newest minute."""
        self._instant.setData(data.head_x, data.pitch_deg)
        self._sustained.setData(data.head_x, data.sustained_deg)
        self._limit.setValue(limit_deg)
        if self._limit.label.format != limit_words:
            self._limit.label.setFormat(limit_words)
        known = bool(np.isfinite(data.sustained_deg).any())
        self._empty.setVisible(not known)
        deepest = float(np.nanmax(data.sustained_deg)) if known else 0.0
        self._set_bottom(next((b for b in BOTTOM_DEGS if max(deepest, limit_deg) + 4 <= b), BOTTOM_DEGS[-1]))

    def _set_bottom(self, bottom_deg: float) -> None:
        if bottom_deg != self._bottom_deg:
            self._bottom_deg = bottom_deg
            self.setYRange(TOP_DEG, bottom_deg, padding=0)
