"""The live bench: a run of some minutes of real time in a process of its own, watched from outside, and its rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.benches import servers
from tests.benches.probes import SILENCE_NS
from tests.benches.processes import TELLS, Observer, core_seconds
from tests.benches.rows import Row, below, missing, spread_ms

SETTLE_S = 8.0
"""After the start: imports are done, the window is up, the sensors are found."""
TURN_S = 1.0
"""Around the turn of the page, which is one slow frame that nobody minds."""
LATE_S = 0.050
"""A frame that comes half a frame late; 33 ms are wanted."""
HEARD_WITHIN_NS = 2_000_000_000
RADIO_THREADS = ("bluetooth", "companions")


@dataclass(frozen=True, slots=True)
class Observed:
    """What the run noted of itself, and what was seen from outside."""

    found: dict[str, Any]
    pid: int
    observer: Observer
    screen: str
    screen_share: float
    """Part of a core that the X server took; NaN without one."""
    no_sound: str
    ear_ns: list[int]


def observe(minutes: float) -> Observed:
    """The whole run. Raises CalledProcessError where it fails; its complaints go to stderr."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        with servers.screen() as (screen_env, screen, screen_pid), servers.sound(folder) as (sound_env, no_sound):
            ear = None if no_sound else servers.Ear(sound_env)
            command = [sys.executable, "-m", "tests.benches.live_child", str(minutes), str(folder / "live.headsup")]
            command += [] if no_sound else ["--sound"]
            # Whoever measures is not to hear it on their own loudspeakers.
            env = {key: value for key, value in os.environ.items() if not key.startswith("PULSE")}
            env |= {**screen_env, **sound_env, "HEADSUP_HOME": str(folder)}
            before = _used_s(screen_pid)
            # ALSA writes a line for each time the sound ran dry, which is counted and told as a row.
            with (folder / "complaints.txt").open("w+", encoding="utf-8") as complaints:
                child = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=complaints, text=True)
                observer = Observer(child.pid)
                if TELLS:
                    observer.start()
                out, _ = child.communicate()
                if child.returncode:
                    complaints.seek(0)
                    print(complaints.read(), file=sys.stderr)
            observer.stop()
            after = _used_s(screen_pid)
            if ear is not None:
                ear.stop()
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, command)
        found: dict[str, Any] = json.loads(out)
        share = (after - before) / (found["ended_s"] - found["started_s"])
        return Observed(found, child.pid, observer, screen, share, no_sound, ear.onsets_ns if ear else [])


def _used_s(pid: int | None) -> float:
    return sum(core_seconds(pid).values()) if pid is not None and TELLS else float("nan")


def rows(minutes: float) -> list[Row]:
    """Run it and tell."""
    seen = observe(minutes)
    return [*_frame_rows(seen), *_core_rows(seen), *_decision_rows(seen), *_sound_rows(seen), *_proof_rows(seen)]


def _spans(found: dict[str, Any]) -> dict[str, tuple[float, float]]:
    """Monotonic seconds in which each page was shown, without start, turn and end."""
    start, turn, end = found["started_s"] + SETTLE_S, found["turned_s"], found["ended_s"]
    return {"the runner": (start, turn - TURN_S), "the charts": (turn + TURN_S, end - TURN_S)}


def _frame_rows(seen: Observed) -> list[Row]:
    out = []
    for page, (a, b) in _spans(seen.found).items():
        what = f"frames a second, {page}, {seen.screen}"
        shown = np.array([t for t in seen.found["shown_s"] if a <= t <= b])
        ticks = np.array([t for t in seen.found["ticks_s"] if a <= t <= b])
        if len(shown) < 2 or len(ticks) < 2:
            out.append(missing(what, "the run was too short", "30"))
            continue
        rate = (len(shown) - 1) / (shown[-1] - shown[0])
        gaps = np.diff(ticks)
        late = int((gaps > LATE_S).sum())
        text = f"{rate:.1f} shown; {late} of {len(gaps)} ({late / len(gaps):.1%}) over {1e3 * LATE_S:.0f} ms apart, "
        text += f"p99 {1e3 * np.percentile(gaps, 99):.0f}, max {1e3 * gaps.max():.0f} ms"
        out.append(Row(what, text, "30", bool(rate >= 29.5)))
    return out


