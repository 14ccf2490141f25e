"""What the live screens show, as frozen values: no Qt here, so that window and terminal print the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, IntEnum, StrEnum

from monitor.dashboard.chart_series import Series, Stretch
from monitor.posture.gaze import GazeZone
from monitor.values import FloatArray, Mode, Site


class Severity(IntEnum):
    """How loudly a state is drawn; never by colour alone."""

    CALM = 0
    GOOD = 1
    ATTENTION = 2
    ALERT = 3


class Shape(StrEnum):
    """The sign drawn beside a state's word, so that it is told apart without colour and without reading."""

    ARROW_UP = "arrow up"
    ARROW_DOWN = "arrow down"
    TICK = "tick"
    BROKEN_LINK = "broken link"
    QUESTION = "question mark"
    DOTS = "dots"
    PLAY = "triangle"
    PAUSE = "two bars"
    SQUARE = "square"
    EXCLAMATION = "exclamation mark"


class LiveState(Enum):
    """The one thing the screen says now: word, shape, severity."""

    EYES_UP = ("EYES UP", Shape.ARROW_UP, Severity.ALERT)
    RELAX_SHOULDERS = ("RELAX SHOULDERS", Shape.ARROW_DOWN, Severity.ALERT)
    GOOD = ("GOOD", Shape.TICK, Severity.GOOD)
    SENSOR_LOST = ("SENSOR LOST", Shape.BROKEN_LINK, Severity.ATTENTION)
    CHECK_SENSOR = ("CHECK SENSOR", Shape.EXCLAMATION, Severity.ATTENTION)
    NOT_CALIBRATED = ("NOT CALIBRATED", Shape.QUESTION, Severity.ATTENTION)
    WARMING_UP = ("WARMING UP", Shape.DOTS, Severity.CALM)
    READY = ("READY", Shape.PLAY, Severity.CALM)
    PAUSED = ("PAUSED", Shape.PAUSE, Severity.CALM)
    ENDED = ("RUN ENDED", Shape.SQUARE, Severity.CALM)
    FAILED = ("STOPPED", Shape.EXCLAMATION, Severity.ATTENTION)

    def __init__(self, word: str, shape: Shape, severity: Severity) -> None:
        self.word = word
        self.shape = shape
        self.severity = severity


class Cue(StrEnum):
    """Whether a line of the log sounded."""

    GIVEN = "cue"
    SILENT = "silent"
    NOTE = "note"
    PAUSED = "paused"
    WATCHING = "watching"
    """The watch goes on."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the prompt log. `t_s` run time in seconds; `why` includes the reason of a silence."""

    t_s: float
    title: str
    why: str
    cue: Cue


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One sensor's row. `rate_hz`, `loss_pct`, `delay_s` are NaN and `battery_pct`, `signal_dbm` None until known.

    gaps, longest_gap_s : holes of the run, `link_facts.GAP_S` or longer
    delay_s : how long samples take longer to arrive than the quickest did, at worst of late
    signal_dbm : of the announcement with which it was found; a live connection tells none on most computers
    """

    key: str
    name: str
    site: Site
    state: str
    """'live', 'searching', 'no data for 3 s', ... in words."""
    severity: Severity
    rate_hz: float
    loss_pct: float
    battery_pct: int | None
    simulated: bool
    gaps: int = 0
    longest_gap_s: float = 0.0
    delay_s: float = math.nan
    signal_dbm: int | None = None


@dataclass(frozen=True, slots=True)
class GlanceFacts:
    """Numbers behind the words, for the drawn runner; NaN for what is not known.

    gaze_m, gaze_low_m, gaze_high_m  as `monitor.posture.gaze.ground_distance_m` gives them: infinite = far ahead
    lean_deg    of the trunk, where a sensor tells it
    distance_m  run so far
    heart_bpm   beats per minute
    feet        feet and miles, else metres and kilometres
    """

    gaze_m: float = math.nan
    gaze_low_m: float = math.nan
    gaze_high_m: float = math.nan
    lean_deg: float = math.nan
    distance_m: float = math.nan
    heart_bpm: float = math.nan
    feet: bool = True


@dataclass(frozen=True, slots=True)
class LiveView:
    """Everything on the live screen at one moment. Numbers are NaN where nothing current may be said."""

    state: LiveState
    reason: str
    mode: Mode
    simulated: bool
    pitch_deg: float
    """What the rules judge: one-stride mean, nose down positive, without the trunk's lean where that is known."""
    needle_deg: float
    """The same at this moment, without the running's nod."""
    lean: str
    """'trunk lean 8° taken off'; '' where no sensor tells it."""
    limit_deg: float
    """Of `pitch_deg`, on the ground's slope as far as that is known."""
    dwell: float
    """The detector's clock, 0..1 of its limit; 0 where it does not count now."""
    dwell_s: float
    dwell_limit_s: float
    gaze: str
    """Where the gaze meets the ground, as a band in words."""
    zone: GazeZone | None
    zone_text: str
    ahead: str
    """How far ahead in time, '0.7 s ahead'; '' where the speed is not known."""
    speed: str
    incline: str
    """Of the ground, '10.0 km/h', 'incline 5.0 %'; '' for what is not known."""
    cadence_spm: float
    elapsed_s: float
    """Seconds since the run's first sample; NaN before it."""
    shoulders: str
    shoulder_score: float
    shoulder_limit: float
    links: tuple[LinkRow, ...]
    log: tuple[LogLine, ...]
    """Newest first."""
    logged: int
    """How many lines entered the log since the start, for who prints each once."""
    notice: str
    """A standing remark such as 'No sound: ...'; '' for none."""
    rest: str
    """'Cues rest until 12:40, 4:10 left'; '' where they do not rest."""
    facts: GlanceFacts


@dataclass(frozen=True, slots=True)
class ChartData:
    """The strip charts. x in seconds before now (-seconds..0), float64; NaN where a line must break.

    head, shoulder, cadence : the sensors that tell them; empty where none does
    unwatched   where the head's posture was not watched, and why
    cue_x, mark_x (k,) when cues were given and marks set
    """

    seconds: float
    head: Series
    shoulder: Series
    cadence: Series
    unwatched: tuple[Stretch, ...]
    cue_x: FloatArray
    mark_x: FloatArray
