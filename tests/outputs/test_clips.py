"""The built-in voice, a person's own WAVs, and files that are neither."""

import os
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.outputs.clips import BUILT_IN, ClipError, Recording, load_clips, read_wav, resampled
from monitor.outputs.cues import PEAK
from monitor.outputs.phrases import TEXTS, Clip
from monitor.outputs.pieces import Piece
from monitor.outputs.wav import MAX_BYTES


def write_wav(path: Path, values: np.ndarray, rate_hz: int = 16_000, width: int = 2, channels: int = 1) -> Path:
    """PCM from floats (n,) or (n,channels)."""
    if width == 1:
        raw = np.round(values * 127 + 128).astype(np.uint8).tobytes()
    else:
        full = np.round(values * (2.0 ** (8 * width - 1) - 1)).astype("<i4")
        raw = full.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(width)
        wav.setframerate(rate_hz)
        wav.writeframes(raw)
    return path


def sine(seconds: float = 0.5, rate_hz: int = 16_000, level: float = 0.4) -> np.ndarray:
    return level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)


def text_of(path: Path) -> str:
    """The sentence in a WAV's INFO chunk."""
    data = path.read_bytes()
    at = data.index(b"INAM")
    (size,) = struct.unpack_from("<I", data, at + 4)
    return data[at + 8 : at + 8 + size].rstrip(b"\0").decode()


# ---------------------------------------------------------------- the built-in voice


@pytest.mark.parametrize("clip", list(Clip))
def test_built_in_clips_are_short_loud_and_padded(clip: Clip) -> None:
    path = BUILT_IN / f"{clip.value}.wav"
    with wave.open(str(path)) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, 22_050)
        values = np.frombuffer(wav.readframes(wav.getnframes()), "<i2") / 32768
    assert path.stat().st_size < 250_000
    assert 0.3 < len(values) / 22_050 < 5
    assert np.abs(values).max() == pytest.approx(PEAK, abs=0.01)
    assert not values[: round(0.05 * 22_050)].any()
    assert not values[-round(0.05 * 22_050) :].any()
    speaking = np.sqrt(np.mean(values[np.abs(values) > 0.01] ** 2))
    assert speaking > 0.1  # -20 dB: a voice, not a click


@pytest.mark.parametrize("clip", list(Clip))
def test_built_in_clips_say_the_sentence_in_force(clip: Clip) -> None:
    """Fails when a sentence changed and `tools/make_clips.py` was not run."""
    assert text_of(BUILT_IN / f"{clip.value}.wav") == TEXTS[clip]


def test_the_library_is_whole_and_without_complaint(tmp_path: Path) -> None:
    for folder in (None, tmp_path, tmp_path / "absent"):
        library = load_clips(folder)
        assert set(library.recordings) == {*Clip, *Piece}
        assert (library.own, library.problems) == ((), ())


# ---------------------------------------------------------------- a person's own


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def fmt(tag: int, channels: int, rate_hz: int, bits: int, more: bytes = b"") -> bytes:
    frame = channels * bits // 8
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate_hz, rate_hz * frame, frame, bits) + more)


def float_wav(values: np.ndarray, rate_hz: int = 16_000, channels: int = 1, width: int = 4) -> bytes:
    data = np.repeat(values[:, None], channels, axis=1).astype(f"<f{width}").tobytes()
    return riff(fmt(3, channels, rate_hz, 8 * width), chunk(b"data", data))


@pytest.mark.parametrize("width", [4, 8])
@pytest.mark.parametrize("channels", [1, 2])
def test_floats_are_read(tmp_path: Path, width: int, channels: int) -> None:
    (tmp_path / "x.wav").write_bytes(float_wav(3 * sine(), channels=channels, width=width))
    read = read_wav(tmp_path / "x.wav")
    assert np.abs(read.samples).max() == pytest.approx(PEAK)
    assert np.corrcoef(read.samples, sine())[0, 1] > 0.999


def test_the_extensible_header_of_24_bit_recorders_is_read(tmp_path: Path) -> None:
    plain = write_wav(tmp_path / "plain.wav", sine(), 44_100, width=3)
    subformat = struct.pack("<HHIH", 22, 24, 0, 1) + bytes.fromhex("000000001000800000aa00389b71")
    raw = plain.read_bytes()
    listed = chunk(b"LIST", b"INFOISFT\x03\0\0\0ab\0")  # an odd length is padded
    (tmp_path / "x.wav").write_bytes(riff(fmt(0xFFFE, 1, 44_100, 24, subformat), listed, raw[36:]))
    assert np.array_equal(read_wav(tmp_path / "x.wav").samples, read_wav(plain).samples)


def test_an_own_voice_does_not_come_late_for_its_silence(tmp_path: Path) -> None:
    waiting = np.zeros(16_000)
    for name in ("shoulders.wav", "say_five.wav"):
        write_wav(tmp_path / name, np.concatenate([waiting, sine(), waiting]))
    library = load_clips(tmp_path)
    assert library.own == (Clip.SHOULDERS, Piece.FIVE)
    assert len(library.recordings[Clip.SHOULDERS].samples) / 16_000 == pytest.approx(0.5 + 2 * 0.08, abs=0.01)
    assert len(library.recordings[Piece.FIVE].samples) / 16_000 == pytest.approx(0.5 + 2 * 0.02, abs=0.01)


def test_a_link_to_a_good_file_is_followed(tmp_path: Path) -> None:
    write_wav(tmp_path / "mine.wav", sine())
    (tmp_path / "good.wav").symlink_to("mine.wav")
    assert load_clips(tmp_path).own == (Clip.GOOD,)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_plain_pcm_is_read(tmp_path: Path, width: int, channels: int) -> None:
    values = np.repeat(sine()[:, None], channels, axis=1)
    read = read_wav(write_wav(tmp_path / "x.wav", values, width=width, channels=channels))
    assert read.rate_hz == 16_000
    assert np.abs(read.samples).max() == pytest.approx(PEAK)
    assert np.corrcoef(read.samples, sine())[0, 1] > 0.999


