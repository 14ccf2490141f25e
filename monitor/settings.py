"""Every parameter a runner or a lab may change: defaults with their sources, bounds, and a TOML file.

The defaults come from the coaches' articles, from simulation of a running head and from the posture literature;
each field says which. `Settings` is frozen; `replaced` makes a changed copy; `load` reads a TOML file strictly:
an unknown key, a wrong type or a value out of bounds is one `SettingsError` sentence.
"""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Self

from monitor.errors import SettingsError, told
from monitor.texts.codes import ENGLISH, is_code
from monitor.values import EventKind, Mode

LARGEST_BYTES = 200_000
MOST_DOTS = 100
"""In a line of a settings file: of a name of n parts the reader keeps n²/2 of them."""
MOST_PER_HOUR = 120
"""No budget of cues per hour may be larger."""
MOST_RUNS = 10_000
"""No programme of fading cues counts further."""


def _bounded(default: float, low: float, high: float, doc: str, *, whole: bool = False) -> Any:
    """A numeric field with bounds (checked on construction) and its documentation with source.

    `whole`: only whole numbers (3 or 3.0) fit.
    """
    return field(default=default, metadata={"low": low, "high": high, "doc": doc, "whole": whole})


def _said(default: Any, doc: str) -> Any:
    """A switch or a text, with its documentation."""
    return field(default=default, metadata=_doc(doc))


def _doc(doc: str) -> dict[str, str]:
    """Metadata of a field that is neither number nor switch."""
    return {"doc": doc}


def _check(values: Any) -> None:
    """Switches are true or false, and every bounded field of a settings value lies within its bounds.

    Raises SettingsError naming the field.
    """
    for f in fields(values):
        value = getattr(values, f.name)
        if isinstance(f.default, bool) and not isinstance(value, bool):
            raise SettingsError(f.name, f"must be true or false, not {told(value)}")
        if "low" not in f.metadata:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise SettingsError(f.name, f"must be a number, not {told(value)}")
        low, high = f.metadata["low"], f.metadata["high"]
        if not low <= value <= high:  # also refuses NaN
            raise SettingsError(f.name, f"must lie between {low:g} and {high:g}, not {told(value)}")
        if f.metadata["whole"] and value != int(value):
            raise SettingsError(f.name, f"must be a whole number, not {told(value)}")


@dataclass(frozen=True, slots=True)
class HeadRule:
    """When a lowered head counts, for one mode. Angles are one-stride means relative to the own far-gaze neutral."""

    on_deg: float = _bounded(20.0, 5.0, 80.0, "The head counts as down above this.")
    off_deg: float = _bounded(15.0, 0.0, 79.0, "... and as up again below this: 5 deg of hysteresis, 2.5 sigma.")
    dwell_s: float = _bounded(6.0, 1.0, 60.0, "Down this long is a stare; glances last 0.4-3 s.")
    leak: float = _bounded(2.0, 0.5, 100.0, "While up, the dwell clock runs back this many times as fast.")
    release_s: float = _bounded(1.5, 0.2, 10.0, "Up this long ends a bout.")
    cooldown_s: float = _bounded(30.0, 5.0, 600.0, "No second cue of this kind within this time.")
    brief_s: float = _bounded(1.2, 0.0, 3.0, "A shorter look up after a long look down is no rest for the neck.")
    prompts_per_hour: float = _bounded(
        12,
        1,
        MOST_PER_HOUR,
        "No more cues about posture, of all kinds together, than this in any hour. Wearers of trainers that buzz often "
        "are annoyed (Lumo Lift); alarms that come too often are ignored (JMIR Med Inform 2020 e15407).",
        whole=True,
    )

    def __post_init__(self) -> None:
        _check(self)
        if self.off_deg >= self.on_deg:
            raise SettingsError("off_deg", f"must lie below on_deg ({self.on_deg:g}), not at {self.off_deg:g}")


