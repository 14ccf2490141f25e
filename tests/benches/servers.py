"""A screen and a sound system of our own, where Xvfb and PulseAudio are installed; both end with the bench."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

SINK_RATE_HZ = 48_000
LOUD = 0.003
"""Part of full scale: the null sink is silent to the last bit."""


@contextmanager
def screen() -> Iterator[tuple[Mapping[str, str], str, int | None]]:
    """Environment for Qt, what the screen is, and the server's process; off screen where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}, "drawn off screen: Xvfb is not installed", None
        return
    ours, theirs = os.pipe()
    command = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(theirs,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(theirs)
    try:
        with os.fdopen(ours) as told:
            number = told.readline().strip()
        if not number:
            yield {"QT_QPA_PLATFORM": "offscreen"}, "drawn off screen: Xvfb did not start", None
        else:
            yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}, "on a virtual X screen", server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


@contextmanager
def sound(folder: Path) -> Iterator[tuple[Mapping[str, str], str]]:
    """Environment of a PulseAudio server whose only output is the null sink 'alert'; and why there is none, or ''."""
    wanted = ("pulseaudio", "pactl", "parec")
    if missing := [name for name in wanted if shutil.which(name) is None]:
        yield {}, f"no PulseAudio ({', '.join(missing)} not installed)"
        return
    runtime = folder / "pulse"
    runtime.mkdir(mode=0o700)
    ours = {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime), "XDG_CONFIG_HOME": str(runtime)}
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PULSE", "DBUS"))} | ours
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += ["-L", "module-native-protocol-unix", "-L", f"module-null-sink sink_name=alert rate={SINK_RATE_HZ}"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield ours, "" if _answers(server, env) else "PulseAudio did not start"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def _answers(server: subprocess.Popen[bytes], env: Mapping[str, str]) -> bool:
    for _ in range(100):
        told = subprocess.run(["pactl", "list", "short", "sinks"], env=env, capture_output=True, text=True)
        if "alert" in told.stdout:
            return True
        if server.poll() is not None:
            return False
        time.sleep(0.1)
    return False


class Ear:
    """Listens to the null sink: when does a sound begin there, on the monotonic clock?"""

    def __init__(self, env: Mapping[str, str], silence_s: float = 0.25) -> None:
        command = ["parec", "-d", "alert.monitor", "--latency-msec=5", f"--rate={SINK_RATE_HZ}", "--format=s16le"]
        self._recorder = subprocess.Popen([*command, "--channels=1"], env={**os.environ, **env}, stdout=subprocess.PIPE)
        self._silence_s = silence_s
        self.onsets_ns: list[int] = []
        self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        self._recorder.terminate()
        self._recorder.wait(10)
        self._thread.join(10)

    def _listen(self) -> None:
        assert self._recorder.stdout is not None
        silent_s = self._silence_s
        pipe = self._recorder.stdout.fileno()
        odd = b""
        while data := os.read(pipe, 65_536):
            now_s = time.monotonic()
            data = odd + data
            odd = data[len(data) // 2 * 2 :]
            loud = np.flatnonzero(np.abs(np.frombuffer(data[: len(data) // 2 * 2], "<i2")) > LOUD * 32768)
            n = len(data) // 2
            if len(loud) == 0:
                silent_s += n / SINK_RATE_HZ
                continue
            if silent_s + loud[0] / SINK_RATE_HZ >= self._silence_s:
                # What was read last is what sounded last; so the first loud sample lies this far back.
                self.onsets_ns.append(round(1e9 * (now_s - (n - int(loud[0])) / SINK_RATE_HZ)))
            silent_s = (n - 1 - int(loud[-1])) / SINK_RATE_HZ
