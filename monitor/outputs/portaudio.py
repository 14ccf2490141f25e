"""The sound card, by way of sounddevice (PortAudio): imported late, because it may be missing."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.errors import OutputUnavailableError
from monitor.outputs import alsa

LATENCY_S = 0.07
"""Less crackles on a busy machine, since the mixing is Python; more is felt as late."""
_SERVERS = ("pipewire", "pulse", "default")
"""Sound servers' devices: they follow the desktop's choice of output, a 'hw:' device may be an unplugged HDMI plug."""


class OutputStream(Protocol):
    """The part of sounddevice's OutputStream that is used."""

    @property
    def active(self) -> bool: ...

    @property
    def latency(self) -> float: ...

    def start(self) -> None: ...

    def close(self) -> None: ...


class _SafeStream:
    """An open stream that may be closed twice, by any thread, and also by `load(fresh=True)`.

    Starting PortAudio anew frees its streams; whoever closed one of them after that would crash the program.
    """

    def __init__(self, stream: OutputStream) -> None:
        self._stream: OutputStream | None = stream
        self._lock = threading.Lock()

    @property
    def active(self) -> bool:
        stream = self._stream
        # A close that is under way must not be waited for: it may hang with its sound server.
        return stream is not None and not self._lock.locked() and bool(stream.active)

    @property
    def latency(self) -> float:
        stream = self._stream
        return 0.0 if stream is None else float(stream.latency)

    def start(self) -> None:
        if self._stream is not None:
            self._stream.start()

    def close(self) -> None:
        with self._lock:
            if self._stream is not None:
                self._stream.close()
                self._stream = None
        _streams.discard(self)


_streams: set[_SafeStream] = set()
_starting = threading.Lock()
"""PortAudio is one for the whole program: it is started anew, and streams are opened, by one thread at a time."""


@dataclass(frozen=True, slots=True)
class OutputDevice:
    """One place to play: its number, name, channels and its own sample rate."""

    index: int
    name: str
    channels: int
    rate_hz: int


Fill = Callable[[int], NDArray[np.float32]]
"""`fill(frames)` gives the next (frames,) samples."""


def load(*, fresh: bool = False) -> Any:
    """The sounddevice module. `fresh` looks for devices again, which ends every open stream.

    Raises OutputUnavailableError where the module or the PortAudio library is missing or fails.
    """
    alsa.silence()
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        remedy = "On Debian and Ubuntu: apt install libportaudio2" if sys.platform == "linux" else "Reinstall Heads Up"
        raise OutputUnavailableError("sound", f"the PortAudio library cannot be loaded ({error})", remedy) from error
    if fresh:
        with _starting:
            for stream in tuple(_streams):
                stream.close()
            try:
                # PortAudio lists the devices once, when it starts; headphones that came later need a new start.
                sounddevice._terminate()
                sounddevice._initialize()
            except sounddevice.PortAudioError as error:
                raise OutputUnavailableError("sound", f"PortAudio does not start ({error})", "Try again") from error
    return sounddevice


def outputs(sd: Any) -> list[OutputDevice]:
    """All devices that can play. Raises OutputUnavailableError where PortAudio cannot say."""
    try:
        return [
            OutputDevice(int(d["index"]), str(d["name"]), int(d["max_output_channels"]), int(d["default_samplerate"]))
            for d in sd.query_devices()
            if d["max_output_channels"] > 0 and d["default_samplerate"] >= 8000
        ]
    except (sd.PortAudioError, ValueError) as error:
        raise OutputUnavailableError("sound", f"the sound devices cannot be listed ({error})", "Try again") from error


def choose(devices: list[OutputDevice], wanted: str | None, default_index: int) -> tuple[OutputDevice, str]:
    """The device to use and a sentence where it is not the wanted one, else ''. Raises OutputUnavailableError if none.

    `wanted` is a name or a part of one, whatever the case. Without it: a sound server, else the system's default.
    """
    if not devices:
        raise OutputUnavailableError("sound", "there are no loudspeakers or headphones", "Connect them and rescan")
    usual = _usual(devices, default_index)
    if wanted is None:
        return usual, ""
    name = wanted.casefold()
    for matches in (
        [d for d in devices if d.name.casefold() == name],
        [d for d in devices if name in d.name.casefold()],
    ):
        if name and matches:
            return matches[0], ""
    return usual, f"'{wanted}' was not found."


def _usual(devices: list[OutputDevice], default_index: int) -> OutputDevice:
    for server in _SERVERS:
        for device in devices:
            if device.name.casefold() == server:
                return device
    return next((d for d in devices if d.index == default_index), devices[0])


def open_stream(sd: Any, device: OutputDevice, fill: Fill, underflow: Callable[[], None]) -> OutputStream:
    """A started stream that calls `fill` from PortAudio's thread. Raises OutputUnavailableError."""

    def callback(outdata: NDArray[np.float32], frames: int, _time: object, status: Any) -> None:
        # An exception here would end the stream without a word, and with it all further cues.
        try:
            if status.output_underflow:
                underflow()
            outdata[:] = fill(frames)[:, None]
        except Exception:
            outdata.fill(0)
            underflow()

    try:
        with _starting:
            stream = _SafeStream(
                sd.OutputStream(
                    samplerate=device.rate_hz,
                    device=device.index,
                    channels=min(2, device.channels),
                    dtype="float32",
                    latency=LATENCY_S,
                    callback=callback,
                )
            )
            _streams.add(stream)
            stream.start()
    except (sd.PortAudioError, ValueError, OSError) as error:
        raise OutputUnavailableError(
            "sound", f"'{device.name}' cannot be opened ({error})", "Choose another"
        ) from error
    return stream
