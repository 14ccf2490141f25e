#!/usr/bin/env python3
"""Render the spoken clips of `monitor.outputs.phrases` to WAV files with espeak-ng.

    python tools/make_clips.py [FOLDER] [--voice en-us+f3] [--speed 160]

Each WAV is mono, 16 bit, 22.05 kHz, with 80 ms of silence at both ends and its peak at 0.8; an INFO chunk carries the
sentence and how it was made, so a test can tell a stale clip. The pieces of `monitor.outputs.pieces` (say_*.wav) join
to sentences: 20 ms of silence at both ends, 250 ms where a sentence is over; at 16 kHz they are 5 MB, not 7. Replace
any by a recording of your own.
"""

from __future__ import annotations

import argparse
import io
import struct
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from monitor.outputs.clips import BUILT_IN, Recording, resampled
from monitor.outputs.cues import PEAK
from monitor.outputs.phrases import TEXTS, file_name
from monitor.outputs.pieces import Piece

SILENCE_S = 0.08
PIECE_HZ = 16_000
JOIN_S, SENTENCE_S = 0.02, 0.25
"""Silence at the ends of a piece, and behind the last one of a sentence."""
FADE_S = 0.005
AUDIBLE = 0.004


def speak(text: str, voice: str, speed: int) -> tuple[np.ndarray, int]:
    """Samples (n,) -1..1 and their rate. Raises CalledProcessError or FileNotFoundError."""
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", "45", "--stdout", text]
    answer = subprocess.run(command, capture_output=True, check=True)
    with wave.open(io.BytesIO(answer.stdout)) as wav:  # the header's length is a placeholder: read to the end
        rate_hz = wav.getframerate()
        raw = wav.readframes(len(answer.stdout) // 2)
    samples = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2") / 32768
    if not len(samples) or np.abs(samples).max() < AUDIBLE:
        raise RuntimeError(f"espeak-ng gave no sound for {text!r}: {answer.stderr.decode(errors='replace').strip()}")
    return samples, rate_hz


def trimmed(samples: np.ndarray, rate_hz: int, before_s: float = SILENCE_S, behind_s: float = SILENCE_S) -> np.ndarray:
    """The audible part at peak 0.8 with short fades, between two silences."""
    loud = np.flatnonzero(np.abs(samples) > AUDIBLE)
    part = samples[loud[0] : loud[-1] + 1] * (PEAK / np.abs(samples).max())
    fade = np.linspace(0, 1, round(FADE_S * rate_hz))
    part[: len(fade)] *= fade
    part[-len(fade) :] *= fade[::-1]
    return np.concatenate([np.zeros(round(before_s * rate_hz)), part, np.zeros(round(behind_s * rate_hz))])


def info_chunk(text: str, made_by: str) -> bytes:
    """A RIFF LIST chunk with the sentence (INAM) and the software (ISFT)."""
    body = b"INFO"
    for key, value in ((b"INAM", text), (b"ISFT", made_by)):
        data = value.encode() + b"\0"
        body += key + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"LIST" + struct.pack("<I", len(body)) + body


def wav_bytes(samples: np.ndarray, rate_hz: int, info: bytes) -> bytes:
    """A whole WAV file, mono 16 bit, with the info chunk behind the sound."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate_hz)
        wav.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    data = buffer.getvalue() + info
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def save(path: Path, samples: np.ndarray, rate_hz: int, text: str, made_by: str) -> None:
    """Write one WAV and say so."""
    data = wav_bytes(samples, rate_hz, info_chunk(text, made_by))
    path.write_bytes(data)
    print(f"{path.name}  {len(data) / 1000:.0f} kB  {text}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument("--voice", default="en-us+f3")
    parser.add_argument("--speed", type=int, default=160, help="words per minute")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        version = subprocess.run(["espeak-ng", "--version"], capture_output=True, check=True, text=True).stdout
        made_by = f"{version.split('Data at')[0].strip()}, voice {options.voice}, {options.speed} words per minute"
        for clip, text in TEXTS.items():
            samples, rate_hz = speak(text, options.voice, options.speed)
            save(options.folder / file_name(clip), trimmed(samples, rate_hz), rate_hz, text, made_by)
        for piece in Piece:
            # The voice falls at a full stop alone; before a comma it stays up, as more is to come.
            text = piece.value if piece.ends_sentence else f"{piece.value},"
            samples, rate_hz = speak(text, options.voice, options.speed)
            samples = resampled(Recording(trimmed(samples, rate_hz), rate_hz), PIECE_HZ)
            part = trimmed(samples, PIECE_HZ, JOIN_S, SENTENCE_S if piece.ends_sentence else JOIN_S)
            save(options.folder / file_name(piece), part, PIECE_HZ, piece.value, made_by)
    except FileNotFoundError:
        print("espeak-ng is not installed; on Debian and Ubuntu: apt install espeak-ng", file=sys.stderr)
        return 2
    except (subprocess.CalledProcessError, RuntimeError) as error:
        print(f"espeak-ng failed: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
