"""The live run on a terminal, without Qt: a `rich` panel on a TTY, one line per change elsewhere."""

from __future__ import annotations

import math
import sys
import threading
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.dashboard.live_view import Cue, LiveView, LogLine, Severity, Shape
from monitor.dashboard.viewmodel import LiveModel
from monitor.review.report_words import clock_words

REFRESH_S = 0.25
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
_CUES = {Cue.GIVEN: "cue", Cue.SILENT: "no cue", Cue.NOTE: "note"}


def run_terminal(model: LiveModel, stop_event: threading.Event, *, stream: TextIO | None = None) -> None:
    """Show the run on `stream` (default: standard output) until `stop_event` is set; returns after a last look."""
    stream = stream if stream is not None else sys.stdout
    if stream.isatty():
        _run_panel(model, stop_event, stream)
    else:
        _run_lines(model, stop_event, stream)


def panel(view: LiveView) -> Panel:
    """One view as a panel. Texts are `Text`, never markup: a sensor's name must not style the screen."""
    state = Text(f" {_SIGNS[view.state.shape]} {view.state.word} ", style=_STYLES[view.state.severity])
    state.append(f"  {view.reason}", style="default not bold not reverse")
    facts = Table.grid(padding=(0, 2))
    for caption, value in _facts(view):
        facts.add_row(Text(caption, style="dim"), Text(value))
    links = Table.grid(padding=(0, 2))
    for row in view.links:
        battery = "" if row.battery_pct is None else f"battery {row.battery_pct} %"
        links.add_row(*(Text(t) for t in (row.site, row.name, row.state, _rate(row.rate_hz, row.loss_pct), battery)))
    lines = [Text(_log_line(line)) for line in view.log[:5]]
    notice = [Text(view.notice, style="yellow")] if view.notice else []
    title = f"Heads Up  {view.mode}" + ("  SIMULATED" if view.simulated else "")
    return Panel(Group(state, *notice, Text(""), facts, Text(""), links, Text(""), *lines), title=Text(title))


def _facts(view: LiveView) -> list[tuple[str, str]]:
    pitch = f"{view.pitch_deg:.0f}° down, limit {view.limit_deg:.0f}°" if math.isfinite(view.pitch_deg) else "–"
    cadence = f"{view.cadence_spm:.0f} steps/min" if math.isfinite(view.cadence_spm) else "–"
    return [
        ("time", clock_words(view.elapsed_s)),
        ("head", f"{pitch}  ({view.dwell_s:.0f} of {view.dwell_limit_s:.0f} s)"),
        ("eyes on the ground", view.gaze),
        ("shoulders", view.shoulders),
        ("cadence", cadence),
    ]


def _rate(rate_hz: float, loss_pct: float) -> str:
    rate = f"{rate_hz:.0f} Hz" if math.isfinite(rate_hz) else "– Hz"
    return f"{rate}, {loss_pct:.1f} % lost" if math.isfinite(loss_pct) else rate


def _log_line(line: LogLine) -> str:
    why = f": {line.why}" if line.why else ""
    return f"{clock_words(line.t_s)}  {_CUES[line.cue]:<6}  {line.title}{why}"


def _run_panel(model: LiveModel, stop_event: threading.Event, stream: TextIO) -> None:
    console = Console(file=stream)
    with Live(panel(model.snapshot()), console=console, auto_refresh=False) as live:
        while not stop_event.wait(REFRESH_S):
            live.update(panel(model.snapshot()), refresh=True)
        live.update(panel(model.snapshot()), refresh=True)


def _run_lines(model: LiveModel, stop_event: threading.Event, stream: TextIO) -> None:
    """One line when the state changes, the notice changes, or something enters the log."""
    if model.snapshot().simulated:
        _write(stream, "SIMULATED: this is not a real runner")
    state, notice, seen = None, "", 0
    while True:
        last = stop_event.wait(REFRESH_S)
        view = model.snapshot()
        at = clock_words(view.elapsed_s)
        if view.notice and view.notice != notice:
            _write(stream, f"{at}  {view.notice}")
        notice = view.notice
        fresh, seen = view.log[: max(0, min(view.logged - seen, len(view.log)))], view.logged
        for line in reversed(fresh):
            _write(stream, _log_line(line))
        if view.state is not state:
            _write(stream, f"{at}  {view.state.word}: {view.reason}")
            state = view.state
        if last:
            return


def _write(stream: TextIO, line: str) -> None:
    """Print a line even where the stream's encoding lacks a sign of it."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(line.encode(encoding, "replace").decode(encoding) + "\n")
    stream.flush()
