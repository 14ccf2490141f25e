"""What the runner is told, in one place. Short, kind, concrete."""

from __future__ import annotations

from monitor.values import EventKind, Mode

_FEET = {
    Mode.ROAD: "Eyes up. Look about thirty feet down the road.",
    Mode.TRAIL: "Eyes up. Look four to seven feet ahead.",
}
_METRES = {
    Mode.ROAD: "Eyes up. Look about ten metres down the road.",
    Mode.TRAIL: "Eyes up. Look one to two metres ahead.",
}


def spoken(kind: EventKind, mode: Mode, *, feet: bool) -> str:
    """The sentence for an event; empty where nothing is said."""
    if kind is EventKind.HEAD_DOWN:
        return (_FEET if feet else _METRES).get(mode, "Look up when you can.")
    return {
        EventKind.LOOK_UP_DUE: "Look up when you can.",
        EventKind.SHOULDERS_UP: "Drop your shoulders. Relax.",
        EventKind.SENSOR_MOVED: "The sensor may have moved. Look far ahead and re-zero.",
        EventKind.LINK_LOST: "Sensor lost. Keep running; I am looking for it.",
        EventKind.LINK_BACK: "Sensor back.",
    }.get(kind, "")