@dataclass(frozen=True, slots=True)
class ShoulderRule:
    """When raised shoulders count. Scores are one-stride means; 1 = the wearer's own full shrug."""

    on: float = _bounded(0.5, 0.1, 2.0, "Shoulders count as raised above half of the own shrug.")
    off: float = _bounded(0.3, 0.0, 1.9, "... and as relaxed again below this.")
    dwell_s: float = _bounded(10.0, 1.0, 120.0, "Shoulders are a slower posture than the head.")
    leak: float = _bounded(2.0, 0.5, 100.0, "While relaxed, the dwell clock runs back this many times as fast.")
    release_s: float = _bounded(1.5, 0.2, 10.0, "Relaxed this long ends a bout.")
    cooldown_s: float = _bounded(90.0, 5.0, 600.0, "No second cue of this kind within this time.")
    brief_s: float = _bounded(1.2, 0.0, 3.0, "A shorter drop after a long hike is no rest for the shoulders.")
    claim_d_prime: float = _bounded(2.0, 1.2, 10.0, "A placement with a smaller d' makes no claim.")

    def __post_init__(self) -> None:
        _check(self)
        if self.off >= self.on:
            raise SettingsError("off", f"must lie below on ({self.on:g}), not at {self.off:g}")


@dataclass(frozen=True, slots=True)
class GazeModel:
    """From head pitch to where the gaze meets level ground, without the wearer's own floor marks."""

    eye_height_m: float = _bounded(1.62, 0.8, 2.2, "Stature minus 0.11 m.")
    head_share: float = _bounded(0.6, 0.3, 1.0, "Part of a downward gaze made by the head; people differ (sd 0.12).")
    head_share_sd: float = _bounded(0.12, 0.0, 0.3, "Spread of that share between people: sets the width of the band.")
    intercept_deg: float = _bounded(0.0, -30.0, 30.0, "Head pitch at a level gaze; floor marks tell the wearer's own.")
    eye_sd_deg: float = _bounded(0.0, 0.0, 15.0, "What the eyes add on their own; widens the band after floor marks.")

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class CueKinds:
    """Which kinds of cues are given. What is off is still noticed, shown and recorded."""

    head: bool = _said(True, "Say when the head hangs too low.")
    look_up: bool = _said(True, "Technical ground: remind me to look up now and then.")
    shoulders: bool = _said(True, "Say when the shoulders are up.")
    good: bool = _said(True, "Say a short 'good' when I mended it.")
    moved: bool = _said(True, "Say when the sensor may have moved on the head.")
    link: bool = _said(True, "Say when a sensor is lost, and when it is back.")
    battery: bool = _said(True, "Say once when a sensor's battery is low.")

    def __post_init__(self) -> None:
        _check(self)

    def wants(self, kind: EventKind) -> bool:
        """Whether an event of this kind may bring a cue; True for kinds without a switch."""
        switches = {
            EventKind.HEAD_DOWN: self.head,
            EventKind.LOOK_UP_DUE: self.look_up,
            EventKind.SHOULDERS_UP: self.shoulders,
            EventKind.SENSOR_MOVED: self.moved,
            EventKind.LINK_LOST: self.link,
            EventKind.LINK_BACK: self.link,
        }
        return switches.get(kind, True)


