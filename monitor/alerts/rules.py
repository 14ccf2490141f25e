"""The posture rules: which level each watches, with which limits, and what its event is called.

To add a rule: write a function that returns a `Rule`, and list it in `rules_for`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from calibration.model import SiteCalibration
from monitor.alerts.dwell import DwellLimits
from monitor.posture.channel import PostureBlock
from monitor.settings import HeadRule, Settings
from monitor.values import EventKind, FloatArray, Mode

STILL_S = 1.0
"""How often a bout that goes on is offered for a cue again, so that one comes as soon as the policy allows."""


HEAD_UNIT = "pitch_deg"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on one sensor. `level` picks the (n,) array to watch; `unit` names its number in an event's detail.

    `said`: its events may bring a cue; the others are only shown.
    """

    kind: EventKind
    limits: DwellLimits
    level: Callable[[PostureBlock], FloatArray]
    unit: str
    cooldown_s: float
    said: bool = True


def rules_for(site: SiteCalibration, settings: Settings, mode: Mode) -> tuple[Rule, ...]:
    """The rules that a calibrated sensor allows in a mode; none for what its placement cannot see."""
    rules: list[Rule] = []
    if site.head:
        rules.append(head_rule(settings.head_rule(mode), mode))
    if site.shoulders and site.shoulders.d_prime >= settings.shoulders.claim_d_prime:
        rules.append(shoulder_rule(settings))
    return tuple(rules)


def slip_near_deg(settings: Settings, mode: Mode) -> float:
    """How near its neutral a head must come now and then in a mode, degrees; infinite where nothing is asked.

    On the road near far gaze; on a trail, where looking down 4-7 ft is right, only back under the lower limit; on
    technical ground looking down is allowed and has a reminder of its own.
    """
    if mode is Mode.TECHNICAL:
        return float("inf")
    return (
        settings.slip_near_deg if mode is Mode.ROAD else max(settings.slip_near_deg, settings.head_rule(mode).off_deg)
    )


def head_rule(rule: HeadRule, mode: Mode) -> Rule:
    """Head down too long; on technical ground: not looked up for too long."""
    return Rule(
        kind=EventKind.LOOK_UP_DUE if mode is Mode.TECHNICAL else EventKind.HEAD_DOWN,
        limits=DwellLimits(rule.on_deg, rule.off_deg, rule.dwell_s, rule.leak, rule.release_s, STILL_S, rule.brief_s),
        level=lambda block: block.neck_deg,
        unit=HEAD_UNIT,
        cooldown_s=rule.cooldown_s,
    )


def slip_rule(settings: Settings, *, said: bool = True) -> Rule:
    """The hint that a head sensor may have moved; `SlipWatch` finds its moment."""
    near, away = settings.slip_near_deg, settings.slip_away_s
    return Rule(
        kind=EventKind.SENSOR_MOVED,
        limits=DwellLimits(near, near, away, 1.0, away, away),
        level=lambda block: block.neck_deg,
        unit=HEAD_UNIT,
        cooldown_s=settings.slip_cooldown_s,
        said=said,
    )


def shoulder_rule(settings: Settings) -> Rule:
    """Shoulders raised too long."""
    rule = settings.shoulders
    return Rule(
        kind=EventKind.SHOULDERS_UP,
        limits=DwellLimits(rule.on, rule.off, rule.dwell_s, rule.leak, rule.release_s, STILL_S, rule.brief_s),
        level=lambda block: block.shoulder,
        unit="shoulder_score",
        cooldown_s=rule.cooldown_s,
    )


START_RULE = Rule(
    kind=EventKind.SENSOR_MOVED,
    limits=DwellLimits(0.0, 0.0, 0.0, 1.0, 0.0, STILL_S),
    level=lambda block: block.sustained_deg,
    unit="off_deg",
    cooldown_s=0.0,
)
"""The start of a run shows the sensor to sit otherwise than at calibration; `calibration.check.StartCheck` finds it."""
