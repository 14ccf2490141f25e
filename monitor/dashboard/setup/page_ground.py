"""The page that asks where one runs: what counts as looking down depends on it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout

from calibration.protocol import PoseKind
from monitor.dashboard.setup.page_base import FigureTile, SetupPage, Words, rescale_choice
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme
from monitor.texts.speaking import say
from monitor.values import Mode

GROUNDS = {
    Mode.ROAD: (
        "&Road or treadmill",
        "Eyes far ahead, about 10 metres (30 feet). You hear it when your head stays down.",
    ),
    Mode.TRAIL: ("&Trail", "Eyes on the path 4 to 7 feet (1 to 2 m) ahead. You hear it when you stare at your feet."),
    Mode.TECHNICAL: (
        "T&echnical trail",
        "Roots and rocks: look where you step. You are only reminded to look up now and then.",
    ),
}
"""Name with its letter, and what is told there."""
SHORT = {Mode.ROAD: "road or treadmill", Mode.TRAIL: "trail", Mode.TECHNICAL: "technical trail"}
_POSES = {
    Mode.ROAD: (PoseKind.NEUTRAL, "neutral"),
    Mode.TRAIL: (PoseKind.LOOK, "7ft"),
    Mode.TECHNICAL: (PoseKind.LOOK, "feet"),
}


class GroundPage(SetupPage):
    """Up and Down, or the letters, choose; Enter keeps it."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        super().__init__(model, theme, "Where you run")
        self.figure = FigureTile(theme)
        row, column = QHBoxLayout(self), QVBoxLayout()
        column.addStretch(1)
        column.addWidget(Words("Where do you run?", 1.7, bold=True))
        self.grounds: dict[Mode, QRadioButton] = {}
        for mode, (name, what) in GROUNDS.items():
            button = self.grounds[mode] = QRadioButton(say(name))
            button.setAccessibleName(say(name).replace("&", ""))
            button.setAccessibleDescription(say(what))
            button.clicked.connect(lambda _=False, m=mode: self._choose(m))
            column.addSpacing(6)
            column.addWidget(button)
            column.addWidget(Words(what, dim=True))
        column.addSpacing(6)
        column.addWidget(Words("While you run, the keys 1, 2 and 3 change it.", 0.95))
        column.addStretch(1)
        row.addLayout(column, 12)
        row.addWidget(self.figure, 8)

    def _choose(self, mode: Mode) -> None:
        self.model.choose_ground(mode)
        self.refresh(0.0)

    def refresh(self, now_s: float) -> None:  # noqa: ARG002
        mode = self.model.mode
        for ground, button in self.grounds.items():
            button.setChecked(ground is mode)
        kind, pose = _POSES[mode]
        self.figure.show_pose(kind, pose, None, self.model.worn)

    def primary(self) -> str:
        return f"On the {SHORT[self.model.mode]}" if self.model.mode is not Mode.ROAD else "On the road"

    def begin(self) -> None:
        self.grounds[self.model.mode].setFocus()

    def rescale(self, px: float) -> None:
        super().rescale(px)
        for button in self.grounds.values():
            rescale_choice(button, 1.15 * px, bold=True)