@dataclass(frozen=True, slots=True)
class Coaching:
    """What is said between the cues: form checks, loosen-up prompts, summaries; see `monitor.coaching`."""

    form_checks: bool = _said(
        True,
        "Check my form in the middle and towards the end, against minutes 5 to 10: tightness builds mile upon mile, as "
        "the coaches say. Without a plan: every 20 minutes of running.",
    )
    loosen_every_min: float = _bounded(
        20.0, 0.0, 120.0, "A loosen-up every so many minutes of running, as the coaches advise now and then; 0: never."
    )
    summary_every_min: float = _bounded(
        0.0, 0.0, 120.0, "Time, head up and cadence spoken every so many minutes of running; 0: never."
    )
    planned_km: float = _bounded(
        0.0, 0.0, 300.0, "How far the run is to go, for the form checks, where speed is known; 0: by time."
    )
    learned_min: float = _bounded(
        0.0, 0.0, 1440.0, "How long my runs last, for the form checks, where nothing is planned; learned; 0: not yet."
    )

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class Devices:
    """What accompanies the posture sensors by Bluetooth, each '' (none), 'any' (the nearest), a name or an address."""

    treadmill: str = _said("", "Treadmill that tells speed and incline: its name, 'any' for the nearest, '' for none.")
    foot_pod: str = _said("", "Foot pod that tells the speed: its name, 'any' for the nearest, '' for none.")
    heart: str = _said("", "Heart strap: its name, 'any' for the nearest, '' for none.")

    def __post_init__(self) -> None:
        for f in fields(self):
            if not isinstance(value := getattr(self, f.name), str):
                raise SettingsError(f.name, f"must be a name, not {told(value)}")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run. A recording keeps the ones in force."""

    mode: Mode = field(default=Mode.ROAD, metadata=_doc("Where you run: road (also treadmill), trail or technical."))
    road: HeadRule = field(
        default_factory=HeadRule,
        metadata=_doc(
            "Road and treadmill: gaze about 10 m ahead; looking 7 ft ahead is too low. ISO 11226 calls 25 deg too much."
        ),
    )
    trail: HeadRule = field(
        default_factory=lambda: HeadRule(
            on_deg=36.0, off_deg=31.0, dwell_s=10.0, release_s=2.0, cooldown_s=60.0, prompts_per_hour=8
        ),
        metadata=_doc(
            "Trail: 4-7 ft ahead is right; the limit lies a quarter of the way from the 4-ft pose to the feet."
        ),
    )
    technical: HeadRule = field(
        default_factory=lambda: HeadRule(
            on_deg=12.0,
            off_deg=10.0,
            dwell_s=20.0,
            leak=40.0,
            release_s=0.5,
            cooldown_s=60.0,
            brief_s=0.0,
            prompts_per_hour=8,
        ),
        metadata=_doc(
            "Technical ground: looking down is allowed; 20 s without the head coming up brings a reminder. A look up "
            "of half a second clears the clock (leak 40)."
        ),
    )
    shoulders: ShoulderRule = field(
        default_factory=ShoulderRule, metadata=_doc("When raised shoulders count. A score of 1 is your own full shrug.")
    )
    gaze: GazeModel = field(
        default_factory=GazeModel, metadata=_doc("Where the eyes meet the ground, for wearers without floor marks.")
    )
    cues: CueKinds = field(
        default_factory=CueKinds,
        metadata=_doc("Which cues are given. What is off is still noticed, shown and recorded."),
    )
    coaching: Coaching = field(
        default_factory=Coaching, metadata=_doc("Form checks, loosen-ups and summaries during the run.")
    )
    devices: Devices = field(
        default_factory=Devices,
        metadata=_doc("Treadmill, foot pod and heart strap, by Bluetooth. A gym has many: name yours, or ask for any."),
    )
    own_limits: bool = _said(True, "Use the wearer's own limits and gaze where the calibration has floor marks.")
    adapt_neutral: bool = _said(
        True, "Follow a cap that creeps on the head, slowly and within bounds; a slouch is not learned."
    )
    hill_lean: float = _bounded(
        0.5,
        0.0,
        2.0,
        "Where the grade is known: degrees a trunk leans into the hill per degree, lacking a trunk sensor.",
    )
    slip_near_deg: float = _bounded(13.0, 3.0, 45.0, "Road: a head that never comes this near its neutral ...")
    slip_away_s: float = _bounded(45.0, 10.0, 600.0, "... for this long may be a sensor that moved: a hint is given.")
    slip_cooldown_s: float = _bounded(600.0, 60.0, 7200.0, "No second hint about the same sensor within this time.")
    slip_familiar_s: float = _bounded(
        120.0, 0.0, 3600.0, "Trail: so long a head must have kept coming up before staying down is worth a note."
    )
    grace_s: float = _bounded(20.0, 0.0, 600.0, "Observe only, no cues, after the start and after a lost link.")
    prompt_gap_s: float = _bounded(4.0, 0.0, 60.0, "No two cues of any kind closer than this.")
    fading: bool = _said(False, "Fewer cues from run to run, so that the posture becomes the runner's own.")
    fading_run: float = _bounded(
        1, 1, MOST_RUNS, "Which run of the fading programme this is; `headsup live` counts on from here.", whole=True
    )
    planned_min: float = _bounded(
        0.0, 0.0, 1440.0, "How long the run is to be, minutes, for cues in its last five (fading); 0: not known."
    )
    patience: float = _bounded(
        3, 1, 20, "After so many unheeded cues of a kind the cool-down doubles with each further one (alarm fatigue)."
    )
    praise_every_s: float = _bounded(300.0, 0.0, 3600.0, "A short 'good' for mending it, at most this often; 0: never.")
    feet: bool = _said(True, "Show and say distances in feet (true) or metres.")
    language: str = _said(ENGLISH, "Language of the screens: en, or de for a texts/de.json beside this file.")
    reduced_motion: bool = _said(False, "Keep the drawn runner still.")
    volume: float = _bounded(0.7, 0.0, 1.0, "Loudness of the cues.")
    speech: bool = _said(True, "Speak after the tone (true) or give tones only.")
    sound_device: str = _said("", "Name, or part of it, of the output to play on; '' for the computer's own choice.")

    def __post_init__(self) -> None:
        if not isinstance(self.mode, Mode):
            raise SettingsError("mode", f"must be road, trail or technical, not {told(self.mode)}")
        if not is_code(self.language):
            raise SettingsError("language", f"must be a language code such as en or pt-BR, not {told(self.language)}")
        if not isinstance(self.sound_device, str):
            raise SettingsError("sound_device", f"must be a name, not {told(self.sound_device)}")
        _check(self)

    def head_rule(self, mode: Mode) -> HeadRule:
        """The head rule of a mode."""
        return {Mode.ROAD: self.road, Mode.TRAIL: self.trail, Mode.TECHNICAL: self.technical}[mode]

    def replaced(self, **changes: Any) -> Settings:
        """A copy with top-level fields changed; checked like a new one."""
        return replace(self, **changes)

    def to_json(self) -> str:
        """All settings as JSON, e.g. for a recording."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_mapping(cls, table: Mapping[str, Any]) -> Self:
        """Settings from nested mappings (a parsed TOML or JSON file); missing keys keep their defaults."""
        settings: Self = _build(cls, table, "")
        return settings

    @classmethod
    def from_json(cls, text: str, *, forgiving: bool = False) -> Self:
        """The inverse of `to_json`. Raises SettingsError.

        forgiving : leave out settings that are not known, as an older program may have recorded them
        """
        try:
            table = json.loads(text)
        except RecursionError:
            raise SettingsError("file", "is not JSON: it is nested too deeply") from None
        except ValueError as error:
            raise SettingsError("file", f"is not JSON: {str(error)[:200]}") from error
        if not isinstance(table, dict):
            raise SettingsError("file", "is not a table of settings")
        return cls.from_mapping(_known(cls(), table) if forgiving else table)


