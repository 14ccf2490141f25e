"""The terminal view: a panel on a TTY, one line per change elsewhere, and no styling by foreign text."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

from constructed_runs import HEAD, busy_run, feed, model, output, span, track
from rich.console import Console

from monitor.dashboard import terminal
from monitor.dashboard.terminal import panel, run_terminal
from monitor.values import NS_PER_S, Event, EventKind, Ground, PipelineOutput, Site


def _shown(live) -> str:
    out = io.StringIO()
    Console(file=out, width=110, force_terminal=False).print(panel(live.snapshot()))
    return out.getvalue()


def test_panel_says_what_the_window_says():
    live, _ = busy_run()
    text = _shown(live)
    for words in ("SIMULATED", "EYES UP", "Look 4–7 ft ahead", "40° down, limit 36°", "within 4 ft", "168 steps/min"):
        assert words in text
    for words in ("Cap IMU 4F2A", "battery 34 %", "1.5 % lost", "12:44", "no cue: grace", "Mark: cramp"):
        assert words in text


def test_panel_says_ground_lean_and_rest_in_words():
    live, _ = busy_run("treadmill")
    text = _shown(live)
    for words in ("23° down, limit 3", "trunk lean 8° taken off", "0.4 s ahead", "7.7 mph, incline 5.5 %"):
        assert words in text
    assert "Cues rest until 1:22:45, 1:" in text
    plain, _ = busy_run("good")
    for words in ("lean", "s ahead", "ground    ", "rest"):
        assert words not in _shown(plain).replace("eyes on the ground", "")


def test_panel_names_places_and_shows_keys_only_where_they_work():
    live, _ = model(replace(HEAD, key="left_shoulder", site=Site.LEFT_SHOULDER))
    assert "left shoulder  Cap IMU 4F2A" in _shown(live)
    assert "Ctrl-C" not in _shown(live)
    live.ground(Ground(0, 3.0, 0.0))
    assert terminal._keys_line(live.snapshot()) == "S let cues rest   + - speed   [ ] incline   Ctrl-C ends the run"
    live.ground(Ground(0, float("nan"), 0.0))
    assert terminal._keys_line(live.snapshot()) == "S let cues rest   Ctrl-C ends the run"


def test_panel_with_a_nose_that_points_up():
    live, clock = model(HEAD)
    clock.at(1)
    live.update(output(track("head", span(0, 1), pitch=-5.0)))
    assert "5° up, limit 20°" in _shown(live)


def test_panel_dashes_where_nothing_is_current():
    live, _ = busy_run("lost")
    text = _shown(live)
    assert "SENSOR LOST" in text
    assert "no data for 7 s" in text
    assert "40°" not in text.replace("41°", "")


def test_markup_in_a_name_is_text():
    live, _ = model(replace(HEAD, name="[red]cap[/] [link=x]"))
    assert "[red]cap[/] [link=x]" in _shown(live)


def test_lines_one_per_change_without_a_tty(monkeypatch):
    monkeypatch.setattr(terminal, "REFRESH_S", 0.01)
    live, clock = model(simulated=True)
    stop, out = threading.Event(), io.StringIO()
    runner = threading.Thread(target=run_terminal, args=(live, stop), kwargs={"stream": out})
    runner.start()

    def wait_for(words: str) -> None:
        for _ in range(500):
            if words in out.getvalue():
                return
            threading.Event().wait(0.01)
        stop.set()
        raise AssertionError(out.getvalue())

    wait_for("WARMING UP: Looking for the cap sensor")
    feed(live, clock, 0, 5)
    wait_for("GOOD: Head level, shoulders relaxed")
    event = Event(6 * NS_PER_S, EventKind.HEAD_DOWN, "head", prompted=True, detail={"pitch_deg": 31.0, "limit": 20.0})
    live.update(PipelineOutput((), (event,), ()))
    wait_for("0:06  cue     Head down: 31° down (limit 20°)")
    feed(live, clock, 5, 6)
    live.notice("No sound: no device")
    wait_for("No sound: no device")
    live.ground(Ground(0, 3.0, 0.05, "treadmill"))
    wait_for("0:05  Ground: 6.7 mph, incline 5.0 %")
    live.rest(306 * NS_PER_S)
    wait_for("0:05  note    Cues rest until 5:06")
    stop.set()
    runner.join(10)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("SIMULATED")
    assert len(lines) == 7  # nothing is repeated


def test_a_narrow_encoding_is_no_error():
    live, _ = busy_run()
    raw = io.BytesIO()
    stop = threading.Event()
    stop.set()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    run_terminal(live, stop, stream=stream)
    assert b"EYES UP: Look 4?7 ft ahead" in raw.getvalue()


class _Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_tty_gets_the_panel():
    live, _ = busy_run()
    stop = threading.Event()
    stop.set()
    out = _Tty()
    run_terminal(live, stop, stream=out)
    assert "EYES UP" in out.getvalue()
    assert "\x1b[" in out.getvalue()
