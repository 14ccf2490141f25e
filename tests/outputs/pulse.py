"""A PulseAudio server of our own with null sinks, and the recording of what a sink plays: nothing of it is audible."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

RATE_HZ = 48_000
ROOT = Path(__file__).resolve().parents[2]
MISSING = not all(shutil.which(tool) for tool in ("pulseaudio", "parec", "pactl"))
_DEVICE = 'pcm.%s { type pulse device "%s" hint { show on description "%s" } }\n'


class PulseServer:
    """Start, kill and start again; `sinks` are its outputs, the first one its default."""

    def __init__(self, folder: Path, sinks: tuple[str, ...] = ("alert",)) -> None:
        folder.chmod(0o700)
        self.folder, self._sinks = folder, sinks
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PULSE", "DBUS", "ALSA"))}
        self.env |= {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self.env |= {"PYTHONPATH": str(ROOT)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers; skips the test where it does not."""
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        command += ["-L", "module-native-protocol-unix"]
        for sink in self._sinks:
            command += ["-L", f"module-null-sink sink_name={sink} rate={RATE_HZ}"]
        self._process = subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if all(sink in self.control("list", "short", "sinks") for sink in self._sinks):
                return
            if self._process.poll() is not None:
                pytest.skip(f"the private PulseAudio server ended with {self._process.returncode}")
            time.sleep(0.1)
        pytest.skip("the private PulseAudio server did not come up within 10 s")

    def control(self, *words: str) -> str:
        """What `pactl` says."""
        return subprocess.run(["pactl", *words], env=self.env, capture_output=True, text=True).stdout

    def name_outputs(self, *sinks: str) -> None:
        """These sinks become outputs of their own name for ALSA programs, as plugged-in headphones are."""
        text = "".join(_DEVICE % (sink, sink, sink) for sink in sinks)
        (self.folder / ".asoundrc").write_text(text)

    def signal(self, number: int) -> None:
        """E.g. SIGSTOP: it no longer answers, but is there."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """As a crash: without a word to its clients."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """In order."""
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
            process.wait(10)


class Monitor:
    """Records a sink from `with` on."""

    def __init__(self, server: PulseServer, sink: str = "alert") -> None:
        self._server, self._sink = server, sink
        self._raw = server.folder / f"{sink}-{time.monotonic_ns()}.raw"
        self.start_s = 0.0
        """`time.time()` of the first sample."""

    def __enter__(self) -> Monitor:
        command = ["parec", "-d", f"{self._sink}.monitor", "--latency-msec=5", f"--rate={RATE_HZ}"]
        self._file = self._raw.open("wb")
        self._process = subprocess.Popen(
            [*command, "--format=s16le", "--channels=1"], env=self._server.env, stdout=self._file
        )
        for _ in range(500):
            if size := self._raw.stat().st_size:
                self.start_s = time.time() - size / 2 / RATE_HZ
                return self
            time.sleep(0.01)
        raise AssertionError("the recorder gave nothing within 5 s")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._file.close()

    def samples(self) -> np.ndarray:
        """All so far (n,), -1..1."""
        data = self._raw.read_bytes()
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2") / 32768
