"""The first page of a first start, and the one page of a returning wearer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from calibration.protocol import PoseKind
from monitor.dashboard.setup.page_base import Action, FigureTile, SetupPage, Words
from monitor.dashboard.setup.page_ground import SHORT
from monitor.dashboard.setup.result_words import place_name, plain, without_numbers
from monitor.dashboard.setup.setup_model import SetupModel
from monitor.dashboard.theme import Theme, font
from monitor.texts.speaking import say
from monitor.values import Site


class _WithFigure(SetupPage):
    """Words at the left, a running figure at the right."""

    def __init__(self, model: SetupModel, theme: Theme, name: str, words: Sequence[Words]) -> None:
        super().__init__(model, theme, name)
        self.figure = FigureTile(theme)
        row = QHBoxLayout(self)
        column = self.column = QVBoxLayout()
        column.addStretch(1)
        for item in words:
            column.addWidget(item)
        column.addStretch(1)
        row.addLayout(column, 11)
        row.addWidget(self.figure, 8)

    def worn(self) -> tuple[Site, ...]:
        """Where the figure wears sensors."""
        return (Site.HEAD, Site.COLLAR)

    def refresh(self, now_s: float) -> None:
        self.figure.show_pose(PoseKind.RUN, "run", now_s, self.worn())


class WelcomePage(_WithFigure):
    """What this is, and what is needed."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        words = (
            Words("Eyes up, shoulders down.", 1.9, bold=True),
            Words(
                "A small sensor on your cap or shoulder notices when your head sinks or your shoulders rise. "
                "Heads Up tells you, so that you run relaxed.",
                1.1,
            ),
            Words("You need", 1.1, bold=True),
            Words("1   the sensor, charged and switched on"),
            Words("2   your cap or headband, or a shoulder strap"),
            Words("3   headphones or a loudspeaker"),
            Words("About three minutes. Everything is said and shown as it comes.", dim=True),
        )
        super().__init__(model, theme, "Welcome", words)

    def primary(self) -> str:
        return "Find my sensor"

    def others(self) -> Sequence[Action]:
        return [Action("Try a &SIMULATED runner", self.model.simulate)] if self.model.can_simulate else []


class ReturningPage(_WithFigure):
    """Everything is set up: one button leads through the check to the run."""

    own_button = True

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        self.heading = Words("", 1.9, bold=True)
        self.sensors = Words("", 1.1)
        self.age = Words()
        self.ground = Words()
        check = Words(
            "Put the sensor on and stand tall. Heads Up finds it, checks in ten seconds that it sits as it did, "
            "and off you go.",
            dim=True,
        )
        words = (self.heading, self.sensors, self.age, self.ground)
        super().__init__(model, theme, "Welcome back", words)
        self.start = QPushButton(say("Start (Enter)"))
        self.start.setProperty("primary", True)
        self.start.setAccessibleName(say("Start"))
        self.start.setAccessibleDescription(check.text())
        self.start.clicked.connect(model.next)
        last = self.column.count() - 1  # above the stretch at the bottom
        self.column.insertWidget(last, self.start)
        self.column.insertWidget(last + 1, check)
        self._shown: object = None

    def worn(self) -> tuple[Site, ...]:
        return self.model.worn

    def refresh(self, now_s: float) -> None:
        super().refresh(now_s)
        profile = self.model.profile
        self.ground.say(f"Today: {SHORT[self.model.mode]}.")
        if profile is None or profile is self._shown:
            return
        self._shown = profile
        self.heading.say(f"Ready, {plain(profile.name, 40)}?" if profile.name != "me" else "Ready to run?")
        lines = [
            f"{place_name(s.sensor)}: {plain(s.sensor_name, 40) or 'sensor without a name'}" for s in profile.sites
        ]
        self.sensors.say("\n".join(lines))
        age, *doubts = self.model.about() or ("",)
        self.age.say("\n".join([f"Calibration: {age}.", *doubts]))

    def primary(self) -> str:
        return "Start"

    def begin(self) -> None:
        self.start.setFocus()

    def rescale(self, px: float) -> None:
        super().rescale(px)
        self.start.setFont(font(round(2.0 * px), bold=True))
        self.start.setMinimumHeight(round(4.4 * px))

    def others(self) -> Sequence[Action]:
        return [Action("Set &up again", self.model.anew), Action("Change &ground", self.model.change_ground)]


class ReadyPage(_WithFigure):
    """The set-up is done."""

    def __init__(self, model: SetupModel, theme: Theme) -> None:
        self.heading = Words("You are ready.", 1.9, bold=True)
        self.sees = Words("", 1.1)
        self.sound = Words()
        tips = Words(
            "Look far ahead for the first ten seconds: Heads Up checks that the sensor sits right.\n"
            "The key ? shows all keys while you run.",
            dim=True,
        )
        super().__init__(model, theme, "Ready", (self.heading, self.sees, self.sound, tips))

    def worn(self) -> tuple[Site, ...]:
        return self.model.worn

    def refresh(self, now_s: float) -> None:
        super().refresh(now_s)
        profile = self.model.profile
        if profile is not None:
            self.sees.say("\n".join(f"{place_name(r.sensor)}: {without_numbers(r.sees)}" for r in profile.sites))
        heard = self.model.sound.heard
        self.sound.say("Cues are heard." if heard else "Without sound: every cue is shown on the screen.")

    def primary(self) -> str:
        return "Start running"
