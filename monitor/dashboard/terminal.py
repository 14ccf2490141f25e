"""The live run on a terminal, without Qt: a `rich` panel on a TTY, one line per change elsewhere."""

from __future__ import annotations

import math
import sys
import threading
from time import monotonic
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.dashboard.actions import LiveActions
from monitor.dashboard.link_facts import gap_words, signal_words
from monitor.dashboard.live_view import Cue, LiveView, LogLine, Severity, Shape
from monitor.dashboard.live_words import ground_words, limit_words, pitch_words
from monitor.dashboard.run_keys import press
from monitor.dashboard.typed_keys import TypedKeys, typed_keys
from monitor.dashboard.viewmodel import LiveModel
from monitor.review.report_words import clock_words
from monitor.sources.identity_desk import YES_OR_NO, IdentityDesk, answer_by_key
from monitor.texts.speaking import say

REFRESH_S = 0.25
SAID_S = 3.0
"""How long the answer to a key stands on the panel."""
_SIGNS = {
    Shape.ARROW_UP: "^",
    Shape.ARROW_DOWN: "v",
    Shape.TICK: "+",
    Shape.BROKEN_LINK: "x",
    Shape.QUESTION: "?",
    Shape.DOTS: "...",
    Shape.PLAY: ">",
    Shape.PAUSE: "||",
    Shape.SQUARE: "#",
    Shape.EXCLAMATION: "!",
}
_STYLES = {
    Severity.CALM: "bold",
    Severity.GOOD: "bold green",
    Severity.ATTENTION: "bold yellow",
    Severity.ALERT: "bold reverse yellow",
}
_CUES = {Cue.GIVEN: "cue", Cue.SILENT: "no cue", Cue.NOTE: "note", Cue.PAUSED: "pause", Cue.WATCHING: "watch"}


def run_terminal(
    model: LiveModel,
    stop_event: threading.Event,
    *,
    stream: TextIO | None = None,
    actions: LiveActions | None = None,
    desk: IdentityDesk | None = None,
) -> None:
    """Show the run on `stream` (default: standard output) until `stop_event` is set; returns after a last look.

    With `actions`, keys typed while the panel is shown act on the run, and answer the questions of `desk`.
    """
    stream = stream if stream is not None else sys.stdout
    if stream.isatty():
        with typed_keys(sys.stdin if actions is not None else None) as keys:
            _run_panel(model, stop_event, stream, keys, actions, desk)
    else:
        _run_lines(model, stop_event, stream)


def panel(view: LiveView, keys: str = "", said: str = "") -> Panel:
    """One view as a panel, with the keys that may be pressed and what the last one brought.

    Texts are `Text`, never markup: a sensor's name must not style the screen.
    """
    state = Text(f" {_SIGNS[view.state.shape]} {say(view.state.word)} ", style=_STYLES[view.state.severity])
    state.append(f"  {say(view.reason)}", style="default not bold not reverse")
    facts = Table.grid(padding=(0, 2))
    for caption, value in _facts(view):
        facts.add_row(Text(say(caption), style="dim"), Text(say(value)))
    links = Table.grid(padding=(0, 2))
    for row in view.links:
        battery = "" if row.battery_pct is None else f"battery {row.battery_pct} %"
        place, rate = row.site.replace("_", " "), _rate(row.rate_hz, row.loss_pct)
        gaps = f"gaps, longest: {gap_words(row.gaps, row.longest_gap_s)}" if math.isfinite(row.loss_pct) else ""
        signal = f"found at {signal_words(row.signal_dbm)}" if row.signal_dbm is not None else ""
        links.add_row(*(Text(say(t)) for t in (place, row.name, row.state, rate, gaps, battery, signal)))
    lines = [Text(_log_line(line)) for line in view.log[:5]]
    notices = [Text(say(words), style=style) for words, style in _notices(view, said)]
    below = [Text(""), Text(say(keys), style="dim")] if keys else []
    title = say(f"Heads Up  {view.mode}" + ("  SIMULATED" if view.simulated else ""))
    parts: list[RenderableType] = [state, *notices, Text(""), facts, Text(""), links, Text(""), *lines, *below]
    return Panel(Group(*parts), title=Text(title))


