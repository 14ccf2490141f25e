"""Follows the posture of each sensor during a session, without a calibration: what a guided calibration and the
10-second check see of the wearer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from calibration.finding import Finding
from calibration.held import Seen
from calibration.selfcheck import Rest, check_rest
from monitor.posture.channel import PostureChannel, is_trusted
from monitor.posture.stride import StrideMean
from monitor.session import Recorder
from monitor.timing.sensor_slots import SensorSlots
from monitor.values import (
    NS_PER_S,
    Activity,
    Event,
    GridBlock,
    LinkChange,
    LinkState,
    LogEntry,
    PacketBlock,
    SensorInfo,
)

LOOK_S = 0.1
"""How often a sensor is looked at."""
REST_S = 3.0
"""So much of the last samples is kept for the self-check."""


class PostureWatch:
    """A recorder that follows the posture of each sensor, uncalibrated: the eyes of the guide and of the check.

    writer : who keeps the recording as well; None where nothing is kept. `append...` are called by the session's
    worker; `looks` and `rest_findings` by whoever leads.
    """

    def __init__(self, writer: Recorder | None = None) -> None:
        self._writer = writer
        self._lock = threading.Lock()
        self._chains: dict[str, _Chain] = {}
        self._looks: list[tuple[int, Seen]] = []

    def append(self, entry: LogEntry) -> None:
        """What arrived, to be kept and looked at."""
        if self._writer is not None:
            self._writer.append(entry)
        if isinstance(entry, PacketBlock) and entry.sensor in self._chains:
            with self._lock:
                self._looks += self._chains[entry.sensor].push(entry)
        elif isinstance(entry, LinkChange) and entry.state is LinkState.LOST and entry.sensor in self._chains:
            with self._lock:
                self._chains[entry.sensor].slots.relink()

    def append_sensor(self, info: SensorInfo, t_ns: int) -> None:
        """A sensor was set up; one that comes back the same goes on where it left off."""
        if self._writer is not None:
            self._writer.append_sensor(info, t_ns)
        with self._lock:
            known = self._chains.get(info.key)
            if known is None or not known.slots.fits(info):
                self._chains[info.key] = _Chain(info)

    def append_event(self, event: Event, t_ns: int) -> None:
        """Kept, not looked at."""
        if self._writer is not None:
            self._writer.append_event(event, t_ns)

    def looks(self, origin_ns: int) -> list[Seen]:
        """All looks since the last call, on the clock that starts at `origin_ns`."""
        with self._lock:
            taken, self._looks = self._looks, []
        return [replace(seen, t_s=(t_ns - origin_ns) / NS_PER_S) for t_ns, seen in taken]

    def rest_findings(self) -> tuple[Finding, ...]:
        """Doubts about the sensors, judged on the last seconds, in which the wearer should have stood still."""
        with self._lock:
            rests: Mapping[str, Rest | None] = {key: chain.rest() for key, chain in self._chains.items()}
        return tuple(f for key, rest in rests.items() if rest is not None for f in check_rest(key, rest))


class _Chain:
    """One sensor from notifications to looks."""

    def __init__(self, info: SensorInfo) -> None:
        self.slots = SensorSlots(info)
        self._channel = PostureChannel(self.slots.has_gyro, None)
        self._mean: StrideMean | None = None
        self._period_s = 0.0
        self._last: deque[GridBlock] = deque()

    def push(self, packets: PacketBlock) -> list[tuple[int, Seen]]:
        """The looks that some notifications bring, with their times on the run clock."""
        out: list[tuple[int, Seen]] = []
        for block in self.slots.push(packets):
            self._last.append(block)
            while sum(len(b) for b in self._last) * block.period_s > REST_S and len(self._last) > 1:
                self._last.popleft()
            out += self._look(block)
        return out

    def rest(self) -> Rest | None:
        """The last samples; None where there are none."""
        if not self._last:
            return None
        real = np.concatenate([b.real for b in self._last])
        acc, gyr, clipped = (
            np.concatenate([getattr(b, name) for b in self._last])[real] for name in ("acc", "gyr", "clipped")
        )
        return Rest(acc, gyr, clipped, 1.0 / self._last[-1].period_s, self.slots.info.rate_hz)

    def _look(self, block: GridBlock) -> list[tuple[int, Seen]]:
        posture = self._channel.push(block)
        if self._mean is None or self._period_s != posture.period_s:
            self._mean = StrideMean(posture.period_s, columns=3)
            self._period_s = posture.period_s
        elif posture.restart:
            self._mean.restart()
        mean = self._mean.push(posture.up, posture.stride_slots)
        mean = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)
        strayed_deg = np.degrees(np.linalg.norm(posture.up - mean, axis=1))
        trusted = is_trusted(posture.reason)
        every = max(1, round(LOOK_S / posture.period_s))
        return [
            (
                int(posture.t_ns[i]),
                Seen(
                    sensor=self.slots.info.key,
                    t_s=0.0,
                    up=(float(mean[i, 0]), float(mean[i, 1]), float(mean[i, 2])),
                    trusted=bool(trusted[i]),
                    activity=Activity(int(posture.activity[i])),
                    cadence_spm=float(posture.cadence_spm[i]),
                    spread_deg=float(np.sqrt(np.mean(strayed_deg[max(0, i - every + 1) : i + 1] ** 2))),
                ),
            )
            for i in range(-posture.index % every, len(posture), every)
        ]
