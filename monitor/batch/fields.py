"""The columns of a summary: what each is called, its unit and meaning, and where in an analysis it is found.

Every number of `monitor.review.metrics.RunMetrics` has its column, under its path there with `_` between the parts
(shares 0..1). What a recording cannot say is None, never 0. The columns are the same for every recording.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from monitor.posture.gaze import GazeZone
from monitor.review.analysis import RunAnalysis
from monitor.review.metrics import LinkMetrics, RunMetrics
from monitor.review.modes import modes_used
from monitor.review.report_words import clean
from monitor.values import EventKind, Mode, Reason, Site

Value: TypeAlias = str | int | float | bool | None
LONGEST_TEXT = 400


class Kind(Enum):
    """What a column holds; in any of them None is possible."""

    TEXT = "text"
    NUMBER = "number"
    COUNT = "count"
    FLAG = "flag"
    DATE = "date"
    """ISO 8601 text in a row; a moment in UTC in the table."""


@dataclass(frozen=True, slots=True)
class Summed:
    """One recording worked out."""

    analysis: RunAnalysis
    metrics: RunMetrics
    profile: str
    """Name of the calibration that was used, '' for none."""
    damage: str
    """What of the recording could not be read, a sentence; '' for nothing."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column. `unit`: 's', 'deg', '1' for shares and scores, '' for none."""

    name: str
    kind: Kind
    unit: str
    meaning: str
    of: Callable[[Summed], Value]


# ------------------------------------------------------------------ the run


def _facts() -> Iterator[Field]:
    def text(name: str, meaning: str, of: Callable[[Summed], str]) -> Field:
        return Field(name, Kind.TEXT, "", meaning, of)

    yield text("run_id", "the run's own name", lambda s: clean(s.analysis.info.run_id, 80))
    yield Field(
        "started_utc", Kind.DATE, "", "when the run began, UTC", lambda s: clean(s.analysis.info.started_utc, 40)
    )
    yield Field("simulated", Kind.FLAG, "", "SIMULATED: no person ran", _simulated)
    yield text("mode", "road, trail or technical, at the start", lambda s: s.analysis.modes[0].mode.value)
    yield text("modes", "all modes that were used", lambda s: " ".join(m.value for m in modes_used(s.analysis.modes)))
    yield text("sensors", "where sensors were worn", lambda s: " ".join(i.site.value for i in s.analysis.sensors[:32]))
    yield text("profile", "calibration used; empty: none", lambda s: s.profile)
    yield Field("recovered", Kind.FLAG, "", "the recording was never closed", lambda s: s.analysis.recovered)
    yield text("damage", "what of the recording could not be read", lambda s: s.damage)
    yield text("note", "the runner's note", lambda s: clean(s.analysis.info.note, LONGEST_TEXT))
    yield text("app_version", "of the program that recorded", lambda s: clean(s.analysis.info.app_version, 40))


def _simulated(summed: Summed) -> bool:
    return summed.analysis.info.simulated or any(sensor.simulated for sensor in summed.analysis.sensors)


# ------------------------------------------------------------------ its metrics


def _number(path: str, unit: str, meaning: str) -> Field:
    return Field(_name(path), Kind.NUMBER, unit, meaning, lambda s: _at(s.metrics, path))


def _count(path: str, meaning: str, absent: int | None = None) -> Field:
    return Field(_name(path), Kind.COUNT, "", meaning, lambda s: _at(s.metrics, path, absent))


def _text(path: str, meaning: str) -> Field:
    return Field(_name(path), Kind.TEXT, "", meaning, lambda s: _at(s.metrics, path))


def _name(path: str) -> str:
    """'zone_s.4-7 ft' -> 'zone_s_4_7_ft'."""
    return path.replace(".", "_").replace("-", "_").replace(" ", "_")


def _at(value: Any, path: str, absent: Value = None) -> Any:
    """What lies at a path of attributes and keys; `absent` where a key is not there, None where there is no part."""
    for part in path.split("."):
        if value is None:
            return None
        value = value.get(part, absent) if isinstance(value, Mapping) else getattr(value, part)
    return value


def _time() -> Iterator[Field]:
    yield _number("duration_s", "s", "length of the run")
    yield _number("running_s", "s", "running")
    yield _number("walking_s", "s", "walking")
    yield _number("still_s", "s", "standing or sitting still")
    yield _number("other_s", "s", "other or unrecognised movement")
    yield _number("no_data_s", "s", "nothing was received")
    yield _number("cadence_median_spm", "1/min", "steps a minute while running")
    yield _number("running_valid_share", "1", "of the running, how much posture can be trusted")
    for reason in (r.name.lower() for r in Reason if r is not Reason.OK):
        path, why = f"running_invalid_share.{reason}", reason.replace("_", " ")
        yield Field(_name(path), Kind.NUMBER, "1", f"of the running, not trusted: {why}", _unless_no_running(path))


def _unless_no_running(path: str) -> Callable[[Summed], Value]:
    """A share of the running; None where nobody ran."""

    def of(summed: Summed) -> Value:
        found: Value = _at(summed.metrics, path, 0.0) if summed.metrics.running_s > 0 else None
        return found

    return of


