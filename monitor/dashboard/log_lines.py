"""Events as lines of the live log: what was heard, what stayed silent and why, what is merely noted."""

from __future__ import annotations

from monitor.alerts.policy import Silence
from monitor.dashboard.live_view import Cue, LogLine
from monitor.review import report_words as words
from monitor.values import NS_PER_S, Event, EventKind


def log_line(event: Event) -> LogLine:
    """The line of an event."""
    cue, why = Cue.NOTE, words.event_why(event)
    if event.prompted:
        cue = Cue.GIVEN
    elif silence := words.silence_words(event):
        cue, why = Cue.SILENT, "; ".join(w for w in (why, silence) if w)
    title = words.event_title(event)
    if event.kind is EventKind.SENSOR_MOVED:
        title = "Sensor may have moved"
    return LogLine(event.t_ns / NS_PER_S, title, why, cue)


def only_shown(event: Event) -> bool:
    """A hint that may be wrong here: a line in the log is enough."""
    return event.detail.get("silent") == Silence.SHOWN.value
