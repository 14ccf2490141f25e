"""Words for people, shared by the report and the dashboard: distances, zones, reasons, events.

Everything here is plain text, short and without control characters; whoever prints it escapes it for HTML.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from monitor.alerts.policy import Silence
from monitor.posture.gaze import FAR_M, FOOT_M, GazeZone
from monitor.values import NS_PER_S, Activity, Event, EventKind, Mode, Reason, Site

NOT_VISIBLE = "not visible from here"
"""What is said of shoulders that no sensor of the run can see."""

SITE_WORDS: Mapping[Site, str] = MappingProxyType(
    {
        Site.HEAD: "cap sensor",
        Site.COLLAR: "collar sensor",
        Site.LEFT_SHOULDER: "left shoulder sensor",
        Site.RIGHT_SHOULDER: "right shoulder sensor",
        Site.BACK: "back sensor",
    }
)

SHOULDER_WORDS: Mapping[Site, str] = MappingProxyType(
    {Site.LEFT_SHOULDER: "left shoulder", Site.RIGHT_SHOULDER: "right shoulder"}
)
"""The shoulder a sensor rides on, where that is one of the two."""

ACTIVITY_WORDS: Mapping[Activity, str] = MappingProxyType(
    {
        Activity.UNKNOWN: "not known",
        Activity.STILL: "standing still",
        Activity.WALK: "walking",
        Activity.RUN: "running",
        Activity.OTHER: "other movement",
    }
)

REASON_WORDS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.OK: "good data",
        Reason.NO_DATA: "no data",
        Reason.NOT_CALIBRATED: "not calibrated",
        Reason.STARTING: "still settling",
        Reason.GAP: "just after lost samples",
        Reason.SPARSE: "too many samples lost",
        Reason.CANNOT_SEE: "placement cannot see it",
        Reason.SENSOR_FAULT: "sensor fault (clipped or frozen)",
    }
)

EVENT_WORDS: Mapping[EventKind, str] = MappingProxyType(
    {
        EventKind.HEAD_DOWN: "Head down",
        EventKind.LOOK_UP_DUE: "Look up due",
        EventKind.SHOULDERS_UP: "Shoulders up",
        EventKind.SENSOR_MOVED: "Sensor moved",
        EventKind.LINK_LOST: "Sensor lost",
        EventKind.LINK_BACK: "Sensor back",
        EventKind.MARK: "Mark",
        EventKind.FORM_CHECK: "Form check",
        EventKind.LOOSEN_UP: "Loosen up",
    }
)

POSTURE_KINDS = frozenset({EventKind.HEAD_DOWN, EventKind.LOOK_UP_DUE, EventKind.SHOULDERS_UP})
"""The kinds that would have been a cue: without one, they say why they stayed silent."""


def clean(text: str, limit: int = 60) -> str:
    """Untrusted text as one printable line of at most `limit` characters: no control, bidi or surrogate characters."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 8 * limit])
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clock_words(seconds: float) -> str:
    """Elapsed time as `m:ss` or `h:mm:ss`; a dash where it is not known."""
    if not math.isfinite(seconds):
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def span_words(seconds: float) -> str:
    """A length of time in words: '8 s', '3 min 20 s', '1 h 05 min'; a dash where it is not known."""
    if not math.isfinite(seconds):
        return "–"
    whole = round(max(0.0, seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes:02d} min"


def share_words(share: float | None) -> str:
    """A share 0..1 in percent; a dash where it is not known."""
    if share is None:
        return "–"
    return "under 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def target_words(mode: Mode, feet: bool) -> str:
    """Where to look on this ground, as a coach says it. Source: the two coaches' articles (4-7 ft; about 10 m)."""
    if mode is Mode.ROAD:
        return "Look about 30 ft down the road" if feet else "Look about 10 m down the road"
    if mode is Mode.TRAIL:
        return "Look 4–7 ft ahead" if feet else "Look 1–2 m ahead"
    return "Pick your head up for a moment"


def gaze_words(low_m: float, high_m: float, feet: bool) -> str:
    """The band of ground distances in words, always a range: 'about 4–9 ft', 'beyond 9 ft', 'far ahead'.

    Ends are rounded outwards (whole feet; half metres below 5 m, whole metres above), so that the words
    never claim more than the band does.
    """
    if math.isnan(low_m) or math.isnan(high_m):
        return "–"
    if low_m >= FAR_M:
        return "far ahead"
    unit, step, size = ("ft", 1.0, FOOT_M) if feet else ("m", 0.5 if low_m < 5 else 1.0, 1.0)
    low = math.floor(low_m / size / step + 1e-9) * step
    if high_m >= FAR_M:
        return f"beyond {low:g} {unit}" if low > 0 else "anywhere ahead"
    step = step if feet or high_m < 5 else 1.0
    high = math.ceil(high_m / size / step - 1e-9) * step
    high = max(high, low + step)
    return f"about {low:g}–{high:g} {unit}" if low > 0 else f"within {high:g} {unit}"


def zone_words(zone: GazeZone | None, feet: bool) -> str:
    """A zone of the ground as a distance range."""
    if zone is None:
        return "–"
    in_feet = {
        GazeZone.FEET: "at the feet (under 3 ft)",
        GazeZone.NEAR: "3–4 ft ahead",
        GazeZone.TARGET: "4–7 ft ahead",
        GazeZone.AHEAD: "7–15 ft ahead",
        GazeZone.FAR: "beyond 15 ft",
    }
    in_metres = {
        GazeZone.FEET: "at the feet (under 0.9 m)",
        GazeZone.NEAR: "0.9–1.2 m ahead",
        GazeZone.TARGET: "1.2–2.1 m ahead",
        GazeZone.AHEAD: "2.1–4.6 m ahead",
        GazeZone.FAR: "beyond 4.6 m",
    }
    return (in_feet if feet else in_metres)[zone]


def _number(event: Event, *keys: str) -> float | None:
    """The first of these details that is a finite number."""
    for key in keys:
        value = event.detail.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
    return None


def silence_words(event: Event) -> str:
    """Why an event stayed without a cue, as the cue policy said it; '' where a cue was given or none was due."""
    said = clean(str(event.detail.get("silent", "")), 80)
    if event.prompted or (event.kind not in POSTURE_KINDS and not said):
        return ""
    if said == Silence.SHOWN.value:
        return said  # it says as much
    return f"no cue: {said}" if said else "no cue"


def event_title(event: Event, site: Site | None = None) -> str:
    """The event's kind in words, with the shoulder it is of, or the mark's own label, where it has one.

    `site` of the event's sensor: None where the sensor's key tells it, as it normally does.
    """
    title = EVENT_WORDS[event.kind]
    shoulder = next((words for at, words in SHOULDER_WORDS.items() if (site or event.sensor) == at), None)
    if event.kind is EventKind.SHOULDERS_UP and shoulder:
        return f"{shoulder.capitalize()} up"
    label = clean(str(event.detail.get("label", "")), 40)
    return f"{title}: {label}" if label else title


def event_why(event: Event) -> str:
    """What was measured, in words; '' where the event says nothing more."""
    onset = _number(event, "onset_s")
    since = event.t_ns / NS_PER_S - onset if onset is not None else None
    held = f" for {span_words(since)}" if since is not None and since >= 0.5 else ""
    limit = _number(event, "limit", "limit_deg")
    if event.kind is EventKind.HEAD_DOWN:
        angle = _number(event, "pitch_deg", "angle_deg")
        down = f"{angle:.0f}° down, low{held}" if angle is not None and held else f"low{held}"
        if angle is not None and not held:
            down = f"{angle:.0f}° down"
        return f"{down} (limit {limit:.0f}°)" if limit is not None else down
    if event.kind is EventKind.LOOK_UP_DUE:
        return f"no look up{held or ' for a while'}"
    if event.kind is EventKind.SHOULDERS_UP:
        score = _number(event, "shoulder_score")
        return f"{score:.0%} of your own shrug, raised{held}" if score is not None else f"raised{held}"
    if event.kind is EventKind.LINK_BACK:
        away = _number(event, "away_s")
        return f"after {span_words(away)}" if away is not None else ""
    if event.kind in (EventKind.FORM_CHECK, EventKind.LOOSEN_UP):
        return clean(str(event.detail.get("text", "")), 240)
    said = next((clean(str(event.detail[k]), 80) for k in ("why", "text", "reason") if event.detail.get(k)), "")
    if event.kind is EventKind.SENSOR_MOVED and not said:
        return "check how it sits"
    return said