def _head() -> Iterator[Field]:
    pitch = "nose down positive, 0 = own far gaze; one-stride means, running and trusted"
    yield _number("head_pitch_mean_deg", "deg", f"head pitch, mean; {pitch}")
    yield _number("head_pitch_median_deg", "deg", f"head pitch, median; {pitch}")
    yield _number("head_pitch_p95_deg", "deg", f"head pitch, lowest 5 %; {pitch}")
    yield _number("limit_deg", "deg", "limit of the mode at the start, on level ground")
    yield _number("past_limit_share", "1", "of the time with a limit, past it")
    yield _text("trunk_lean.treatment", "what became of the trunk's forward lean")
    yield _number("trunk_lean.mean_deg", "deg", "the trunk's forward lean, taken off the head pitch")
    yield _number("trunk_lean.known_share", "1", "of the trusted running, the trunk's lean known")
    for zone in GazeZone:
        yield _number(f"zone_s.{zone.value}", "s", f"running and trusted, gaze likely: {zone.value}")
    yield from _bouts("head_down", "times past the head's limit")
    for mode in Mode:
        yield from _bouts(f"head_down_by_mode.{mode.value}", f"times past the head's limit in {mode.value} mode")


def _bouts(path: str, meaning: str) -> Iterator[Field]:
    yield _count(f"{path}.number", meaning)
    yield _number(f"{path}.longest_s", "s", f"{meaning}: the longest")
    yield _number(f"{path}.total_s", "s", f"{meaning}: in all")


def _ground() -> Iterator[Field]:
    yield _number("grade.known_share", "1", "of the running, slope known")
    for way in ("uphill", "level", "downhill"):
        yield _number(f"grade.{way}_share", "1", f"of the running with a known slope, {way}")
    yield _number("look_ahead_median_s", "s", "seconds of running up to where the gaze met the ground")
    yield _number("look_ahead_far_share", "1", "of that time, beyond 15 m")


def _cues() -> Iterator[Field]:
    for kind in EventKind:
        yield _count(f"events.{kind.value}", f"events of the kind {kind.value}", absent=0)
    yield _count("prompts", "posture cues given")
    yield _count("silences", "posture events without a cue")
    yield _number("prompts_per_hour", "1/h", "cues per hour of running")
    yield Field("corrections_number", Kind.COUNT, "", "cues whose correction was seen", _corrected)
    yield _number("correction_median_s", "s", "from a cue until corrected")


def _corrected(summed: Summed) -> int:
    return sum(correction.seconds is not None for correction in summed.metrics.corrections)


def _shoulders() -> Iterator[Field]:
    yield _text("shoulders.site", "the sensor that saw a shoulder best; empty: not visible")
    yield _text("shoulders.sees", "how well that sensor sees it")
    yield _number("shoulders.d_prime", "1", "separation of a shrug at calibration")
    yield _number("shoulders.mean", "1", "shoulder score, mean; 0 = neutral, 1 = own full shrug")
    yield _number("shoulders.p95", "1", "shoulder score, highest 5 %")
    yield _number("shoulders.past_share", "1", "of the trusted running, shoulders past their limit")
    yield from _bouts("shoulders.bouts", "times past the shoulders' limit")
    yield _number("asymmetry.seconds", "s", "running with both shoulders seen")
    yield _number("asymmetry.mean", "1", "left minus right shoulder score, mean")
    yield _number("asymmetry.sd", "1", "its spread over the run")
    yield _number("asymmetry.standard_error", "1", "of that mean, from both calibrations")
    yield _number("asymmetry.higher_by", "1", "so much higher counts as higher")
    for side in ("left", "right"):
        yield _number(f"asymmetry.{side}_higher_share", "1", f"of that running, the {side} shoulder higher")
    yield _text("asymmetry.higher", "the side that is higher on average; empty: none can be told")


def _thirds() -> Iterator[Field]:
    for part in ("first", "last"):
        yield _number(f"{part}_third.head_pitch_mean_deg", "deg", f"head pitch, {part} third of the trusted running")
        yield _number(f"{part}_third.past_limit_share", "1", f"past the limit, {part} third of the trusted running")
        yield _number(f"{part}_third.cadence_median_spm", "1/min", f"steps a minute, {part} third")


def _links() -> Iterator[Field]:
    for site in Site:
        where = f"sensor worn at the {site.value.replace('_', ' ')}"
        for part, kind, unit, meaning in (
            ("rate_hz", Kind.NUMBER, "Hz", "sample rate"),
            ("loss_pct", Kind.NUMBER, "%", "samples lost"),
            ("clipped", Kind.COUNT, "", "samples at full scale"),
            ("rejected", Kind.COUNT, "", "notifications that could not be read"),
        ):
            yield Field(f"links_{site.value}_{part}", kind, unit, f"{meaning}, {where}", _of_link(site, part))


def _of_link(site: Site, part: str) -> Callable[[Summed], Value]:
    def of(summed: Summed) -> Value:
        found: Value = _at(_link(summed, site), part)
        return found

    return of


def _link(summed: Summed, site: Site) -> LinkMetrics | None:
    """The first sensor worn there."""
    keys = [sensor.key for sensor in summed.analysis.sensors if sensor.site is site]
    return next((link for link in summed.metrics.links if link.sensor in keys), None)


FIELDS: tuple[Field, ...] = (
    *_facts(), *_time(), *_head(), *_ground(), *_cues(), *_shoulders(), *_thirds(), *_links(),
)  # fmt: skip
"""In the order of the table, behind the columns that name the file."""
