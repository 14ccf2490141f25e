"""Drills at one moment, made up, for pictures and tests of the page."""

from __future__ import annotations

from dataclasses import replace

from monitor.dashboard.drill_view import DrillState, DrillView
from monitor.drills.catalogue import DRILLS, DrillKind
from monitor.drills.progress import Side
from monitor.drills.words import HINTS, OVER, STAND, Hint


def view(kind: DrillKind, state: DrillState, **more: object) -> DrillView:
    """A drill of a routine of five."""
    drill = DRILLS[kind]
    made = DrillView(
        drill.name,
        state,
        drill.say.removeprefix(f"{drill.name}. "),
        kind=kind,
        number=2,
        drills=5,
        left="37",
        unit="seconds to go",
        part=0.38,
        unchecked=drill.unchecked,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def constructed_drills() -> tuple[tuple[str, DrillView], ...]:
    """One of each kind, in all states that look different."""
    k, s = DrillKind, DrillState
    results = (
        "Head circles: 3 to the right, 3 to the left",
        "Head hang: 60 of 60 s at 46 degrees",
        "Right ear to shoulder: 60 of 60 s at 33 degrees, shoulder seen low for 60 s of it",
        "Left ear to shoulder: 41 of 60 s at 31 degrees (skipped)",
        "Wrist shake: 15 of 15 s",
    )
    return (
        ("stand", DrillView("During the run", s.STAND, STAND, drills=5)),
        ("hang", view(k.HEAD_HANG, s.HELD, seen="head at 46°")),
        (
            "hang-not-yet",
            view(k.HEAD_HANG, s.NOT_YET, left="60", part=0.0, hint=HINTS[Hint.CHIN_MORE], seen="head at 12°"),
        ),
        ("ear-right", view(k.EAR_RIGHT, s.ALMOST, side=Side.RIGHT, hint=HINTS[Hint.SHOULDER_LOW], seen="head at 33°")),
        ("ear-left", view(k.EAR_LEFT, s.HELD, side=Side.LEFT, seen="head at 31°")),
        (
            "circles",
            view(
                k.HEAD_CIRCLES,
                s.CIRCLING,
                side=Side.LEFT,
                say=HINTS[Hint.OTHER_WAY],
                left="4",
                unit="circles to go",
                seen="right 2, left 0",
            ),
        ),
        ("thoracic", view(k.THORACIC, s.UNSEEN, hint=HINTS[Hint.UNSEEN])),
        ("ramping", view(k.RAMPING, s.NODDING, hint=HINTS[Hint.NO_NODDING], seen="level 92 %")),
        ("wrists", view(k.WRISTS, s.TIMER, left="9", seen="not measured")),
        ("over", DrillView("During the run", s.DONE, OVER, drills=5, results=results, part=1.0, over=True)),
    )
