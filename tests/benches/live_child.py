"""The process of the live bench: a whole SIMULATED run in real time, as `headsup live --simulate` makes it.

`python -m tests.benches.live_child MINUTES RECORDING [--sound]` prints what the probes noted, as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from calibration import store
from monitor import __version__
from monitor.commands.live import LiveRun
from monitor.dashboard.app import run_live
from monitor.outputs.audio import SoundOptions
from monitor.outputs.lasting import LastingPlayer
from monitor.outputs.player import CuePlayer, NullPlayer
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse
from monitor.settings import Settings
from monitor.simulator.companion_radio import companion_radio
from monitor.sources.ble import BleSource
from monitor.sources.ble_companions import CompanionSource
from monitor.sources.side_by_side import SideBySide
from monitor.values import Event, Ground, HeartRate, Mode, RunInfo, Track
from tests.benches.frames import FrameTimes, FrameWatch
from tests.benches.live_wearer import COMPANIONS, REQUESTS, wearer
from tests.benches.probes import DecisionTimes, TimedRadio, TimedSound, WatchedWriter

WATCH_S = 0.5
NOT_COMPARED = {"sensor", "display_deg"}
"""The needle without delay is worked out only where somebody watches."""


@dataclass(slots=True)
class Watch:
    """Ends the run in time, looks after its health, and learns the threads' names."""

    live: LiveRun
    seconds: float
    over: threading.Event = field(default_factory=threading.Event)
    names: dict[int, str] = field(default_factory=dict)

    def run(self) -> None:
        """Until the end; marks the middle, as a runner would."""
        started_s = time.monotonic()
        marked = False
        while not self.over.wait(WATCH_S):
            for thread in threading.enumerate():
                if thread.native_id is not None and not thread.name.startswith("Dummy"):
                    self.names[thread.native_id] = thread.name
            self.live.watch_health()
            past_s = time.monotonic() - started_s
            if not marked and past_s >= self.seconds / 2:
                marked = True
                self.live.mark("note")
            if past_s >= self.seconds or self.live.session.failure is not None:
                self.over.set()


def run(minutes: float, path: Path, *, sound: bool) -> dict[str, Any]:
    """The run, its replay, and all that was noted on the way."""
    seconds = 60.0 * minutes
    # The search takes some seconds, and the motion must not end before the run.
    runner = wearer(seconds + 10.0)
    settings = Settings(mode=Mode.ROAD)
    info = RunInfo(path.stem, "2026-01-01T00:00:00+00:00", settings.mode, True, __version__, "SIMULATED bench")
    writer = WatchedWriter(path, info, settings.to_json(), store.to_json(runner.profile))
    radio, timed = TimedRadio(runner.radio), TimedSound()
    source = SideBySide(BleSource(REQUESTS, radio), CompanionSource(COMPANIONS, companion_radio()))
    player: CuePlayer = NullPlayer("not wanted")
    if sound:
        timed.install()
        player = LastingPlayer(SoundOptions(volume=1.0))
    no_sound = "" if player.status().working else player.status().sentence
    decisions = DecisionTimes(writer, lambda: live.session.clock_ns())
    live = LiveRun(source, settings, runner.profile, writer, player, REQUESTS, simulate=True, listeners=(decisions,))
    times = FrameTimes()
    watch = Watch(live, seconds)
    started_s = time.monotonic()
    live.start()
    threading.Thread(target=watch.run, name="watch", daemon=True).start()
    frames = FrameWatch(times)
    _when_qt_runs(frames, seconds / 2)
    run_live(live.model, live, recording=True, stop_event=watch.over)
    ended_s = time.monotonic()
    live.stop()
    if live.session.failure is not None:
        raise live.session.failure
    if timed.native_id is not None:
        watch.names[timed.native_id] = "sound"
    return {
        "started_s": started_s,
        "ended_s": ended_s,
        "turned_s": times.turned_s,
        "ticks_s": times.ticks_s,
        "shown_s": times.shown_s,
        "threads": watch.names,
        "notification_ns": decisions.notification_ns,
        "batches": decisions.batches,
        "reader_core_s": radio.core_ns / 1e9,
        "reader_notifications": radio.notifications,
        "prompted_ns": [t_ns for t_ns, event in writer.decided if event.prompted],
        "sounding_ns": timed.sounding_ns,
        "sound_latency_s": timed.latency_s,
        "no_sound": no_sound,
        "underflows": player.status().underflows,
        "kinds": _counted([event.kind.value for event in decisions.events]),
        "lost_entries": writer.status().lost,
    } | replayed(path, decisions.events, decisions.tracks())


def _when_qt_runs(frames: FrameWatch, turn_after_s: float) -> None:
    """Qt's application must exist before a timer of its can be set."""
    from monitor.dashboard.app import application

    application()
    frames.begin(then=lambda: frames.turn_page_after(turn_after_s))


def replayed(path: Path, events: list[Event], tracks: dict[str, Track]) -> dict[str, Any]:
    """Whether the recording's replay gives the live run's events, and its posture values, to the last bit."""
    with open_recording(path) as recording:
        analysis = analyse(recording)
        kept = [entry.event for entry in recording.live_events()]
        controls = recording.controls()
    columns = [f.name for f in fields(Track) if f.name not in NOT_COMPARED]
    same_tracks = tracks.keys() == analysis.tracks.keys() and all(
        getattr(tracks[key], name).tobytes() == getattr(analysis.tracks[key], name).tobytes()
        for key in tracks
        for name in columns
    )
    return {
        "events": len(events),
        "same_events": _bits(analysis.events) == _bits(events) == _bits(kept),
        "values": sum(len(track) for track in tracks.values()) * len(columns),
        "same_values": same_tracks,
        "grounds": sum(isinstance(entry, Ground) for entry in controls),
        "heart_beats": sum(isinstance(entry, HeartRate) for entry in controls),
    }


def _bits(events: Any) -> list[str]:
    """Each event with every digit of its numbers: equal texts are equal bits, NaN included."""
    return [f"{e.t_ns} {e.kind} {e.sensor} {e.prompted} {sorted(e.detail.items())!r}" for e in events]


def _counted(words: list[str]) -> dict[str, int]:
    names, counts = np.unique(np.array(words, dtype=str), return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]), Path(sys.argv[2]), sound="--sound" in sys.argv)))
