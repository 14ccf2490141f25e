"""The history of calibrations: every version that a run was made with, and those on the shelf, in order of time.

A profile's file is replaced when the wearer calibrates again; the recordings keep the versions they were made with.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from calibration.directions import between_deg
from calibration.model import Vector
from monitor.library.rows import CalibratedSensor, CalibrationFacts, RunRow
from monitor.library.words import minute_words
from monitor.review.metrics import plain

STILL_DEG = 0.05
"""A neutral that turned by less is the same."""


@dataclass(frozen=True, slots=True)
class SensorStep:
    """One sensor of a version, and how far its neutrals turned since the version before.

    head_turn_deg, shoulder_turn_deg : None where there is nothing to compare with: a first version, another sensor
    """

    sensor: CalibratedSensor
    head_turn_deg: float | None
    shoulder_turn_deg: float | None

    @property
    def words(self) -> str:
        """Where it was worn, what it sees, how far its neutral turned."""
        s = self.sensor
        seen = [f"{what} d' {d:.1f}" for what, d in (("head", s.head_d), ("shoulders", s.shoulder_d)) if d is not None]
        if s.head_neutral is not None and s.head_d is None:
            seen.append("head, by the given axis")
        turned = [
            "neutral unchanged" if deg < STILL_DEG else f"neutral turned {deg:.1f}° since the one before"
            for deg in (self.head_turn_deg, self.shoulder_turn_deg)
            if deg is not None
        ][:1]
        return f"{s.sensor} ({s.name or 'no name'}): {', '.join([*(seen or ['sees nothing it learned']), *turned])}"


@dataclass(frozen=True, slots=True)
class CalibrationVersion:
    """One version of a profile. `runs`: how many recordings were made with it; `on_shelf`: it is the one in use now."""

    facts: CalibrationFacts
    steps: tuple[SensorStep, ...]
    runs: int
    on_shelf: bool

    @property
    def words(self) -> str:
        """Whose, when, and how often it was used."""
        who = f"{self.facts.profile}{' (SIMULATED wearer)' if self.facts.simulated else ''}"
        used = f"{self.runs} run{'s' if self.runs != 1 else ''}"
        now = ", the one in use now" if self.on_shelf else ""
        return f"{minute_words(self.facts.created_utc)}  {who}: {used}{now}"

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "profile": self.facts.profile,
            "created_utc": self.facts.created_utc,
            "simulated": self.facts.simulated,
            "runs": self.runs,
            "on_shelf": self.on_shelf,
            "sensors": [
                {
                    "sensor": step.sensor.sensor,
                    "site": step.sensor.site,
                    "name": step.sensor.name,
                    "head_d": plain(step.sensor.head_d),
                    "shoulder_d": plain(step.sensor.shoulder_d),
                    "head_turn_deg": plain(step.head_turn_deg),
                    "shoulder_turn_deg": plain(step.shoulder_turn_deg),
                }
                for step in self.steps
            ],
        }


def history(rows: Iterable[RunRow], shelf: Iterable[CalibrationFacts] = ()) -> tuple[CalibrationVersion, ...]:
    """All versions, oldest first. `shelf`: the profiles that are there now."""
    used: dict[CalibrationFacts, set[tuple[str, str]]] = {}
    for row in rows:
        if row.calibration is not None:
            used.setdefault(row.calibration, set()).add((row.run_id, row.started_utc))
    now = set(shelf)
    versions: list[CalibrationVersion] = []
    last: dict[tuple[str, bool, str], CalibratedSensor] = {}
    for facts in sorted({*used, *now}, key=_in_time):
        steps = []
        for sensor in facts.sensors:
            whose = (facts.profile, facts.simulated, sensor.sensor)
            steps.append(_step(sensor, last.get(whose)))
            last[whose] = sensor
        versions.append(CalibrationVersion(facts, tuple(steps), len(used.get(facts, ())), facts in now))
    return tuple(versions)


def _in_time(facts: CalibrationFacts) -> tuple[str, str, list[str]]:
    return facts.created_utc, facts.profile, [sensor.digest for sensor in facts.sensors]


def _step(sensor: CalibratedSensor, before: CalibratedSensor | None) -> SensorStep:
    if before is None or (before.address, before.name, before.site) != (sensor.address, sensor.name, sensor.site):
        return SensorStep(sensor, None, None)
    return SensorStep(
        sensor,
        _turn(sensor.head_neutral, before.head_neutral),
        _turn(sensor.shoulder_neutral, before.shoulder_neutral),
    )


def _turn(one: Vector | None, other: Vector | None) -> float | None:
    return between_deg(one, other) if one is not None and other is not None else None
