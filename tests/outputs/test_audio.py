"""The player against a sound system of our own: opening, refusing, logging, losing and finding devices."""

from __future__ import annotations

import builtins
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from monitor.outputs import portaudio
from monitor.outputs.audio import AudioPlayer, SoundOptions, open_player, output_names
from monitor.outputs.clips import Recording
from monitor.outputs.cues import Cue, render
from monitor.outputs.phrases import LOW_BATTERY, PRAISE, Clip
from monitor.outputs.pieces import Piece
from monitor.outputs.player import LOG_LENGTH, NullPlayer
from monitor.outputs.shelf import SoundShelf
from monitor.settings import CueKinds
from monitor.values import Event, EventKind

if TYPE_CHECKING:
    from tests.outputs.conftest import FakeSoundSystem


def opened(options: SoundOptions | None = None) -> AudioPlayer:
    player, why = open_player(options)
    assert why is None
    assert isinstance(player, AudioPlayer)
    return player


# ---------------------------------------------------------------- playing


def test_a_cue_goes_to_every_channel_at_the_volume_asked(sound: FakeSoundSystem) -> None:
    player = opened(SoundOptions(volume=0.5))
    (stream,) = sound.streams
    assert (stream.rate_hz, stream.channels) == (48_000, 2)
    assert 0.05 <= stream.asked_latency <= 0.1
    assert player.play(Cue.SHOULDERS) is True
    out = stream.pull(24_000)
    expected = render(Cue.SHOULDERS, 48_000) * 0.5
    assert out[: len(expected), 0] == pytest.approx(expected, abs=1e-6)
    assert np.array_equal(out[:, 0], out[:, 1])
    assert not out[len(expected) :].any()
    assert not player.busy


def test_every_tone_and_every_clip_is_a_sound_of_its_own() -> None:
    """Tones and clips share words ('shoulders', 'good') and must not stand in for one another."""
    shelf = SoundShelf(8_000, {clip: Recording(np.full(300 + i, 0.1), 8_000) for i, clip in enumerate(Clip)})
    found = {sound: len(shelf.get(sound)) for sound in (*Cue, *Clip)}
    assert len(found) == len(Cue) + len(Clip)
    assert found[Cue.SHOULDERS] > 1000
    assert [found[clip] for clip in Clip] == [300 + i for i in range(len(Clip))]
    assert shelf.get(Piece.FIVE) is None


def test_an_event_is_a_tone_then_its_sentence(sound: FakeSoundSystem) -> None:
    player = opened(SoundOptions(volume=0.5))
    assert player.play(Event(0, EventKind.HEAD_DOWN, prompted=True, detail={"mode": "trail"}))
    out = sound.streams[0].pull(48_000 * 4)[:, 0]
    tone = render(Cue.EYES_UP, 48_000) * 0.5
    assert out[: len(tone)] == pytest.approx(tone, abs=1e-6)
    pause = out[len(tone) : len(tone) + round(0.08 * 48_000)]
    assert not pause.any()
    assert np.abs(out[len(tone) + len(pause) :]).max() > 0.2
    assert player.log()[-1].sounds == (Cue.EYES_UP, Clip.EYES_UP_TRAIL_FEET)


def test_without_speech_only_the_tone(sound: FakeSoundSystem) -> None:
    player = opened(SoundOptions(speech=False))
    player.play(LOW_BATTERY)
    player.play(Event(0, EventKind.HEAD_DOWN, prompted=True))
    assert [r.sounds for r in player.log()] == [(Cue.LOW_BATTERY,), (Cue.EYES_UP,)]


def test_an_event_that_is_no_prompt_is_neither_played_nor_logged(sound: FakeSoundSystem) -> None:
    player = opened()
    assert player.play(Event(0, EventKind.HEAD_DOWN, prompted=False)) is False
    assert player.play(Event(0, EventKind.MARK)) is False
    assert player.log() == ()
    assert not sound.streams[0].pull(4800).any()


