"""The page that shows where to clip the sensors, and what each sees from there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from monitor.dashboard.fitting import Text
from monitor.dashboard.setup.figure_paint import Figure, Scene, side_place
from monitor.dashboard.setup.figure_poses import Stance, skeleton
from monitor.dashboard.setup.page_base import SetupPage, Words
from monitor.dashboard.setup.page_find import display_name
from monitor.dashboard.setup.places import ORDER, PLACES
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme
from monitor.dashboard.tiles import Tile
from monitor.values import Site

DRAWN = (Site.HEAD, Site.COLLAR, Site.BACK)
SHOULDERS = (Site.COLLAR, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)


class ClipPicture(Tile):
    """The figure with a number at every place; those in use are filled."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Where the sensors go", theme)
        self.worn: tuple[Site, ...] = ()

    def show_worn(self, worn: tuple[Site, ...]) -> None:
        """Which places are in use."""
        self.worn = worn
        names = ", ".join(PLACES[site].name for site in worn)
        self.put(f"A runner from the side, with sensors at: {names}.", worn)

    def places(self) -> tuple[Site, ...]:
        """The places that are numbered, from the top down."""
        shoulder = next((site for site in self.worn if site in SHOULDERS), Site.COLLAR)
        return Site.HEAD, shoulder, Site.BACK

    def _box(self) -> QRectF:
        """The upper half of the body, large: the box reaches below the panel, because the legs tell nothing here."""
        w, h = self.width(), self.height()
        return QRectF(-0.35 * w, 0.03 * h, 1.8 * w, h / 0.6)

    def _badges(self) -> list[tuple[Site, QPointF, QPointF]]:
        """Each place: where it is on the body, and where its number stands."""
        scene, bones = Scene(self._box()), skeleton(Stance())
        spots = [(site, scene.at(side_place(bones, site))) for site in self.places()]
        x = max(0.1 * self.width(), scene.at((bones.hip[0] - 0.42, 0.0)).x())
        return [(site, spot, QPointF(x, spot.y())) for site, spot in spots]

    def decorate(self, painter: QPainter) -> None:
        painter.setClipRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        figure = Figure(painter, self._box(), self.theme)
        figure.side(Stance(), gaze=False)
        radius = self._radius()
        for site, spot, badge in self._badges():
            used = site in self.worn
            ink = QColor(self.theme.alert if used else self.theme.dim)
            painter.setPen(QPen(ink, 2))
            painter.drawLine(badge, spot)
            if used:
                figure.sensor(skeleton_place(site))
            else:
                figure.dot(skeleton_place(site), 0.03, self.theme.dim)
            painter.setPen(QPen(ink, 2))
            painter.setBrush(ink if used else QColor(self.theme.panel))
            painter.drawEllipse(badge, radius, radius)

    def _radius(self) -> float:
        return 0.042 * self.height()

    def texts(self) -> list[Text]:
        r = self._radius()
        return [
            Text(
                QRectF(badge.x() - r, badge.y() - r, 2 * r, 2 * r),
                str(number),
                1.2 * r,
                self.theme.on_alert if site in self.worn else self.theme.dim,
                bold=True,
                align=Qt.AlignmentFlag.AlignHCenter,
            )
            for number, (site, _, badge) in enumerate(self._badges(), 1)
        ]


def skeleton_place(site: Site) -> tuple[float, float]:
    """A place on the standing figure."""
    return side_place(skeleton(Stance()), site)


class ClipPage(SetupPage):
    """The picture at the left; at the right how to clip it there, and what it sees."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "Where to clip them")
        self.picture = ClipPicture(theme)
        row, column = QHBoxLayout(self), QVBoxLayout()
        row.addWidget(self.picture, 9)
        row.addLayout(column, 11)
        column.addStretch(1)
        self.blocks = [(Words("", 1.15, bold=True), Words(), Words(dim=True)) for _ in ORDER]
        for block in self.blocks:
            for words in block:
                column.addWidget(words)
            column.addSpacing(4)
        self.tip = Words("Tight enough that it cannot wobble: what wobbles is seen as your posture.", bold=True)
        column.addWidget(self.tip)
        column.addStretch(1)

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        picks = {pick.site: pick for pick in self.model.picks}
        self.picture.show_worn(tuple(site for site in Site if site in picks))
        numbers = {site: number for number, site in enumerate(self.picture.places(), 1)}
        shown = [site for site in ORDER if site in picks]
        # One sensor leaves room to tell what another would add.
        shown += [
            site for site in DRAWN if site not in picks and not (site in SHOULDERS and set(picks) & set(SHOULDERS))
        ]
        for i, (heading, how, sees) in enumerate(self.blocks):
            site = shown[i] if i < len(shown) and (i < 3 or shown[i] in picks) else None
            if site is None:
                for words in (heading, how, sees):
                    words.say("")
                continue
            place, pick = PLACES[site], picks.get(site)
            number = numbers.get(site)
            name = f"{number}  {place.name}" if number else place.name
            heading.say(f"{name}: {display_name(pick.found)}" if pick else f"{name} (not used)")
            how.say(place.how if pick else "")
            sees.say(place.sees if pick else f"A sensor here would add: {place.sees[:1].lower()}{place.sees[1:]}")

    def primary(self) -> str:
        return "It is on"
