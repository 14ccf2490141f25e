"""The process of the day bench: 24 h of two SIMULATED sensors through a session, as fast as it takes them.

Every notification comes alone and in order of arrival, as from the radio.

`python -m tests.benches.day_child HOURS RECORDING SAMPLES` prints a line of JSON after each simulated hour. The
session, its pipeline, the recording and the screen's model are the live run's own; the window draws some seconds of
every hour.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from calibration import store
from calibration.model import HeadCalibration, Profile, ShoulderCalibration, SiteCalibration
from monitor.commands.listeners import CueListener, ModelListener, NewsListener
from monitor.commands.live_conditions import ConditionsListener
from monitor.commands.news import News
from monitor.dashboard.app import application
from monitor.dashboard.snapshot import NoActions
from monitor.dashboard.viewmodel import LiveModel
from monitor.dashboard.window import LiveWindow
from monitor.outputs.player import NullPlayer
from monitor.recording.writer import RecordingWriter
from monitor.session import Session
from monitor.settings import Settings
from monitor.sources.base import SensorReady, Sink
from monitor.values import (
    NS_PER_S,
    Control,
    FloatArray,
    Ground,
    HeartRate,
    PacketBlock,
    PipelineOutput,
    SensorInfo,
    packet,
)
from tests.benches import processes
from tests.benches.material import info, run_info, stamped_packets

KEYS = ("head", "collar")
FAMILY = "openearable2"
HOUR_S = 3600
SLICE_S = 10
"""At once while nobody looks: a session that is behind takes as much at a time."""
DRAWN_S = 10
"""Of every hour, drawn at 30 frames a second, half of it on each page."""
FRAMES_PER_S = 30
APART_NS = 20_000_000
"""Between the notifications of the two sensors."""
STAMP = slice(2, 10)
"""Where a notification holds the sensor's own time, in microseconds."""
BEHIND_S = 120.0
"""A session that takes longer for a slice hangs."""


def profile() -> Profile:
    """Both sensors calibrated, so that all of a run's work is done."""
    up, nod = (0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)
    return Profile(
        "bench", "2026-01-01T00:00:00+00:00", True,
        (
            SiteCalibration("head", "head", "", "", "vqf", (), head=HeadCalibration(up, nod, 9.0)),
            SiteCalibration(
                "collar", "collar", "", "", "vqf", (), shoulders=ShoulderCalibration(up, (0.0, 4.0, 0.0), 12.0, 3.0)
            ),
        ),
    )  # fmt: skip


def hour_of(acc: FloatArray, gyr: FloatArray) -> list[PacketBlock]:
    """An hour's notifications of both sensors, in order of arrival; `acc`, `gyr` (n,3)."""
    entries: list[PacketBlock] = []
    for place, key in enumerate(KEYS):
        whole = stamped_packets(key, acc, gyr)
        times_ns = (whole.t_ns - APART_NS * place).tolist()
        entries += [packet(key, t_ns, data) for t_ns, data in zip(times_ns, whole.payloads(), strict=True)]
    return sorted(entries, key=lambda entry: int(entry.t_ns[0]))


def _later(entry: PacketBlock, by_ns: int) -> PacketBlock:
    """The same notification, arrived and stamped by its sensor so much later."""
    stamp_us = int.from_bytes(entry.data[STAMP], "little") + by_ns // 1000
    data = entry.data[: STAMP.start] + stamp_us.to_bytes(STAMP.stop - STAMP.start, "little") + entry.data[STAMP.stop :]
    return PacketBlock(entry.sensor, entry.t_ns + by_ns, entry.ends, data)


class PushedSource:
    """A source that is pushed by hand."""

    def __init__(self) -> None:
        self.sink: Sink = lambda item: None

    def start(self, sink: Sink, clock_ns: Callable[[], int]) -> None:
        self.sink = sink
        for key in KEYS:
            sink(SensorReady(0, info(key, FAMILY)))

    def stop(self) -> None:
        """Nothing comes by itself."""


class Follower:
    """The last listener: how far the session has come, and how many events there were."""

    def __init__(self) -> None:
        self._far = threading.Condition()
        self._t_ns = 0
        self.events = 0

    def sensor(self, info: SensorInfo) -> None:
        """Nothing to follow."""

    def control(self, entry: Control) -> None:
        """Nothing to follow."""

    def output(self, output: PipelineOutput) -> None:
        with self._far:
            self.events += len(output.events)
            self._t_ns = max([self._t_ns, *(quality.last_arrival_ns or 0 for quality in output.quality)])
            self._far.notify_all()

    def wait_for(self, t_ns: int) -> None:
        """Until what arrived then is worked off. Raises RuntimeError when that never happens."""
        with self._far:
            if not self._far.wait_for(lambda: self._t_ns >= t_ns, BEHIND_S):
                raise RuntimeError("the session hangs")