def _notices(view: LiveView, said: str) -> list[tuple[str, str]]:
    """What stands below the state, each with its style."""
    lines = [(view.rest, "bold"), (view.notice, "yellow"), (said, "bold cyan")]
    return [line for line in lines if line[0]]


def _facts(view: LiveView) -> list[tuple[str, str]]:
    pitch = "–"
    if math.isfinite(view.needle_deg):
        pitch = f"{pitch_words(view.needle_deg)}, {limit_words(view.limit_deg, view.mode)}"
    lean = f", {view.lean}" if view.lean else ""
    cadence = f"{view.cadence_spm:.0f} steps/min" if math.isfinite(view.cadence_spm) else "–"
    facts = [
        ("time", clock_words(view.elapsed_s)),
        ("head", f"{pitch}{lean}  ({view.dwell_s:.0f} of {view.dwell_limit_s:.0f} s)"),
        ("eyes on the ground", f"{view.gaze}, {view.ahead}" if view.ahead else view.gaze),
        ("shoulders", view.shoulders),
        ("cadence", cadence),
    ]
    ground = ground_words(view.speed, view.incline)
    return [*facts, ("ground", ground)] if ground else facts


def _keys_line(view: LiveView) -> str:
    treadmill = "   + - speed   [ ] incline" if view.speed else ""
    return f"S let cues rest{treadmill}   Ctrl-C ends the run"


def _rate(rate_hz: float, loss_pct: float) -> str:
    rate = f"{rate_hz:.0f} Hz" if math.isfinite(rate_hz) else "– Hz"
    return f"{rate}, {loss_pct:.1f} % lost" if math.isfinite(loss_pct) else rate


def _log_line(line: LogLine) -> str:
    what = say(f"{line.title}: {line.why}" if line.why else line.title)
    return f"{clock_words(line.t_s)}  {say(_CUES[line.cue]):<6}  {what}"


def _run_panel(
    model: LiveModel,
    stop_event: threading.Event,
    stream: TextIO,
    keys: TypedKeys,
    actions: LiveActions | None,
    desk: IdentityDesk | None,
) -> None:
    console = Console(file=stream)
    said, said_until_s = "", -math.inf
    with Live(panel(model.snapshot()), console=console, auto_refresh=False) as live:
        while not stop_event.wait(REFRESH_S):
            for key in keys.take():
                answer = answer_by_key(desk, key) or (press(key, actions) if actions is not None else "")
                if answer:
                    said, said_until_s = answer, monotonic() + SAID_S
            view = model.snapshot()
            reminder = _keys_line(view) if keys.listening else ""
            question = desk.question() if desk is not None and keys.listening else None
            asked = f"{question.title} {question.text}\n{YES_OR_NO}" if question is not None else ""
            live.update(panel(view, reminder, said if monotonic() < said_until_s else asked), refresh=True)
        live.update(panel(model.snapshot()), refresh=True)


def _run_lines(model: LiveModel, stop_event: threading.Event, stream: TextIO) -> None:
    """One line when the state, the notice or the ground changes, or something enters the log."""
    if model.snapshot().simulated:
        _write(stream, say("SIMULATED: this is not a real runner"))
    state, notice, ground, seen = None, "", "", 0
    while True:
        last = stop_event.wait(REFRESH_S)
        view = model.snapshot()
        at = clock_words(view.elapsed_s)
        if view.notice and view.notice != notice:
            _write(stream, f"{at}  {say(view.notice)}")
        notice = view.notice
        if (now := ground_words(view.speed, view.incline)) != ground:
            words = say(f"Ground: {now or 'not known any more'}")
            _write(stream, f"{at}  {words}")
            ground = now
        fresh, seen = view.log[: max(0, min(view.logged - seen, len(view.log)))], view.logged
        for line in reversed(fresh):
            _write(stream, _log_line(line))
        if view.state is not state:
            _write(stream, f"{at}  {say(view.state.word)}: {say(view.reason)}")
            state = view.state
        if last:
            return


def _write(stream: TextIO, line: str) -> None:
    """Print a line even where the stream's encoding lacks a sign of it."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()
