"""A WAV file of a person's own, read with suspicion: plain PCM or floats, bounded by its true size.

The standard library's reader knows neither floats nor (before Python 3.12) the extensible header that many recorders
write for 24 bits, and it believes what the header says of the length.
"""

from __future__ import annotations

import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from monitor.errors import HeadsUpError
from monitor.values import FloatArray

MAX_BYTES = 8_000_000
MAX_DURATION_S = 15.0
MIN_DURATION_S = 0.05
MIN_RATE_HZ, MAX_RATE_HZ = 8_000, 192_000
MIN_PEAK = 0.01
"""-40 dB: below this a recording is taken for silence."""
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_SUBFORMAT_TAIL = bytes.fromhex("000000001000800000aa00389b71")
"""What follows the two bytes of the format in an extensible header (KSDATAFORMAT_SUBTYPE)."""
_MOST_CHUNKS = 1000
"""A recorder writes a handful; a file of nothing but empty ones would keep the reader busy."""
_SAVE_AS = "save it as WAV, 16-bit PCM"


class ClipError(HeadsUpError):
    """A WAV file that cannot be used. Attributes: `path`, `reason`."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Recording:
    """Mono samples (n,), -1..1, at `rate_hz`."""

    samples: FloatArray
    rate_hz: int


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int


def read_recording(path: Path) -> Recording:
    """A WAV file as mono, as loud as it is. Raises ClipError.

    Accepts PCM of 8, 16, 24 or 32 bits and floats of 32 or 64, 1 or 2 channels, 8 to 192 kHz, up to 15 s and 8 MB.
    """
    data = _whole_file(path)
    form, sound = _chunks(path, data)
    samples = _as_float(
        form, sound[: len(sound) // (form.channels * form.bits // 8) * (form.channels * form.bits // 8)]
    )
    with np.errstate(over="ignore", invalid="ignore"):
        mono: FloatArray = samples.reshape(-1, form.channels).mean(axis=1)
    if len(mono) < MIN_DURATION_S * form.rate_hz:
        raise ClipError(path, "is too short to be heard")
    if len(mono) > MAX_DURATION_S * form.rate_hz:
        raise ClipError(path, f"is longer than {MAX_DURATION_S:g} s; a runner needs it short")
    if not np.isfinite(mono).all():
        raise ClipError(path, f"holds values that are no sound; {_SAVE_AS}")
    if float(np.abs(mono).max()) < MIN_PEAK:
        raise ClipError(path, "is silent")
    return Recording(mono, form.rate_hz)


def _whole_file(path: Path) -> bytes:
    with _open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > MAX_BYTES:
            raise ClipError(path, f"is larger than {MAX_BYTES // 1_000_000} MB")
        try:
            data = file.read(MAX_BYTES + 1)  # it may grow while it is read
        except OSError as error:
            raise ClipError(path, f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise ClipError(path, f"is larger than {MAX_BYTES // 1_000_000} MB")
    return data


def _open_regular(path: Path) -> BinaryIO:
    """An ordinary file, opened. Not blocking: a named pipe in the folder must not hold the program up."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a name of a file"
        raise ClipError(path, f"cannot be read: {reason}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ClipError(path, "is not a file")
    return os.fdopen(handle, "rb")


def _chunks(path: Path, data: bytes) -> tuple[_Format, bytes]:
    """The format, and the bytes of the sound. A length that promises more than there is means 'to the end'."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ClipError(path, f"is not a WAV file; {_SAVE_AS}")
    form: _Format | None = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            break
        name, (size,) = data[at : at + 4], struct.unpack_from("<I", data, at + 4)
        body = at + 8
        if name == b"fmt ":
            form = _format(path, data[body : body + min(size, 40)])
        elif name == b"data":
            if form is None:
                break
            return form, data[body : body + size]
        at = body + size + size % 2
    raise ClipError(path, f"is not a WAV file that is whole; {_SAVE_AS}")


def _format(path: Path, chunk: bytes) -> _Format:
    if len(chunk) < 16:
        raise ClipError(path, f"is not a WAV file that is whole; {_SAVE_AS}")
    tag, channels, rate_hz, _, frame, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 40 and chunk[26:40] == _SUBFORMAT_TAIL:
        (tag,) = struct.unpack_from("<H", chunk, 24)
    if tag not in (_PCM, _FLOAT):
        raise ClipError(path, f"is a compressed WAV file; {_SAVE_AS}")
    if channels not in (1, 2):
        raise ClipError(path, f"has {channels} channels; save it as mono or stereo")
    if bits not in ((8, 16, 24, 32) if tag == _PCM else (32, 64)):
        raise ClipError(path, f"has {bits} bits per value; {_SAVE_AS}")
    if frame != channels * bits // 8:
        raise ClipError(path, f"is damaged; {_SAVE_AS}")
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise ClipError(path, f"has {rate_hz} samples per second; save it with 44100")
    return _Format(tag, channels, rate_hz, bits)


def _as_float(form: _Format, raw: bytes) -> FloatArray:
    """Little-endian values as floats; integers as -1..1."""
    if form.tag == _FLOAT:
        with np.errstate(invalid="ignore"):  # a signalling NaN; the caller refuses it
            return np.frombuffer(raw, f"<f{form.bits // 8}").astype(np.float64)
    if form.bits == 8:
        return np.asarray((np.frombuffer(raw, np.uint8) - 128.0) / 128)
    if form.bits == 24:
        # Three bytes above a zero byte are the same value times 256.
        padded = np.zeros((len(raw) // 3, 4), np.uint8)
        padded[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return np.asarray(padded.view("<i4")[:, 0] / 2.0**31)
    return np.asarray(np.frombuffer(raw, f"<i{form.bits // 8}") / 2.0 ** (form.bits - 1))
