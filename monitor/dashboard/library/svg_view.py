# ruff: noqa: N802  (Qt's own method names)
"""A chart of the report in the window: the same SVG, in the window's colours, as wide as there is room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from monitor.dashboard import theme as themes
from monitor.dashboard.theme import Theme
from monitor.review.report_style import DARK, LIGHT, chart_css

LEAST_PX = 280
_OWN_CSS = (
    ".behind { fill:none; stroke:var(--dim); stroke-width:1; stroke-dasharray:2 3; }"
    ".sure { fill:none; stroke:var(--ink); stroke-width:2.5; }"
    "text { font-family:'DejaVu Sans',sans-serif; font-size:12px; }"
)


class SvgView(QWidget):
    """Draws `make(width)`; a screen reader hears `words`."""

    def __init__(self, make: Callable[[float], str], words: str, theme: Theme) -> None:
        super().__init__()
        self._make, self._theme = make, theme
        self._renderer = QSvgRenderer(self)
        self._size = QSize(LEAST_PX, 100)
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(LEAST_PX)
        self._load()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self._theme = theme
        self._load()
        self.update()

    def sizeHint(self) -> QSize:
        return self._size

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._load()
        super().resizeEvent(event)

    def _load(self) -> None:
        colours = DARK if self._theme is themes.DARK else LIGHT
        svg = self._make(float(max(self.width(), LEAST_PX)))
        style = f"<style>{chart_css(colours)}{_own(colours)}</style>"
        head, _, body = svg.partition(">")
        text = f'{head} xmlns="http://www.w3.org/2000/svg">{style}{body}'
        self._renderer.load(QByteArray(text.encode()))
        self._renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self._size = self._renderer.defaultSize()
        self.setFixedHeight(self._size.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(self.rect()))
        painter.end()


def _own(colours: dict[str, str]) -> str:
    css = _OWN_CSS
    for name, colour in colours.items():
        css = css.replace(f"var(--{name})", colour)
    return css