def _core_rows(seen: Observed) -> list[Row]:
    """By thread; what the SIMULATED sensors and the virtual radio take is told apart."""
    target = "25 % of a core"
    if not TELLS:
        return [missing("dashboard (thread of the window)", "only Linux tells the time of other threads", target)]
    found = seen.found
    names = {int(number): str(name) for number, name in found["threads"].items()}
    out = []
    for page, span in _spans(found).items():
        what = f"dashboard (thread of the window), {page}"
        share = seen.observer.shares(*span).get(seen.pid)
        if share is None:
            out.append(missing(what, "the run was too short", target))
        else:
            out.append(below(what, f"{share:.1%} of a core", share, 0.25, target))
    shares = seen.observer.shares(found["started_s"] + SETTLE_S, found["ended_s"] - TURN_S)
    if not shares:
        return out
    span_s = found["ended_s"] - found["started_s"]
    reader = found["reader_core_s"] / span_s
    radio = sum(shares.get(number, 0.0) for number, name in names.items() if name in RADIO_THREADS)
    whole = sum(shares.values())
    parts = {
        "window": shares.get(seen.pid, 0.0),
        **{
            name: sum(shares.get(number, 0.0) for number, its in names.items() if its == name)
            for name in ("session", "recording", "sound")
        },
        "reader of the notifications": reader,
    }
    parts["all else"] = whole - radio + reader - sum(parts.values())
    text = ", ".join(f"{name} {share:.1%}" for name, share in parts.items())
    out.append(Row("Heads Up in all, by thread", f"{whole - radio + reader:.1%} of a core: {text}"))
    out.append(Row("SIMULATED sensors and virtual radio, in the same process", f"{radio - reader:.1%} of a core"))
    if seen.screen_share == seen.screen_share:
        out.append(Row("the virtual X screen, a process of its own", f"{seen.screen_share:.1%} of a core"))
    waits = seen.observer.waits(found["started_s"] + SETTLE_S, found["ended_s"] - TURN_S)
    session = sum(waits.get(number, 0.0) for number, name in names.items() if name == "session")
    text = f"window {waits.get(seen.pid, 0.0):.1%}, session {session:.1%} of the time"
    out.append(Row("ready to run, but no core was free", text))
    memory = [s.memory_mb for s in seen.observer.samples if s.t_s > found["started_s"] + SETTLE_S]
    out.append(Row("memory of the process, first and last", f"{memory[0]:.0f} and {memory[-1]:.0f} MB"))
    return out


def _decision_rows(seen: Observed) -> list[Row]:
    found = seen.found
    text, p99 = spread_ms(ns / 1e6 for ns in found["notification_ns"])
    batches = np.array(found["batches"] or [0])
    return [
        below("notification's arrival to the decision on it, live", text, p99, 20.0, "p99 20 ms"),
        Row("notifications a decision", f"{batches.mean():.1f} on average, {batches.max()} at most"),
    ]


def _sound_rows(seen: Observed) -> list[Row]:
    found, target = seen.found, "100 ms"
    accepted, heard = (
        "alert decided to its first sample at the sound card",
        "alert decided to its sound in the null sink",
    )
    if why := seen.no_sound or found["no_sound"]:
        return [missing(what, why, target) for what in (accepted, heard)]
    sounding = found["sounding_ns"]
    # What speaks already when an alert is decided hides where that one's sound begins.
    alone = [t for t in found["prompted_ns"] if not any(a <= t <= b + SILENCE_NS for a, b in sounding)]
    hidden = len(found["prompted_ns"]) - len(alone)
    at_card = first_after([a for a, _ in sounding], alone)
    in_sink = first_after(seen.ear_ns, alone)
    out = []
    for what, onsets in ((accepted, at_card), (heard, in_sink)):
        text, _ = spread_ms(onsets)
        text += f"; {len(alone) - len(onsets)} of {len(alone)} not heard" if len(onsets) < len(alone) else ""
        text += f"; {hidden} more while another sound went on" if hidden else ""
        met = len(onsets) == len(alone) and max(onsets, default=np.nan) <= 100.0
        out.append(Row(what, text, target, met if alone else None))
    text = f"{1e3 * found['sound_latency_s']:.0f} ms; {found['underflows']} times it ran dry"
    return [*out, Row("the sound system's own buffer, as it says", text)]


def first_after(onsets_ns: list[int], asked_ns: list[int]) -> list[float]:
    """For each time asked the ms until the next onset; left out where none came within 2 s."""
    found = []
    for asked in asked_ns:
        after = [t for t in onsets_ns if asked <= t <= asked + HEARD_WITHIN_NS]
        if after:
            found.append((min(after) - asked) / 1e6)
    return found


def _proof_rows(seen: Observed) -> list[Row]:
    found = seen.found
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found["kinds"].items()))
    same, values = found["same_events"], found["same_values"]
    return [
        Row(
            "events of the run and of its recording's replay",
            f"{found['events']}, {'bit for bit the same' if same else 'NOT the same'} ({kinds})",
            "the same",
            bool(same) and found["events"] > 0,
        ),
        Row(
            "posture values of the run and of the replay",
            f"{found['values']}, {'bit for bit the same' if values else 'NOT the same'}",
            "the same",
            bool(values) and found["values"] > 0,
        ),
        Row(
            "entries of the run that were not recorded",
            f"{found['lost_entries']} (treadmill told {found['grounds']} changes, strap {found['heart_beats']})",
            "0",
            found["lost_entries"] == 0,
        ),
    ]
