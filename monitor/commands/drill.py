"""`headsup drill`: stretches and loosening, led by voice and text, counted where a sensor can see them."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import shutil
import sys
import threading
from collections.abc import Callable
from typing import TextIO, TypeAlias

from calibration import store
from calibration.model import Profile
from calibration.validity import validity
from monitor.commands import places
from monitor.commands.drill_live import HEAD, Notice, Show, Tell, beside_of, drill_by_the_clock, drill_live
from monitor.commands.drill_sounds import sounds_of_prompt
from monitor.commands.live import player_for
from monitor.commands.wanted import wanted
from monitor.drills.catalogue import DRILLS, ROUTINES, Drill, DrillKind, with_seconds
from monitor.drills.progress import Side
from monitor.drills.prompts import LEAD_S, Prompt, Saying
from monitor.drills.session import DrillSession
from monitor.drills.words import HINTS
from monitor.errors import ProfileError, SettingsError
from monitor.outputs.player import CuePlayer
from monitor.settings import Settings
from monitor.sources.ble import SensorRequest
from monitor.sources.radio import SystemRadio
from monitor.texts.speaking import say
from monitor.values import Site

Begin: TypeAlias = Callable[[DrillSession, Tell, Show, Notice, threading.Event], None]
DEFAULT_PROFILE = "me"
DEFAULT_ROUTINE = "before"
SHORTEST_S, LONGEST_S = 1.0, 600.0
ON_ONE_LINE = {Saying.COUNT, Saying.PACE, Saying.REP}
"""Worth hearing and glancing at, not worth a line of their own in a log."""


def run(args: argparse.Namespace) -> int:
    """Lead through the drills; exit code 0. Raises SettingsError, ProfileError, CalibrationError."""
    if args.list:
        return list_drills(as_json=args.json)
    places.speak()
    drills = chosen(args.routine, args.drill, args.seconds)
    settings = places.settings()
    if any(d.needs_head for d in drills):
        session, begin = _with_sensors(args, drills, settings)
    else:
        session, begin = DrillSession(drills, None, lead_s=LEAD_S), drill_by_the_clock
    skips = threading.Event()
    _listen_for_enter(skips)
    player = player_for(settings, silent=args.silent or args.simulate)
    screen = _Screen(sys.stderr if args.json else sys.stdout, player)
    try:
        begin(session, screen.tell, screen.show, screen.line, skips)
    except KeyboardInterrupt:
        screen.wipe()
        _print_results(session, simulated=args.simulate, as_json=args.json)
        raise
    finally:
        screen.wipe()
        player.close()
    _print_results(session, simulated=args.simulate, as_json=args.json)
    return 0


def chosen(routine: str | None, drill: str | None, seconds: float | None) -> tuple[Drill, ...]:
    """The drills asked for. Raises SettingsError."""
    if routine and drill:
        raise SettingsError("--drill", "is one drill and --routine several: give one of the two")
    drills = (DRILLS[DrillKind(drill)],) if drill else ROUTINES[routine or DEFAULT_ROUTINE]
    if seconds is None:
        return drills
    if not SHORTEST_S <= seconds <= LONGEST_S:  # also NaN
        raise SettingsError("--seconds", f"must lie between {SHORTEST_S:g} and {LONGEST_S:g}")
    return tuple(with_seconds(d, seconds) for d in drills)


def list_drills(*, as_json: bool) -> int:
    """Print the drills and routines: what each is, and what is checked of it."""
    if as_json:
        table = [
            {
                "drill": d.kind.value,
                "name": d.name,
                "say": d.say,
                "wanted_s": d.wanted_s,
                "wanted_circles": 2 * d.wanted_reps,
                "checked": d.checked,
                "unchecked": d.unchecked,
                "routines": [name for name, drills in ROUTINES.items() if d in drills],
            }
            for d in DRILLS.values()
        ]
        print(json.dumps(table, indent=1))
        return 0
    for d in DRILLS.values():
        amount = f"{d.wanted_s:.0f} s" if d.wanted_s else f"{d.wanted_reps} each way"
        print(f"{d.kind.value:17} {amount:>10}  {d.say}")
        for text in (d.checked and f"Checked: {d.checked}", d.unchecked):
            if text:
                print(f"{'':29}  {text}")
    for name, drills in ROUTINES.items():
        print(f"--routine {name:7} {', '.join(d.kind.value for d in drills)}")
    return 0


def _with_sensors(
    args: argparse.Namespace, drills: tuple[Drill, ...], settings: Settings
) -> tuple[DrillSession, Begin]:
    """The routine on real or SIMULATED sensors, and how to begin it."""
    if args.simulate:
        return _simulated(args, drills, settings)
    profile = _profile(args.profile or DEFAULT_PROFILE, simulated=False)
    requests = wanted(args.sensor, profile)
    session = DrillSession(drills, profile.site(HEAD), beside_of(profile, requests), lead_s=LEAD_S)
    if not any(r.site is Site.HEAD for r in requests):
        raise SettingsError("--sensor", "names no sensor on the head; drills need head=ID")

    def begin(session: DrillSession, tell: Tell, show: Show, notice: Notice, skips: threading.Event) -> None:
        for finding in validity(profile, places.utc_now(), ()):
            notice(finding.text)
        drill_live(session, requests, SystemRadio(), profile, settings, tell, show, notice, skips)

    return session, begin


def _simulated(args: argparse.Namespace, drills: tuple[Drill, ...], settings: Settings) -> tuple[DrillSession, Begin]:
    """The routine with a SIMULATED wearer, who hears the prompts."""
    from monitor.simulator.drill_wearer import DrillWearer, drill_radio
    from monitor.simulator.wearer import HEAD_NAME

    wearer = DrillWearer()
    profile = wearer.profile() if args.profile is None else _profile(args.profile, simulated=True)
    session = DrillSession(drills, profile.site(HEAD), lead_s=LEAD_S)
    requests = (SensorRequest(Site.HEAD, name=HEAD_NAME),)

    def begin(session: DrillSession, tell: Tell, show: Show, notice: Notice, skips: threading.Event) -> None:
        def tell_both(prompt: Prompt) -> None:
            tell(prompt)
            if prompt.saying in (Saying.START, Saying.OTHER_WAY):
                wearer.follow(prompt.kind, Side.LEFT if prompt.saying is Saying.OTHER_WAY else Side.RIGHT)
            elif prompt.saying in (Saying.DONE, Saying.MOVED_ON, Saying.SKIPPED):
                wearer.follow(None)

        notice("SIMULATED wearer")
        drill_live(session, requests, drill_radio(wearer), profile, settings, tell_both, show, notice, skips)

    return session, begin


def _profile(name: str, *, simulated: bool) -> Profile:
    """The calibration; a person's for a person, a SIMULATED one for a SIMULATED wearer. Raises ProfileError."""
    profile = store.load(places.profiles_folder(), name)
    if profile.simulated != simulated:
        whose = "a SIMULATED wearer" if profile.simulated else "a person"
        raise ProfileError(name, f"is the calibration of {whose}; choose another with --profile")
    return profile


