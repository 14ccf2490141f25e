"""A drill as a page shows it: what to do, how much is left, and whether it counts as the sensors see it. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from monitor.dashboard.live_view import Severity, Shape
from monitor.drills.catalogue import DRILLS, ROUTINES, Drill, DrillKind
from monitor.drills.progress import DrillProgress, Phase, Side
from monitor.drills.result import DrillResult
from monitor.drills.session import DrillSession
from monitor.drills.words import HINTS, OVER, STAND, Hint

ROUTINE_NAMES = {"before": "Before the run", "during": "During the run", "after": "After the run"}


class DrillState(Enum):
    """The one word of the drill's page: word, shape, severity."""

    STAND = ("STAND TALL", Shape.DOTS, Severity.CALM)
    READY = ("GET READY", Shape.PLAY, Severity.CALM)
    NOT_YET = ("NOT YET", Shape.ARROW_DOWN, Severity.CALM)
    HELD = ("HELD", Shape.TICK, Severity.GOOD)
    ALMOST = ("ALMOST", Shape.ARROW_DOWN, Severity.CALM)
    PAUSED = ("PAUSED", Shape.PAUSE, Severity.CALM)
    CIRCLING = ("GOING ROUND", Shape.TICK, Severity.GOOD)
    LEVEL = ("LEVEL", Shape.TICK, Severity.GOOD)
    NODDING = ("NODDING", Shape.ARROW_DOWN, Severity.CALM)
    TIMER = ("TIMER", Shape.PLAY, Severity.CALM)
    UNSEEN = ("NOT SEEN", Shape.BROKEN_LINK, Severity.ATTENTION)
    DONE = ("DONE", Shape.TICK, Severity.GOOD)
    STOPPED = ("STOPPED", Shape.SQUARE, Severity.CALM)

    def __init__(self, word: str, shape: Shape, severity: Severity) -> None:
        self.word = word
        self.shape = shape
        self.severity = severity


@dataclass(frozen=True, slots=True)
class DrillView:
    """Everything on the drill's page at one moment.

    kind  : the drill that is shown; None while standing before the first, and at the end
    say   : what to do, in a sentence or two
    hint  : why nothing counts just now; '' where it counts
    left, unit : the count-down, '23' and 'seconds to go'
    seen  : what the sensors measure of it, '46° · 12 s held'; '' for nothing
    part  : how much of this drill is done, 0..1
    unchecked : what no sensor checks of it; '' for nothing
    results : a line for each drill that ended
    over  : nothing more comes
    """

    title: str
    state: DrillState
    say: str
    kind: DrillKind | None = None
    number: int = 0
    drills: int = 1
    side: Side = Side.NONE
    hint: str = ""
    left: str = ""
    unit: str = ""
    seen: str = ""
    part: float = 0.0
    unchecked: str = ""
    results: tuple[str, ...] = ()
    over: bool = False


def choice_name(choice: str) -> str:
    """How a choice (a drill's or a routine's key) is called; the key itself where it is neither."""
    if choice in ROUTINE_NAMES:
        return ROUTINE_NAMES[choice]
    return DRILLS[DrillKind(choice)].name if choice in set(DrillKind) else choice


def choices() -> tuple[tuple[str, str, str], ...]:
    """What may be chosen: key, name, and how much it is; routines first."""
    routines = [(key, ROUTINE_NAMES[key], f"{len(drills)} drills") for key, drills in ROUTINES.items()]
    return (*routines, *((d.kind.value, d.name, amount(d)) for d in DRILLS.values()))


def amount(drill: Drill) -> str:
    """'60 s', '3 each way'."""
    return f"{drill.wanted_s:.0f} s" if drill.wanted_s else f"{drill.wanted_reps} each way"


def view_of(session: DrillSession, choice: str, drills: int, stopped: str = "") -> DrillView:
    """The page for a session of so many drills, begun as `choice`.

    stopped : why it ended before its end; '' while it goes on, and where it came to its end
    """
    results = tuple(result_line(r) for r in session.results)
    if session.over or stopped:
        why = stopped or _why_failed(session) or OVER
        state = DrillState.STOPPED if stopped or session.failure else DrillState.DONE
        return DrillView(choice_name(choice), state, why, drills=drills, results=results, part=1.0, over=True)
    drill, p = session.drill, session.progress
    if drill is None or p is None:
        return DrillView(choice_name(choice), DrillState.STAND, STAND, drills=drills)
    left, unit = _left(p)
    return DrillView(
        title=drill.name,
        state=_state(drill, p),
        say=_say(drill, p),
        kind=drill.kind,
        number=len(results) + 1,
        drills=drills,
        side=p.side,
        hint=HINTS[p.hint] if p.hint is not None else "",
        left=left,
        unit=unit,
        seen=_seen(drill, p),
        part=p.part,
        unchecked=drill.unchecked,
        results=results,
    )


def result_line(result: DrillResult) -> str:
    """'Head hang: 60 of 60 s at 46 degrees'."""
    return f"{result.drill.name}: {result.in_words}"


def _why_failed(session: DrillSession) -> str:
    """Why the routine ended before its first drill, as sentences; '' where it did not."""
    failure = session.failure
    return f"{failure.reason[:1].upper()}{failure.reason[1:]}. {failure.remedy}" if failure else ""


def _say(drill: Drill, p: DrillProgress) -> str:
    """What to do; of circles, the way round that is wanted now."""
    if p.wanted_reps and p.side is Side.LEFT:
        return HINTS[Hint.OTHER_WAY]
    return drill.say.removeprefix(f"{drill.name}. ")


def _state(drill: Drill, p: DrillProgress) -> DrillState:
    if p.phase is Phase.UNSEEN:
        return DrillState.UNSEEN
    if p.phase is Phase.DONE:
        return DrillState.DONE
    if not drill.needs_head:
        return DrillState.TIMER if p.phase is Phase.COUNTING else DrillState.READY
    if p.phase is Phase.READY:
        return DrillState.READY if p.hint is None else DrillState.NOT_YET
    if p.phase is Phase.PAUSED:
        return DrillState.PAUSED
    if drill.kind is DrillKind.HEAD_CIRCLES:
        return DrillState.CIRCLING
    if drill.kind is DrillKind.RAMPING:
        return DrillState.LEVEL if p.hint is None else DrillState.NODDING
    return DrillState.HELD if p.hint is None else DrillState.ALMOST


def _left(p: DrillProgress) -> tuple[str, str]:
    if p.wanted_reps:
        each = p.wanted_reps // 2
        left = max(0, each - p.reps_right) + max(0, each - p.reps_left)
        return str(left), "circle to go" if left == 1 else "circles to go"
    left = max(0, math.ceil(p.wanted_s - p.held_s))
    return str(left), "second to go" if left == 1 else "seconds to go"


def _seen(drill: Drill, p: DrillProgress) -> str:
    """What is measured, in words that never claim more."""
    if p.wanted_reps:
        return f"right {p.reps_right}, left {p.reps_left}"
    if not drill.needs_head:
        return "not measured"
    if drill.kind is DrillKind.RAMPING:
        return f"level {p.level_percent:.0f} %" if math.isfinite(p.level_percent) else ""
    return f"head at {p.angle_deg:.0f}°" if math.isfinite(p.angle_deg) else ""
