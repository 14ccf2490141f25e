"""The dialog in which the clocks of run and watch are lined up: both cadences laid over each other, moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment, NotAligned, offset_words
from monitor.dashboard import theme as themes
from monitor.dashboard.review.panel_align_curves import REACH_S, Curves, fit_words, found_words
from monitor.dashboard.review.panel_page import LETTER_PX, button_of, line_of, page_style
from monitor.dashboard.review.panel_work import Work
from monitor.dashboard.theme import Theme, font

LONGEST_S = 10 * 366 * 86_400.0
TICK_S = 0.1
STEPS = (
    ("−1 h", -3600.0), ("−1 min", -60.0), ("−1 s", -1.0), ("−0.1 s", -0.1),
    ("+0.1 s", 0.1), ("+1 s", 1.0), ("+1 min", 60.0), ("+1 h", 3600.0),
)  # fmt: skip
ZOOM = 2.5

Find = Callable[[], Alignment | NotAligned]


class AlignDialog(QDialog):
    """`exec` or `open` it; when it is accepted, `alignment` is what the runner chose.

    found : where it lies now, or why that is not known
    find : works it out anew; runs in a thread
    """

    def __init__(
        self,
        curves: Curves,
        found: Alignment | NotAligned,
        find: Find,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.curves, self._search, self.theme = curves, find, theme
        self._found = found if isinstance(found, Alignment) else None
        self._offset_s = self._found.offset_s if self._found else 0.0
        self._valley = curves.valley(self._offset_s)
        self._work = Work(self)
        self.setObjectName("page")
        self.setWindowTitle("Line up the clocks")
        self.setAccessibleName("Line up the clocks of the run and the watch")
        self.setMinimumSize(640, 440)
        self.resize(900, 560)
        self.setPalette(themes.palette(theme))
        self.setStyleSheet(page_style(theme))
        self._build()
        self._draw()
        self.evidence.setText(found_words(found))
        self._show_offset()

    # ------------------------------------------------------------ what is chosen

    @property
    def offset_s(self) -> float:
        """The offset that is shown: positive, the watch's clock was ahead."""
        return self._offset_s

    @property
    def alignment(self) -> Alignment:
        """The choice: as it was found where it was left so, else by hand."""
        if self._found is not None and abs(self._found.offset_s - self._offset_s) < TICK_S / 2:
            return self._found
        drift_ppm = self._found.drift_ppm if self._found is not None else 0.0
        return replace(by_hand(self._offset_s), drift_ppm=drift_ppm)

    def move_to(self, offset_s: float) -> None:
        """Show another offset."""
        offset_s = min(max(offset_s, -LONGEST_S), LONGEST_S)
        if abs(offset_s - self._offset_s) >= 0.001:
            self._offset_s = offset_s
            self._show_offset()

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self.plot = self._plot("Cadence of the run and of the watch over the time of the run")
        self.plot.getPlotItem().setLabel("left", "steps a minute")
        self.plot.getPlotItem().setLabel("bottom", "minutes of the run")
        self.misfit = self._plot("How much the two differ at the offsets nearby; the deepest valley fits best")
        self.misfit.setMouseEnabled(False, False)
        self.misfit.setFixedHeight(84)
        self.misfit.getPlotItem().setLabel("left", "misfit")
        self.evidence = line_of("", "label", name="What was found")
        self.fits = line_of("", "help", name="How well the curves fit")
        self.words = line_of("", "label", name="Offset in words")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Offset of the watch, tenths of a second")
        self.slider.setRange(round(-REACH_S / TICK_S), round(REACH_S / TICK_S))
        self.slider.setSingleStep(1)
        self.slider.setPageStep(round(10 / TICK_S))
        self.slider.valueChanged.connect(lambda ticks: self.move_to(self._valley.centre_s + ticks * TICK_S))
        self.box = QDoubleSpinBox()
        self.box.setAccessibleName("Offset of the watch in seconds; positive: the watch's clock was ahead")
        self.box.setRange(-LONGEST_S, LONGEST_S)
        self.box.setDecimals(1)
        self.box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.box.setSingleStep(TICK_S)
        self.box.setSuffix(" s")
        self.box.setKeyboardTracking(False)
        self.box.valueChanged.connect(self._typed)
        moves = QHBoxLayout()
        for text, seconds in STEPS:
            button = button_of(text, f"Move the watch by {text}")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, s=seconds: self.move_to(self._offset_s + s))
            moves.addWidget(button)
        moves.addStretch(1)
        for text, spoken, factor in (
            ("Closer", "Show less of the run, larger", ZOOM),
            ("Wider", "Show more", 1 / ZOOM),
        ):
            button = button_of(text, spoken)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, f=factor: self.zoom(f))
            moves.addWidget(button)
        self.find_button = button_of("Find it", "Find the offset by cadence, marks and clocks")
        self.zero = button_of("Both right", "Both clocks were right: no offset")
        self.use = button_of("Use it", "Use this offset and keep it for this run")
        self.use.setObjectName("save")
        self.cancel = button_of("Cancel", "Leave everything as it was")
        self.find_button.clicked.connect(self.find_it)
        self.zero.clicked.connect(lambda: self.move_to(0.0))
        self.use.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.reject)
        ends = QHBoxLayout()
        for button in (self.find_button, self.zero):
            button.setAutoDefault(False)
            ends.addWidget(button)
        ends.addStretch(1)
        ends.addWidget(self.cancel)
        ends.addWidget(self.use)
        self.use.setDefault(True)
        grid = QGridLayout()
        grid.addWidget(self.box, 0, 0)
        grid.addWidget(self.slider, 0, 1)
        grid.setColumnStretch(1, 1)
        rows = QVBoxLayout(self)
        rows.addWidget(line_of("Move the watch until its cadence lies upon that of this recording."))
        rows.addWidget(self.plot, 1)
        rows.addWidget(
            line_of(
                "— this recording    - - the watch    │ your marks    ┊ laps of the watch",
                "help",
            )
        )
        rows.addWidget(line_of("How much the two differ at other offsets: the deepest valley fits best.", "help"))
        rows.addWidget(self.misfit)
        for widget in (self.words, self.fits, self.evidence):
            rows.addWidget(widget)
        rows.addLayout(grid)
        rows.addLayout(moves)
        rows.addLayout(ends)

    def _plot(self, name: str) -> pg.PlotWidget:
        plot = pg.PlotWidget()
        plot.setAccessibleName(name)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setBackground(self.theme.panel)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=True, y=False)
        item = plot.getPlotItem()
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(pg.mkPen(self.theme.edge))
            axis.setTextPen(pg.mkPen(self.theme.dim))
            axis.setStyle(tickFont=font(LETTER_PX - 2))
        item.getAxis("left").setWidth(56)
        return plot

    def _draw(self) -> None:
        curves, theme, item = self.curves, self.theme, self.plot.getPlotItem()
        own = item.plot(curves.run_s / 60, curves.run_spm, connect="finite")
        own.setPen(pg.mkPen(theme.trace, width=2))
        self.watch_curve = item.plot(curves.watch_s / 60, curves.watch_spm, connect="finite")
        self.watch_curve.setPen(pg.mkPen(theme.limit, width=2, style=Qt.PenStyle.DashLine))
        for at_s in curves.marks_s[:100]:
            item.addItem(pg.InfiniteLine(at_s / 60, pen=pg.mkPen(theme.trace, width=1)), ignoreBounds=True)
        self._laps = [
            (at_s, pg.InfiniteLine(at_s / 60, pen=pg.mkPen(theme.limit, width=1, style=Qt.PenStyle.DotLine)))
            for at_s in curves.laps_s[:100]
        ]
        for _, line in self._laps:
            item.addItem(line, ignoreBounds=True)
        item.setXRange(-0.02 * curves.duration_s / 60, 1.02 * max(curves.duration_s, 60.0) / 60, padding=0)
        both = np.concatenate((curves.run_spm, curves.watch_spm))
        both = both[np.isfinite(both)]
        low, high = np.percentile(both, (3, 99.5)).tolist() if len(both) else (140.0, 190.0)
        item.setYRange(max(0.0, low - 10), high + 10, padding=0)
        self._draw_valley()

    def _draw_valley(self) -> None:
        """The misfit at the offsets that the slider reaches."""
        item, valley = self.misfit.getPlotItem(), self._valley
        item.clear()
        item.plot(valley.offsets_s, valley.misfit_spm, connect="finite", pen=pg.mkPen(self.theme.text, width=2))
        self._here = pg.InfiniteLine(self._offset_s, pen=pg.mkPen(self.theme.limit, width=3))
        item.addItem(self._here, ignoreBounds=True)
        item.setXRange(float(valley.offsets_s[0]), float(valley.offsets_s[-1]), padding=0)

    def zoom(self, factor: float) -> None:
        """Show so many times less of the run, about the middle of what is shown."""
        low, high = self.plot.getPlotItem().viewRange()[0]
        half = min(max((high - low) / 2 / factor, 0.25), 0.6 * max(self.curves.duration_s, 60.0) / 60)
        self.plot.setXRange((low + high) / 2 - half, (low + high) / 2 + half, padding=0)

    # ------------------------------------------------------------ moving

    def _typed(self, value: float) -> None:
        # The box shows tenths; an offset found to the millisecond is not rounded by being shown.
        if abs(value - self._offset_s) > TICK_S / 2:
            self.move_to(value)

    def _show_offset(self) -> None:
        offset_s = self._offset_s
        if abs(offset_s - self._valley.centre_s) > REACH_S:
            self._valley = self.curves.valley(offset_s)
            self._draw_valley()
        for widget in (self.slider, self.box):
            widget.blockSignals(True)
        self.slider.setValue(round((offset_s - self._valley.centre_s) / TICK_S))
        self.box.setValue(offset_s)
        for widget in (self.slider, self.box):
            widget.blockSignals(False)
        self.watch_curve.setPos(-offset_s / 60, 0)
        self._here.setValue(offset_s)
        for at_s, line in self._laps:
            line.setValue((at_s - offset_s) / 60)
        ahead = "ahead of" if offset_s > 0 else "behind"
        words = "Both clocks agree." if abs(offset_s) < TICK_S / 2 else ""
        self.words.setText(words or f"Watch {offset_words(offset_s)}: its clock was {ahead} the recording's.")
        self.fits.setText(fit_words(self.curves, self._valley, offset_s))

    def find_it(self) -> None:
        """Work the offset out; the answer comes when it is there."""
        self.find_button.setEnabled(False)
        self.evidence.setText("Looking for it…")
        self._work.begin(self._search, self._take, self._not_found)

    def _take(self, found: object) -> None:
        self.find_button.setEnabled(True)
        if isinstance(found, Alignment):
            self._found = found
            self.move_to(found.offset_s)
        if isinstance(found, (Alignment, NotAligned)):
            self.evidence.setText(found_words(found))

    def _not_found(self, sentence: str) -> None:
        self.find_button.setEnabled(True)
        self.evidence.setText(sentence)