def test_an_own_recording_replaces_the_built_in(tmp_path: Path) -> None:
    write_wav(tmp_path / "shoulders.wav", sine())
    library = load_clips(tmp_path)
    assert library.own == (Clip.SHOULDERS,)
    assert library.problems == ()
    assert len(library.recordings[Clip.SHOULDERS].samples) == pytest.approx(8000, abs=100)


def bad_files(folder: Path) -> dict[str, str]:
    """Hostile or hopeless files by what their sentence must say."""
    good = write_wav(folder / "good.bin", sine()).read_bytes()

    def put(name: str, data: bytes) -> str:
        (folder / name).write_bytes(data)
        return name

    def patched(offset: int, value: bytes) -> bytes:
        return good[:offset] + value + good[offset + len(value) :]

    write_wav(folder / "silent.wav", np.zeros(8000))
    write_wav(folder / "long.wav", sine(16, 8000), 8000)
    write_wav(folder / "blip.wav", sine(0.01))
    write_wav(folder / "slow.wav", sine(), 4000)
    write_wav(folder / "six.wav", np.repeat(sine()[:, None], 6, axis=1), channels=6)
    with (folder / "huge.wav").open("wb") as file:
        file.write(good)
        file.truncate(MAX_BYTES + 1)
    (folder / "folder.wav").mkdir()
    os.mkfifo(folder / "pipe.wav")
    (folder / "dangling.wav").symlink_to(folder / "nowhere")
    return {
        put("empty.wav", b""): "not a WAV",
        put("text.wav", b"not a sound at all"): "not a WAV",
        put("cut.wav", good[:30]): "not a WAV",
        put("no_data.wav", good[:36]): "not a WAV",
        put("mp3.wav", patched(20, b"\x55\x00")): "compressed",
        put("half_float.wav", patched(20, b"\x03\x00")): "16 bits",
        put("zero_channels.wav", patched(22, b"\x00\x00")): "0 channels",
        put("odd_frames.wav", patched(32, b"\x05\x00")): "damaged",
        put("nan.wav", float_wav(np.full(8000, np.nan))): "no sound",
        put("endless.wav", float_wav(np.full(8000, 1e308), channels=2, width=8)): "no sound",
        put("many_channels.wav", patched(22, b"\xff\xff")): "channels",
        put("wide.wav", patched(34, b"\xff\x7f")): "bits",
        "silent.wav": "silent",
        "long.wav": "longer",
        "blip.wav": "too short",
        "slow.wav": "samples per second",
        "six.wav": "6 channels",
        "huge.wav": "larger",
        "folder.wav": "is not a file",
        "pipe.wav": "is not a file",
        "dangling.wav": "cannot be read",
    }


def test_bad_files_cost_one_sentence_each(tmp_path: Path) -> None:
    for name, says in bad_files(tmp_path).items():
        with pytest.raises(ClipError) as caught:
            read_wav(tmp_path / name)
        assert str(caught.value).startswith(f"{name}: ")
        assert says in str(caught.value), name


def test_a_bad_own_file_falls_back_to_the_built_in(tmp_path: Path) -> None:
    (tmp_path / "relax.wav").write_bytes(b"RIFF")
    library = load_clips(tmp_path)
    assert np.array_equal(library.recordings[Clip.RELAX].samples, load_clips().recordings[Clip.RELAX].samples)
    assert len(library.problems) == 1
    assert "relax.wav" in library.problems[0]
    assert "built-in" in library.problems[0]


def test_a_header_that_promises_too_much_is_read_to_the_end(tmp_path: Path) -> None:
    """Players that stream to a pipe leave 2 GB in the header."""
    data = write_wav(tmp_path / "x.wav", sine()).read_bytes()
    (tmp_path / "x.wav").write_bytes(data[:40] + struct.pack("<I", 0x7FFFFFFE) + data[44:])
    assert len(read_wav(tmp_path / "x.wav").samples) == 8000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=6), length=st.integers(0, 3000))
def test_any_damage_is_a_sound_or_a_sentence(tmp_path: Path, changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(write_wav(tmp_path / "x.wav", sine(0.08)).read_bytes()[:length])
    for at, value in changes:
        if at < len(data):
            data[at] = value
    (tmp_path / "x.wav").write_bytes(data)
    try:
        read = read_wav(tmp_path / "x.wav")
    except ClipError:
        return
    assert np.isfinite(read.samples).all()
    assert np.abs(read.samples).max() <= PEAK + 1e-9


# ---------------------------------------------------------------- another rate


@pytest.mark.parametrize("to_hz", [8_000, 22_050, 44_100, 48_000])
def test_resampling_keeps_pitch_length_and_level(to_hz: int) -> None:
    padded = np.concatenate([np.zeros(1000), sine(0.5, level=0.8), np.zeros(1000)])
    out = resampled(Recording(padded, 16_000), to_hz)
    assert len(out) / to_hz == pytest.approx(len(padded) / 16_000, abs=1e-4)
    spectrum = np.abs(np.fft.rfft(out * np.hanning(len(out)), 1 << 18))
    assert np.argmax(spectrum) * to_hz / (1 << 18) == pytest.approx(440, abs=2)
    assert np.abs(out).max() <= PEAK
    middle = out[len(out) // 4 : -len(out) // 4]
    assert middle.std() == pytest.approx(0.8 / np.sqrt(2), rel=0.02)
