"""What `headsup analyze` prints for a person: one line an event, and a sentence for whatever else is known."""

from __future__ import annotations

import pytest

from monitor.alerts.policy import Silence
from monitor.commands.analyze import event_line
from monitor.values import NS_PER_S, Event, EventKind, Site


def line(kind: EventKind, site: Site | None = None, **changes) -> str:
    return event_line(Event(round(12.5 * NS_PER_S), kind, site or "", **changes), site)


@pytest.mark.parametrize(
    ("kind", "site", "changes", "said"),
    [
        (EventKind.HEAD_DOWN, Site.HEAD, {"prompted": True}, "head_down      cue given"),
        (EventKind.HEAD_DOWN, Site.HEAD, {"detail": {"silent": "snoozed"}}, "head_down      no cue: snoozed"),
        (EventKind.SHOULDERS_UP, Site.RIGHT_SHOULDER, {"prompted": True},
         "shoulders_up   right shoulder sensor: cue given"),
        (EventKind.SHOULDERS_UP, Site.COLLAR, {"detail": {"silent": "told a moment ago"}},
         "shoulders_up   collar sensor: no cue: told a moment ago"),
        (EventKind.SENSOR_MOVED, Site.HEAD, {"detail": {"silent": Silence.SHOWN.value}},
         "sensor_moved   cap sensor: on this ground it may be right: shown, not said"),
        (EventKind.LINK_LOST, Site.BACK, {"prompted": True}, "link_lost      back sensor: cue given"),
        (EventKind.MARK, None, {"detail": {"label": "cramp\x1b[31m"}}, "mark           cramp [31m"),
        (EventKind.MARK, None, {}, "mark"),
        (EventKind.SHOULDERS_UP, None, {"prompted": True}, "shoulders_up   cue given"),
    ],
)  # fmt: skip
def test_a_line_for_each_event(kind, site, changes, said):
    assert line(kind, site, **changes) == f"    12.5 s  {said}"
