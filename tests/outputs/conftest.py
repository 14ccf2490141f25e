"""A sound system of our own for the players' tests."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest


class PortAudioError(Exception):
    pass


class FakeStream:
    """What sounddevice.OutputStream offers; the test pulls blocks from it."""

    def __init__(self, samplerate, device, channels, dtype, latency, callback) -> None:
        self.rate_hz, self.device, self.channels = samplerate, device, channels
        self.asked_latency, self.latency = latency, 0.05
        self.callback, self.active, self.closed = callback, False, 0
        assert dtype == "float32"

    def start(self) -> None:
        self.active = True

    def close(self) -> None:
        self.active = False
        self.closed += 1

    def pull(self, frames: int, underflow: bool = False) -> np.ndarray:
        out = np.full((frames, self.channels), np.nan, np.float32)
        self.callback(out, frames, None, SimpleNamespace(output_underflow=underflow))
        return out


class FakeSoundSystem:
    """A stand-in for the sounddevice module, with a device list fixed at its start, as PortAudio's is."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        self.plugged = [
            ("HDMI", 2, 44_100),
            ("pulse", 32, 48_000),
            ("Buds of Jo", 1, 24_000),
            ("Microphone", 0, 48_000),
        ]
        self.broken = False
        self.streams: list[FakeStream] = []
        self.starts = 0
        self.default = SimpleNamespace(device=[0, 0])
        self._initialize()

    def _terminate(self) -> None:
        assert not any(s.active for s in self.streams), "PortAudio was ended under an open stream"

    def _initialize(self) -> None:
        self.listed = list(self.plugged)
        self.starts += 1

    def query_devices(self) -> list[dict[str, object]]:
        if self.broken:
            raise PortAudioError("Error querying device -1")
        return [
            {"index": i, "name": n, "max_output_channels": c, "default_samplerate": float(r)}
            for i, (n, c, r) in enumerate(self.listed)
        ]

    def OutputStream(self, **options) -> FakeStream:
        if self.plugged[options["device"]][0] == "HDMI":
            raise PortAudioError("Device unavailable")
        self.streams.append(FakeStream(**options))
        return self.streams[-1]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSoundSystem:
    """Installed in place of sounddevice."""
    system = FakeSoundSystem()
    monkeypatch.setitem(sys.modules, "sounddevice", system)
    return system