def test_muted_requests_are_refused_with_a_reason(sound: FakeSoundSystem) -> None:
    player = opened()
    player.set_muted(True)
    assert player.play(Cue.TEST) is False
    assert (player.log()[-1].accepted, player.log()[-1].why) == (False, "Sound is muted.")
    assert player.status().sentence == "Sound is muted."
    assert (player.status().working, player.status().audible) == (True, False)
    player.set_muted(False)
    assert player.play(Cue.TEST) is True
    assert (player.status().requested, player.status().accepted) == (2, 1)


@pytest.mark.parametrize(
    ("what", "off"),
    [
        (LOW_BATTERY, CueKinds(battery=False)),
        (PRAISE, CueKinds(good=False)),
        (Event(0, EventKind.HEAD_DOWN, prompted=True), CueKinds(head=False)),
        (Event(0, EventKind.LINK_BACK, prompted=True), CueKinds(link=False)),
    ],
)
def test_a_kind_that_is_switched_off_is_silent_at_once_and_back_at_once(sound: FakeSoundSystem, what, off) -> None:
    player = opened()
    player.set_cues(off)
    assert player.play(what) is False
    assert player.log()[-1].why == "Switched off in your settings."
    assert player.play(Cue.TEST) is True  # all else is heard
    player.set_cues(CueKinds())
    assert player.play(what) is True