class _Screen:
    """Lines in a terminal, with one line that is written over while it is one; and sounds."""

    def __init__(self, lines: TextIO, player: CuePlayer) -> None:
        self._lines = lines
        self._player = player
        self._rewrites = lines.isatty()
        self._status = ""

    def line(self, text: str) -> None:
        """A line of its own."""
        self.wipe()
        print(say(text), file=self._lines, flush=True)

    def tell(self, prompt: Prompt) -> None:
        """Print and play a prompt."""
        indent = "" if prompt.saying in (Saying.START, Saying.STAND, Saying.OVER) else "  "
        if prompt.saying not in ON_ONE_LINE or not self._rewrites:
            self.line(f"{indent}{prompt.text}")
        if sounds := sounds_of_prompt(prompt):
            self._player.play(sounds)

    def show(self, session: DrillSession) -> None:
        """How far the running drill is, on the line that is written over."""
        if not self._rewrites:
            return
        text = status_line(session)[: shutil.get_terminal_size().columns - 1]  # a longer one could not be wiped
        if text != self._status:
            self.wipe()
            self._status = text
            print(text, end="", file=self._lines, flush=True)

    def wipe(self) -> None:
        """Take the written-over line away."""
        if self._status:
            print("\r" + " " * len(self._status) + "\r", end="", file=self._lines, flush=True)
            self._status = ""


def status_line(session: DrillSession) -> str:
    """'  Head hang  12 / 60 s  25 deg  Let the chin sink a little more.'"""
    drill, p = session.drill, session.progress
    if drill is None or p is None:
        return ""
    parts = [f"{p.reps_right} right, {p.reps_left} left" if p.wanted_reps else f"{int(p.held_s)} / {p.wanted_s:.0f} s"]
    if math.isfinite(p.angle_deg):
        parts.append(f"{p.angle_deg:.0f} deg")
    if math.isfinite(p.level_percent):
        parts.append(f"level {p.level_percent:.0f} %")
    if p.hint is not None:
        parts.append(HINTS[p.hint])
    return f"  {drill.name}  {'  '.join(parts)}"


def _print_results(session: DrillSession, *, simulated: bool, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"simulated": simulated, "drills": [r.as_json() for r in session.results]}, indent=1))
        return
    for result in session.results:
        print(f"{say(result.drill.name):22} {say(result.in_words)}")
        if result.drill.unchecked:
            print(f"{'':22} {say(result.drill.unchecked)}")


def _listen_for_enter(skips: threading.Event) -> None:
    """Enter skips a drill, where somebody sits at a keyboard."""
    if not sys.stdin or not sys.stdin.isatty():
        return

    def listen() -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal may go away
            for _ in sys.stdin:
                skips.set()

    print(say("Enter skips a drill, Ctrl-C ends it."), file=sys.stderr)
    threading.Thread(target=listen, name="enter", daemon=True).start()