class Day:
    """The run: a session, its screen, and the clock of what was pushed."""

    def __init__(self, path: Path, acc: FloatArray, gyr: FloatArray) -> None:
        settings, own = Settings(), profile()
        self.writer = RecordingWriter(path, run_info(), settings.to_json(), store.to_json(own))
        self._hour = hour_of(acc, gyr)
        self._arrivals_ns = [int(entry.t_ns[0]) for entry in self._hour]
        self._now_ns = 0
        sees = dict.fromkeys(KEYS, "bench")
        self.model = LiveModel(settings, [info(key, FAMILY) for key in KEYS], sees, True, lambda: self._now_ns)
        player, self.follower, self._source = NullPlayer(), Follower(), PushedSource()
        conditions = ConditionsListener(self.model, player, lambda: self.session.quiet_until_ns)
        listeners = (ModelListener(self.model, own), conditions, NewsListener(News()), CueListener(player))
        self.session = Session(self._source, settings, own, self.writer, [*listeners, self.follower])
        self.session.start()

    def slices(self, hour: int, from_s: float, to_s: float, every_s: float) -> Iterator[None]:
        """Push what arrives in these seconds of an hour, so much at a time, and wait until each lot is worked off."""
        hour_ns = hour * HOUR_S * NS_PER_S
        start_ns = hour_ns + round(from_s * NS_PER_S)
        at = bisect_right(self._arrivals_ns, start_ns - hour_ns)
        for step in range(1, round((to_s - from_s) / every_s) + 1):
            now_ns = start_ns + round(step * every_s * NS_PER_S)
            end = bisect_right(self._arrivals_ns, now_ns - hour_ns)
            for entry in self._hour[at:end]:
                self._source.sink(_later(entry, hour_ns))
            self._now_ns = now_ns
            if end > at:
                self.follower.wait_for(hour_ns + self._arrivals_ns[end - 1])
            at = end
            yield

    def companions(self) -> None:
        """What a treadmill and a strap would tell now."""
        speed_m_s = 3.0 + 0.1 * (self._now_ns // (60 * NS_PER_S) % 5)
        self._source.sink(Ground(self._now_ns + 1, speed_m_s, 0.01, "treadmill"))
        self._source.sink(HeartRate(self._now_ns + 2, 140.0 + self._now_ns // NS_PER_S % 7, "heart_strap"))


def drawn(day: Day, window: LiveWindow, hour: int, from_s: float, to_s: float) -> list[float]:
    """ms of the window's thread for each frame, from looking at the model to the last pixel."""
    took_ms = []
    for _ in day.slices(hour, from_s, to_s, 1 / FRAMES_PER_S):
        start = time.perf_counter()
        window.refresh()
        window.repaint()
        QApplication.processEvents()
        took_ms.append(1e3 * (time.perf_counter() - start))
    return took_ms


def live(hours: int, path: Path, samples: Path) -> None:
    """Push it all; one line after each hour, and one at the end."""
    with np.load(samples) as saved:
        acc, gyr = saved["acc"], saved["gyr"]
    application()
    day = Day(path, acc, gyr)
    window = LiveWindow(day.model, NoActions(), glance=True)
    for timer in window.findChildren(QTimer):
        timer.stop()  # a frame is drawn when we say so, and only then
    window.show()
    seen_s, half_s = HOUR_S - DRAWN_S, HOUR_S - DRAWN_S // 2
    for hour in range(hours):
        start = time.perf_counter()
        for minute_s in range(0, seen_s, 60):
            for _ in day.slices(hour, minute_s, min(minute_s + 60, seen_s), SLICE_S):
                QApplication.processEvents()
            day.companions()
            # Somebody looks once a minute.
            window.refresh()
            QApplication.processEvents()
        runner_ms = drawn(day, window, hour, seen_s, half_s)
        QTest.keyClick(window, "g")
        charts_ms = drawn(day, window, hour, half_s, HOUR_S)
        QTest.keyClick(window, "g")
        told = {
            "hour": hour + 1,
            "took_s": time.perf_counter() - start,
            "runner_ms": runner_ms,
            "charts_ms": charts_ms,
            "events": day.follower.events,
        }
        if processes.TELLS:
            told |= {
                "memory_mb": processes.memory_mb(),
                "threads": processes.threads(),
                "open_files": processes.open_files(),
            }
        print(json.dumps(told), flush=True)
        if day.session.failure is not None:
            raise day.session.failure
    window.end_now()
    day.session.stop()
    status = day.writer.close()
    print(json.dumps({"lost": status.lost, "file_mb": os.path.getsize(path) / 1e6, "events": day.follower.events}))


if __name__ == "__main__":
    live(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
