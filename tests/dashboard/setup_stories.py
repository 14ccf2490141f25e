"""Every page of the set-up in each of its states, for tests that go through all of them: `stories()[name]`.

A story makes its fakes, and puts an open window into the state.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from setup_fakes import CAP, PROFILE, STRAP, THIRD, Parts, checked, found_and_placed, leading, place_check
from setup_window import at_calibration

from calibration.check import Verdict
from calibration.protocol import LEAN, RUN, PoseKind
from monitor.dashboard.setup.check_facts import CheckPhase, CheckView
from monitor.dashboard.setup.facts import Extent, GuideView, Phase, Problem, ScanView, Trouble
from monitor.values import Mode

DONE = GuideView(Phase.DONE, profile=PROFILE)
REFUSED = leading(
    holding=False,
    reason="The head turned another way than for the look before.",
    remedy="Keep the face forward and only nod.",
    steadiness=0.2,
    can_skip=True,
)
RUNNING = leading(say=RUN.say, kind=PoseKind.RUN, pose="run", steadiness=math.nan, cadence_spm=168.0, left_s=21.2)
LEANING = leading(say=LEAN.say, kind=PoseKind.LEAN, pose="lean", can_skip=True)
READY = leading(
    kind=PoseKind.SETTLE, pose="", number=1, holding=False, left_s=4.2, say="Stand tall and look far ahead."
)
NO_BLUETOOTH = Trouble(Problem.NO_BLUETOOTH, "The Bluetooth service is not running.", ("Start it.", "Or ask."))
UNREADABLE = Trouble(
    Problem.UNREADABLE,
    "It has format version 7; this program reads up to version 3.",
    (
        "Update Heads Up: this file is from a newer version.",
        "Calibrate again: about three minutes. The old file is kept as me.json.old-1.",
    ),
)
FAILED = Trouble(
    Problem.CALIBRATION_FAILED,
    "Another sensor turned, not the one for the head.",
    ("Are they swapped? Put each where you said.",),
    repeats=True,
)
MISSING = Trouble(Problem.SENSOR_LOST, "The head and collar sensors did not answer.", ("Press the button once.",) * 5)
LOOKING = CheckView(CheckPhase.LOOKING, places=(place_check(None),), left_s=6.2, steadiness=0.9)
MOVED_PLACE = place_check(Verdict.MOVED, 9.0)
BOWED = checked(replace(MOVED_PLACE, check=replace(MOVED_PLACE.check, bowed=True)), rezeroed=PROFILE)


def strap(verdict: Verdict, off_deg: float, battery_pct: int | None):
    """The strap's sensor with a verdict."""
    return replace(place_check(verdict, off_deg), key="collar", name=STRAP.name, battery_pct=battery_pct)


SWAPPED = checked(
    place_check(Verdict.WORN_ANEW, 66.0), strap(Verdict.WORN_ANEW, 48.0, 88), strangers=("OpenEarable-9F9F",)
)


@dataclass(frozen=True)
class Story:
    """`act` puts a window on these fakes into the state."""

    act: Callable[[object, Parts], object]
    options: dict[str, object] = field(default_factory=dict)

    def parts(self) -> Parts:
        return Parts(CAP, STRAP, THIRD, **self.options)


def _finding(window, parts):
    window.model.next()
    parts.scanner.shake(STRAP.address)


def _twins(window, parts):
    parts.scanner.view = ScanView((replace(CAP, name=STRAP.name, battery_pct=4), STRAP))
    window.model.next()
    window.model.tick(0.0)
    window.model.finding.pick(CAP.address)


def _no_bluetooth(window, parts):
    parts.scanner.view = ScanView(trouble=NO_BLUETOOTH)
    window.model.next()


def _guided(view, extent=Extent.QUICK):
    return Story(lambda window, parts: at_calibration(window, parts, view, extent))


def _later(presses, choosing=False):
    def act(window, parts):
        at_calibration(window, parts, DONE)
        for _ in range(presses):
            window.model.next()
            window.model.tick(9.0)
        window.model.sound.choosing = choosing

    return Story(act)


def _failed(window, parts):
    at_calibration(window, parts, leading())
    parts.calibrator.view = GuideView(Phase.FAILED, trouble=FAILED)


def _check(view):
    def act(window, parts):
        window.model.next()
        parts.checker.view = view

    return Story(act, {"profile": PROFILE, "planned_min": 80.0})


def _ground(mode):
    def act(window, parts):
        window.model.change_ground()
        window.model.choose_ground(mode)

    return Story(act, {"profile": PROFILE})


def stories() -> dict[str, Story]:
    """By name."""
    nothing = lambda window, parts: None  # noqa: E731
    return {
        "welcome": Story(nothing),
        "find": Story(_finding),
        "twins": Story(_twins),
        "empty": Story(lambda window, parts: (setattr(parts.scanner, "view", ScanView()), window.model.next())),
        "clip": Story(lambda window, parts: found_and_placed(window.model, parts)),
        "extent": _guided(None),
        "waiting": _guided(GuideView(Phase.WAITING, "Waking your left shoulder and right shoulder sensor ...")),
        "get ready": _guided(READY),
        "look": _guided(leading()),
        "marks": _guided(leading(say="Now look at the floor four feet ahead.", pose="4ft"), Extent.MARKS),
        "refused": _guided(REFUSED),
        "lean": _guided(LEANING),
        "run": _guided(RUNNING),
        "lost": _guided(replace(leading(), lost=("head",), lost_why="Its battery was at 3 %: charge it.")),
        "failed": Story(_failed),
        "result": _later(0),
        "where": _later(1),
        "sound": _later(2),
        "outputs": _later(2, choosing=True),
        "ready": _later(3),
        "no bluetooth": Story(_no_bluetooth),
        "unreadable": Story(nothing, {"trouble": UNREADABLE}),
        "returning": Story(nothing, {"profile": PROFILE}),
        "ground": _ground(Mode.TECHNICAL),
        "searching": _check(CheckView(CheckPhase.WAITING, "Looking for your head sensor OpenEarable-1A2B ...")),
        "ten seconds": _check(LOOKING),
        "hint": _check(
            replace(LOOKING, left_s=0.0, hint="Stand still or run evenly, and look far ahead for ten seconds.")
        ),
        "silent": _check(
            replace(
                LOOKING,
                lost=("head", "left shoulder"),
                lost_why="The radio holds, but nothing is sent: if it stays so, switch the sensor off and on again.",
            )
        ),
        "as calibrated": _check(checked(place_check(), strap(Verdict.SAME, 3.1, None), strangers=("WT9011",))),
        "low battery": _check(checked(place_check(battery_pct=14), strap(Verdict.SAME, 3.1, 88))),
        "moved": _check(checked(MOVED_PLACE, strap(Verdict.SAME, 3.1, 88), rezeroed=PROFILE)),
        "bowed": _check(BOWED),
        "swapped": _check(SWAPPED),
        "missing": _check(CheckView(CheckPhase.FAILED, trouble=MISSING)),
    }