def test_a_count_that_comes_late_is_not_said(sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    player = opened()
    player.play((Piece.THREE,))
    player.play(Clip.RELAX)
    late_ns = time.monotonic_ns() + 1_000_000_000
    monkeypatch.setattr(player._mixer, "_clock_ns", lambda: late_ns)
    first = sound.streams[0].pull(48_000)[:, 0]
    relax = player._sounds.get(Clip.RELAX)
    assert first[: len(relax)] == pytest.approx(0.7 * relax[: len(first)], abs=1e-3)


def test_speech_is_switched_in_mid_run(sound: FakeSoundSystem) -> None:
    player = opened()
    player.set_speech(False)
    player.play(LOW_BATTERY)
    player.set_speech(True)
    player.play(LOW_BATTERY)
    assert [r.sounds for r in player.log()] == [(Cue.LOW_BATTERY,), LOW_BATTERY]


@pytest.mark.parametrize(("asked", "got"), [(0.3, 0.3), (-1, 0.0), (7, 1.0), (float("nan"), 0.0)])
def test_volume_is_kept_within_bounds(sound: FakeSoundSystem, asked: float, got: float) -> None:
    player = opened()
    player.set_volume(asked)
    assert player.status().volume == got
    assert player.status().audible == (got > 0)


def test_the_log_is_bounded_and_a_flood_is_refused(sound: FakeSoundSystem) -> None:
    player = opened()
    heard = [player.play(Clip.RELAX) for _ in range(LOG_LENGTH + 50)]
    assert 0 < sum(heard) <= 8
    assert player.log()[-1].why == "Too many sounds at once."
    assert len(player.log()) == LOG_LENGTH
    assert player.status().requested == LOG_LENGTH + 50


def test_play_is_safe_from_many_threads_while_the_card_pulls(sound: FakeSoundSystem) -> None:
    player = opened()
    stream = sound.streams[0]
    threads = [threading.Thread(target=lambda: [player.play(Cue.GOOD) for _ in range(50)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert np.isfinite(stream.pull(256)).all()
    assert player.status().requested == 300
    assert player.status().accepted >= sum(r.accepted for r in player.log())
    while player.busy:
        stream.pull(4800)
    # Nothing got stuck: there is room for the next sound.
    assert player.play(Cue.GOOD) is True


def test_status_tells_the_delay_and_the_crackles(sound: FakeSoundSystem) -> None:
    player = opened()
    assert player.status().start_delay_s is None
    player.play(Cue.TEST)
    sound.streams[0].pull(512, underflow=True)
    status = player.status()
    assert status.underflows == 1
    assert status.start_delay_s is not None
    assert 0.05 <= status.start_delay_s < 1
    assert status.sentence == "Cues play on 'pulse'."


def test_a_fault_while_mixing_is_silence_not_noise(sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    player = opened()
    monkeypatch.setattr(player._mixer, "fill", lambda frames: 1 / 0)
    assert not sound.streams[0].pull(100).any()
    assert player.status().underflows == 1


def test_closing_twice_gives_the_device_back_once(sound: FakeSoundSystem) -> None:
    player = opened()
    player.close()
    player.close()
    assert sound.streams[0].closed == 1
    assert player.play(Cue.TEST) is False
    assert player.status().sentence == "The sound is closed."
    assert player.status().audible is False


# ---------------------------------------------------------------- devices


@pytest.mark.parametrize(
    ("wanted", "device", "note"),
    [
        (None, "pulse", ""),
        ("buds", "Buds of Jo", ""),
        ("PULSE", "pulse", ""),
        ("Kitchen", "pulse", "'Kitchen' was not found."),
        ("", "pulse", "'' was not found."),
        ("Microphone", "pulse", "'Microphone' was not found."),
    ],
)
def test_a_device_is_chosen_by_name(sound: FakeSoundSystem, wanted: str | None, device: str, note: str) -> None:
    status = opened(SoundOptions(device=wanted)).status()
    assert status.device == device
    assert status.sentence == f"Cues play on '{device}'. {note}".strip()


def test_mono_headphones_at_another_rate(sound: FakeSoundSystem) -> None:
    player = opened(SoundOptions(device="Buds"))
    player.play(Clip.RELAX)
    out = sound.streams[0].pull(24_000)
    assert out.shape == (24_000, 1)
    assert 0.2 < np.abs(out).max() <= 0.8 * 0.7 + 1e-6


def test_without_a_sound_server_the_system_default_is_used(sound: FakeSoundSystem) -> None:
    sound.plugged = [("Speakers", 2, 48_000), ("Headset", 2, 48_000)]
    sound._initialize()
    sound.default.device[1] = 1
    assert opened().status().device == "Headset"
    sound.default.device[1] = -1
    assert opened().status().device == "Speakers"


def test_output_names_for_the_chooser(sound: FakeSoundSystem) -> None:
    assert output_names() == ("HDMI", "pulse", "Buds of Jo")
    sound.broken = True
    assert output_names() == ()


def test_a_device_in_use_by_another_program_costs_a_sentence_not_the_sound(sound: FakeSoundSystem) -> None:
    status = opened(SoundOptions(device="HDMI")).status()
    assert status.sentence == "Cues play on 'pulse'. 'HDMI' cannot be opened (Device unavailable)."
    assert (status.device, status.elsewhere) == ("pulse", True)
    assert not opened(SoundOptions(device="Buds")).status().elsewhere


def test_a_device_that_will_not_open_and_no_other_is_a_sentence(sound: FakeSoundSystem) -> None:
    sound.plugged = [("HDMI", 2, 48_000)]
    sound._initialize()
    for options in (SoundOptions(), SoundOptions(device="HDMI"), SoundOptions(device="Buds")):
        player, why = open_player(options)
        assert isinstance(player, NullPlayer)
        assert why == "No sound: 'HDMI' cannot be opened (Device unavailable). Choose another."


def test_a_broken_device_list_is_a_sentence(sound: FakeSoundSystem) -> None:
    sound.broken = True
    player, why = open_player()
    assert isinstance(player, NullPlayer)
    assert why is not None
    assert "cannot be listed" in why


def test_headphones_that_come_later_are_found_by_a_rescan(sound: FakeSoundSystem) -> None:
    later, sound.plugged = sound.plugged, []
    sound._initialize()
    player, why = open_player(SoundOptions(volume=0.3))
    assert why == "No sound: there are no loudspeakers or headphones. Connect them and rescan."
    assert player.play(Cue.TEST) is False
    assert player.log()[-1].why == why
    assert player.status().audible is False
    player, why = player.rescan()
    assert why is not None
    sound.plugged = later
    player.set_volume(0.6)
    player, why = player.rescan()
    assert why is None
    assert player.play(Cue.TEST) is True
    assert player.status().volume == 0.6


def test_a_rescan_keeps_volume_and_mute_and_never_leaves_two_streams(sound: FakeSoundSystem) -> None:
    first = opened()
    first.set_volume(0.25)
    first.set_muted(True)
    second, why = first.rescan()
    assert why is None
    assert [s.active for s in sound.streams] == [False, True]
    assert (second.status().volume, second.status().muted) == (0.25, True)
    assert sound.starts == 2


def test_another_start_of_the_sound_system_ends_every_stream_once_and_harms_nobody(sound: FakeSoundSystem) -> None:
    """The settings page looks again while a test, or the run, plays: no stream is closed after it was freed."""
    first, second = opened(), opened(SoundOptions(device="buds"))
    third, why = open_player(fresh=True)
    assert why is None
    assert [s.closed for s in sound.streams] == [1, 1, 0]
    assert first.play(Cue.TEST) is second.play(Cue.TEST) is False
    assert first.log()[-1].why == "'pulse' has gone away. Rescan the sound outputs."
    assert third.play(Cue.TEST) is True
    for player in (first, second, third):
        player.close()
    assert [s.closed for s in sound.streams] == [1, 1, 1]


def test_a_device_that_went_away_is_noticed(sound: FakeSoundSystem) -> None:
    player = opened()
    sound.streams[0].active = False
    assert player.play(Cue.EYES_UP) is False
    assert player.log()[-1].why == "'pulse' has gone away. Rescan the sound outputs."
    assert player.status().audible is False


def test_a_stream_that_stops_asking_is_noticed(sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    player = opened()
    sound.streams[0].pull(100)
    now_ns = time.monotonic_ns()
    monkeypatch.setattr(player, "_clock_ns", lambda: now_ns + 3_000_000_000)
    assert player.play(Cue.EYES_UP) is False
    assert "gone away" in player.status().sentence


def test_own_clips_that_cannot_be_used_are_told(sound: FakeSoundSystem, tmp_path: Path) -> None:
    (tmp_path / "good.wav").write_bytes(b"no")
    player = opened(SoundOptions(own_clips=tmp_path))
    assert "good.wav" in player.status().sentence
    assert player.play(Clip.GOOD) is True


# ---------------------------------------------------------------- no sound at all


def test_without_the_portaudio_library(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def no_portaudio(name, *args, **kwargs):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", no_portaudio)
    player, why = open_player()
    assert isinstance(player, NullPlayer)
    assert why is not None
    assert "PortAudio library" in why
    assert output_names() == ()
    assert player.play(Cue.TEST) is False


def test_a_portaudio_that_does_not_start_again(sound: FakeSoundSystem, monkeypatch: pytest.MonkeyPatch) -> None:
    player = opened()

    def fail() -> None:
        raise sound.PortAudioError("host error")

    monkeypatch.setattr(sound, "_initialize", fail)
    after, why = player.rescan()
    assert isinstance(after, NullPlayer)
    assert why is not None
    assert "does not start" in why


def test_the_null_player_has_nothing_to_rescan() -> None:
    player = NullPlayer()
    assert player.rescan() == (player, "Sound is switched off.")
    player.set_volume(0.4)
    player.set_muted(True)
    assert (player.status().volume, player.status().muted) == (0.4, True)
    player.close()


def test_importing_the_outputs_does_not_touch_the_sound_card() -> None:
    code = "import sys, monitor.outputs.audio; print('sounddevice' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_a_real_computer_without_sound_stays_quiet_and_kind() -> None:
    """With the true library and no server to reach: a player of either kind, a sentence, no noise on stderr."""
    code = (
        "from monitor.outputs.audio import open_player\n"
        "player, why = open_player()\n"
        "print(player.status().sentence); player.close()"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip().endswith(".")
    assert portaudio.LATENCY_S <= 0.1
