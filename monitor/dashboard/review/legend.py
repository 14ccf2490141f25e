"""The line below the charts that says what the patterns of the gaze and the signs mean."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from monitor.dashboard.review.chart_axes import Layout
from monitor.dashboard.review.chart_rows import ChartRows, RibbonRow
from monitor.dashboard.review.event_lines import SignKind, Signs
from monitor.dashboard.review.row_paint import pattern_scale, swatch
from monitor.dashboard.review.sign_paint import colour_of, paint_shape
from monitor.dashboard.theme import Theme, font

SIGN_WORDS = {
    SignKind.MARK: "your mark",
    SignKind.CUE: "cue given",
    SignKind.SILENT: "noticed, no cue",
    SignKind.LINK: "sensor",
    SignKind.LAP: "lap",
    SignKind.MODE: "other ground",
    SignKind.COACH: "coaching",
}


def paint_legend(painter: QPainter, layout: Layout, rows: ChartRows, signs: Signs, theme: Theme) -> None:
    """As many entries as find room: the zones of the gaze from near to far, then the kinds of signs in this run."""
    if layout.legend_top is None:
        return
    px = round(0.85 * layout.text_px)
    side = round(0.9 * px)
    painter.setFont(font(px))
    metrics = QFontMetricsF(painter.font())
    middle = layout.legend_top + 0.9 * layout.text_px
    gaze = next((row for row in rows.rows if isinstance(row, RibbonRow) and row.shares is not rows.doubt), None)
    kinds = {sign.kind for sign in signs.signs}
    entries: list[tuple[int | SignKind, str]] = list(enumerate(gaze.names)) if gaze else []
    entries += [(kind, words) for kind, words in SIGN_WORDS.items() if kind in kinds]
    x = layout.left
    for what, words in entries:
        width = side + 4 + metrics.horizontalAdvance(words)
        if x + width > layout.right:
            return
        if isinstance(what, SignKind):
            box = QRectF(x, middle - side / 2, side, side)
            paint_shape(painter, what, box, colour_of(what, theme))
        else:
            painter.drawImage(QPointF(x, middle - side / 2), swatch(what, side, theme, pattern_scale(layout, 1.0)))
        painter.setPen(QColor(theme.dim))
        room = QRectF(x + side + 4, middle - px, width, 2 * px)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        x += width + px
