"""Which one thing the live screen says now, and why: pure, from what is known of each sensor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.dashboard.live_view import LiveState
from monitor.review.report_words import target_words
from monitor.settings import Settings
from monitor.values import Activity, LinkState, Mode, Reason, Site

STALE_S = 1.5
"""Older data is never shown as current, unless the sensor sends more rarely ..."""
STALE_INTERVALS = 2.0
"""... and then the data of so many of its notifications."""
SIDES = {Site.LEFT_SHOULDER: "left", Site.RIGHT_SHOULDER: "right"}
"""Where a sensor tells of one shoulder alone."""


@dataclass(frozen=True, slots=True)
class SensorNow:
    """The newest of one sensor. `age_s` is infinite before its first value; the rest counts only while fresh."""

    words: str
    """How people call it: 'cap sensor'."""
    site: Site
    link: LinkState
    why: str
    age_s: float
    calibrated: bool
    activity: Activity
    valid: bool
    reason: Reason
    over: bool
    sustained_deg: float
    dwell_s: float
    shoulder: float
    shoulders_up: bool
    """Its shoulder rule is past the limit."""
    stale_s: float = STALE_S
    """Older data of this sensor is never shown as current."""

    @property
    def running(self) -> bool:
        """It shows, now and to be trusted, a running wearer."""
        return self.fresh and self.valid and self.activity is Activity.RUN

    @property
    def head_low(self) -> bool:
        """Its head rule is past the limit; `over` tells of the head wherever a head pitch is measured."""
        return self.over and math.isfinite(self.sustained_deg)

    @property
    def fresh(self) -> bool:
        """Its newest values may be shown as current."""
        return self.age_s <= self.stale_s and self.link not in (LinkState.LOST, LinkState.STOPPED)

    @property
    def lost(self) -> bool:
        """It sent data (or was given up) and is silent now."""
        return not self.fresh and (math.isfinite(self.age_s) or self.link in (LinkState.LOST, LinkState.STALE))


def silence_words(sensor: SensorNow) -> str:
    """How long a lost sensor has been silent: 'cap sensor: no data for 3 s'."""
    if not math.isfinite(sensor.age_s):
        return f"{sensor.words}: {sensor.why or 'no connection'}"
    seconds = int(sensor.age_s)
    if seconds < 1:
        return f"{sensor.words}: link lost"
    if seconds < 100:
        return f"{sensor.words}: no data for {seconds} s"
    return f"{sensor.words}: no data for {seconds // 60} min"


def decide(sensors: Sequence[SensorNow], ran: bool, mode: Mode, settings: Settings) -> tuple[LiveState, str]:
    """The state and its one-line reason. `ran`: the wearer has been running before in this run.

    The head sensor leads; without one, the others do. A prompt of any fresh sensor comes first, a lost leader
    next: nothing good is ever said of a posture that is not being seen now.
    """
    state, reason = _decide(sensors, ran, mode, settings)
    return state, reason[:1].upper() + reason[1:]


def _decide(sensors: Sequence[SensorNow], ran: bool, mode: Mode, settings: Settings) -> tuple[LiveState, str]:
    if not sensors:
        return LiveState.WARMING_UP, "No sensor chosen yet"
    if all(s.link is LinkState.STOPPED for s in sensors):
        return LiveState.ENDED, "Well run. No sensor is streaming any more"
    leaders = [s for s in sensors if s.site is Site.HEAD] or list(sensors)
    running = [s for s in sensors if s.running]
    if any(s.head_low for s in running):
        return LiveState.EYES_UP, target_words(mode, settings.feet)
    raised = [s for s in running if s.shoulders_up]
    if raised:
        side = SIDES.get(raised[0].site) if len(raised) == 1 else None
        return LiveState.RELAX_SHOULDERS, f"Let {f'the {side} one' if side else 'them'} drop, shake out the wrists"
    lost = [s for s in leaders if s.lost]
    if lost:
        return LiveState.SENSOR_LOST, silence_words(lost[0])
    absent = [s for s in leaders if not s.fresh]
    if absent:
        return LiveState.WARMING_UP, _waiting_words(absent[0])
    lead = leaders[0]
    if not lead.calibrated or lead.reason is Reason.NOT_CALIBRATED:
        return LiveState.NOT_CALIBRATED, f"{lead.words}: calibrate it to see posture"
    if lead.reason is Reason.SENSOR_FAULT:
        return LiveState.CHECK_SENSOR, f"{lead.words}: readings are clipped or frozen"
    if lead.reason is Reason.CANNOT_SEE:
        return LiveState.CHECK_SENSOR, f"{lead.words}: it cannot see this from where it sits"
    if not lead.valid:
        words = {
            Reason.GAP: "Catching up after lost data",
            Reason.SPARSE: "The link is thin: stay near the computer",
            Reason.STARTING: "Settling, a few seconds",
        }
        return LiveState.WARMING_UP, words.get(lead.reason, "Waiting for good data")
    if lead.activity is Activity.RUN:
        return LiveState.GOOD, _good_words(sensors, lead, mode, settings)
    if not ran:
        return LiveState.READY, "Run when you like"
    return LiveState.PAUSED, "Not running: no prompts until you do"


def _waiting_words(sensor: SensorNow) -> str:
    if sensor.link is LinkState.CONNECTING:
        return f"Connecting to the {sensor.words}"
    if sensor.link is LinkState.STREAMING:
        return f"Waiting for the {sensor.words}'s first data"
    if sensor.why:
        return f"Looking for the {sensor.words}: {sensor.why}"
    return f"Looking for the {sensor.words}"


def _good_words(sensors: Sequence[SensorNow], lead: SensorNow, mode: Mode, settings: Settings) -> str:
    """What may truly be called good, with what is missing said beside it."""
    others = [s for s in sensors if s is not lead and s.lost]
    if others:
        return silence_words(others[0])
    scores = [s.shoulder for s in sensors if s.running and math.isfinite(s.shoulder)]
    relaxed = bool(scores) and max(scores) < settings.shoulders.off
    if not math.isfinite(lead.sustained_deg):
        return "Shoulders relaxed" if relaxed else "Keep the shoulders easy"
    if lead.dwell_s >= 1.0:
        if mode is Mode.TECHNICAL:
            return f"{lead.dwell_s:.0f} s since your last look up"
        return f"Head low for {lead.dwell_s:.0f} s"
    return "Head level, shoulders relaxed" if relaxed else "Head level"