def load(path: Path) -> Settings:
    """Settings from a TOML file. Raises SettingsError naming the first key that does not fit."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise SettingsError(str(path), "is not a file")
        if about.st_size > LARGEST_BYTES:
            raise SettingsError(str(path), "is too large for a settings file")
        text = path.read_text("utf-8")
        if any(line.count(".") > MOST_DOTS for line in text.splitlines() if not line.lstrip().startswith("#")):
            raise SettingsError(str(path), "has a line with far too many dots for a setting")
        table = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(str(path), f"cannot be read: {error.strerror}") from error
    except RecursionError:
        raise SettingsError(str(path), "is not a TOML file: it is nested too deeply") from None
    except ValueError as error:  # bad UTF-8, bad TOML, and numbers with thousands of digits
        raise SettingsError(str(path), f"is not a TOML file: {str(error)[:200]}") from error
    return Settings.from_mapping(table)


def shown(key: str) -> str:
    """A key as a file or a person gave it, short and on one line."""
    return "".join(c if c.isprintable() else "?" for c in key[:60])


def _build(kind: Any, table: Mapping[str, Any], prefix: str) -> Any:
    """An instance of a settings dataclass from a mapping, refusing unknown keys."""
    default = kind()
    known = {f.name for f in fields(kind)}
    changes: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        if key not in known:
            raise SettingsError(shown(name), f"is not a setting; known here are {', '.join(sorted(known))}")
        current = getattr(default, key)
        if isinstance(current, Mode):
            try:
                changes[key] = Mode(value)
            except ValueError:
                raise SettingsError(name, f"must be road, trail or technical, not {told(value)}") from None
        elif is_dataclass(current):
            if not isinstance(value, Mapping):
                raise SettingsError(name, "must be a table")
            changes[key] = _rule(current, value, f"{name}.")
        else:
            changes[key] = value
    return replace(default, **changes)


def _known(default: Any, table: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a table that are settings."""
    known: dict[str, Any] = {}
    for f in fields(default):
        if f.name in table:
            value, current = table[f.name], getattr(default, f.name)
            known[f.name] = _known(current, value) if is_dataclass(current) and isinstance(value, Mapping) else value
    return known


def _rule(current: Any, table: Mapping[str, Any], prefix: str) -> Any:
    known = {f.name for f in fields(current)}
    for key in table:
        if key not in known:
            raise SettingsError(shown(f"{prefix}{key}"), f"is not a setting; known here are {', '.join(sorted(known))}")
    try:
        return replace(current, **dict(table))
    except SettingsError as error:
        raise SettingsError(f"{prefix}{error.key}", error.reason) from None
