"""What all pages of the set-up share: words that grow with the window, actions for the footer, the figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QRadioButton, QSizePolicy, QWidget

from calibration.protocol import PoseKind
from monitor.dashboard.setup.figure_paint import MARKS_REACH_M, REACH_M, Figure
from monitor.dashboard.setup.figure_poses import stance
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme, font
from monitor.dashboard.tiles import Tile
from monitor.texts.speaking import say
from monitor.values import Site


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the footer. `words` may hold a mnemonic ('&Again')."""

    words: str
    do: Callable[[], None]


class Words(QLabel):
    """Plain text of `size` times the page's letter height, wrapped."""

    def __init__(self, text: str = "", size: float = 1.0, *, bold: bool = False, dim: bool = False) -> None:
        super().__init__(say(text))
        self.size_factor, self.bold = size, bold
        self.setProperty("dim", dim)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)

    def rescale(self, px: float) -> None:
        """Set the letters for a page with letters of `px` pixels."""
        self.setFont(font(round(self.size_factor * px), self.bold))

    def say(self, text: str) -> None:
        """Another text, if it is another."""
        text = say(text)
        if text != self.text():
            self.setText(text)
        self.setVisible(bool(text))


def rescale_choice(button: QRadioButton, px: float, *, bold: bool = False) -> None:
    """Letters of `px` pixels, and a ring that grows with them."""
    ring = round(0.7 * px)
    button.setFont(font(round(px), bold))
    button.setStyleSheet(
        f"QRadioButton::indicator {{ width: {ring}px; height: {ring}px; border-radius: {ring // 2 + 2}px; }}"
    )


class SetupPage(QWidget):
    """One page. `refresh` shows the model as it is now, several times a second."""

    own_button = False
    """The page shows the button of its own that Enter presses; the footer needs none."""

    def __init__(self, model: SetupModel, theme: Theme, name: str) -> None:
        super().__init__()
        self.model, self.theme = model, theme
        self.setAccessibleName(say(name))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def refresh(self, now_s: float) -> None:
        """Show the model as it is; `now_s` moves what moves."""

    def title(self) -> str:
        """What stands at the top."""
        return self.model.page.value

    def primary(self) -> str:
        """The words of the button that Enter presses; '' where Enter does nothing now."""
        return "Next"

    def others(self) -> Sequence[Action]:
        """Further buttons."""
        return ()

    def begin(self) -> None:
        """The page has come up: put the focus where it belongs."""
        self.setFocus()

    def restyle(self, theme: Theme) -> None:
        """Use another theme."""
        self.theme = theme
        for tile in self.findChildren(Tile):
            tile.restyle(theme)

    def rescale(self, px: float) -> None:
        """Letters of this height in pixels."""
        for words in self.findChildren(Words):
            words.rescale(px)
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(round((1.0 if isinstance(layout, QHBoxLayout) else 0.5) * px))
            layout.setContentsMargins(0, 0, 0, 0)


class FigureTile(Tile):
    """The figure showing a pose: moving into it over and over, or still."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("What to do, as a picture", theme)
        self.kind, self.pose, self.at_s = PoseKind.NEUTRAL, "neutral", None
        self.worn: tuple[Site, ...] = ()
        self.marks = False

    kind: PoseKind
    pose: str
    at_s: float | None
    """Seconds into the demonstration; None = the pose itself, unmoving."""

    def show_pose(
        self, kind: PoseKind, pose: str, at_s: float | None, worn: tuple[Site, ...] = (), marks: bool = False
    ) -> None:
        """What to show; `marks`: the floor has marks at 4 and 7 ft."""
        self.kind, self.pose, self.at_s, self.worn, self.marks = kind, pose, at_s, worn, marks
        self.put(POSE_WORDS[kind], kind, pose, at_s, worn, marks)

    def decorate(self, painter: QPainter) -> None:
        pad = 0.03 * min(self.width(), self.height())
        box = QRectF(self.rect()).adjusted(pad, pad, -pad, -pad)
        figure = Figure(painter, box, self.theme, MARKS_REACH_M if self.marks else REACH_M)
        s = stance(self.kind, self.pose, self.at_s)
        figure.floor(self.marks)
        if s.front:
            figure.front(s, self.worn)
        else:
            figure.side(s, self.worn)


POSE_WORDS = {
    PoseKind.SETTLE: "A runner stands tall and looks far ahead.",
    PoseKind.NEUTRAL: "A runner stands tall and looks far ahead.",
    PoseKind.LOOK: "A runner turns the head down to the floor.",
    PoseKind.RELAX: "A runner seen from the front lets the arms hang and shakes the hands.",
    PoseKind.SHRUG: "A runner seen from the front lifts both shoulders to the ears.",
    PoseKind.LEAN: "A runner leans forward a little from the hips.",
    PoseKind.RUN: "A runner runs easily and looks far ahead.",
}
