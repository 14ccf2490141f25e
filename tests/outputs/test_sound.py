"""Heard for real: the player through PortAudio, a private PulseAudio server and the monitor of its null sink."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from monitor.outputs.clips import BUILT_IN, read_wav, resampled
from monitor.outputs.cues import Cue, render
from monitor.outputs.phrases import Clip

RATE_HZ = 48_000
SPACING_S = 1.0
SPEECH_S = 4.5

pytestmark = [
    pytest.mark.sound,
    pytest.mark.skipif(
        not (shutil.which("pulseaudio") and shutil.which("parec") and shutil.which("pactl")),
        reason="pulseaudio or pulseaudio-utils is not installed",
    ),
]

PLAY = textwrap.dedent(
    """
    import sys, time
    from monitor.outputs.audio import SoundOptions, open_player
    from monitor.outputs.cues import Cue
    from monitor.outputs.phrases import Clip
    from monitor.values import Event, EventKind
    player, why = open_player(SoundOptions(volume=1.0))
    if why:
        print("silent", why, flush=True)
        sys.exit(0)
    print("device", player.status().device, flush=True)
    time.sleep(float(sys.argv[1]))
    for cue in Cue:
        assert player.play(cue)
        print("asked", cue.value, time.time(), flush=True)
        time.sleep(float(sys.argv[1]))
    assert player.play(Event(0, EventKind.SHOULDERS_UP, prompted=True))
    print("asked", "event", time.time(), flush=True)
    time.sleep(float(sys.argv[2]))
    status = player.status()
    print("delay", status.start_delay_s, status.underflows, flush=True)
    player.close()
    """
)


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of a PulseAudio server of our own, whose only output is the null sink 'alert'."""
    runtime = tmp_path_factory.mktemp("pulse")
    runtime.chmod(0o700)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PULSE", "DBUS"))}
    env |= {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime), "XDG_CONFIG_HOME": str(runtime)}
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += ["-L", "module-native-protocol-unix", "-L", f"module-null-sink sink_name=alert rate={RATE_HZ}"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            answer = subprocess.run(["pactl", "list", "short", "sinks"], env=env, capture_output=True, text=True)
            if "alert" in answer.stdout:
                break
            if server.poll() is not None:
                pytest.skip(f"the private PulseAudio server ended with {server.returncode}")
            time.sleep(0.1)
        else:
            pytest.skip("the private PulseAudio server did not come up within 10 s")
        yield env
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


@pytest.fixture(scope="module")
def heard(sink: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, float, dict[str, float]]:
    """The sink's recording (n,), the clock time of its first sample, and when each sound was asked for."""
    raw = tmp_path_factory.mktemp("heard") / "monitor.raw"
    record = ["parec", "-d", "alert.monitor", "--latency-msec=5", f"--rate={RATE_HZ}", "--format=s16le", "--channels=1"]
    with raw.open("wb") as file:
        recorder = subprocess.Popen(record, env=sink, stdout=file)
        try:
            start_s = _first_byte(raw)
            root = Path(__file__).resolve().parents[2]
            answer = subprocess.run(
                [sys.executable, "-c", PLAY, str(SPACING_S), str(SPEECH_S)],
                env=sink | {"PYTHONPATH": str(root)},
                capture_output=True,
                text=True,
                timeout=90,
                check=True,
            )
        finally:
            recorder.terminate()
            recorder.wait(10)
    lines = [line.split(" ") for line in answer.stdout.splitlines()]
    if lines[0][0] == "silent":
        pytest.skip(f"PortAudio does not see the null sink (libasound2-plugins missing?): {' '.join(lines[0][1:])}")
    print("\n" + answer.stdout.strip().splitlines()[0], "|", answer.stdout.strip().splitlines()[-1])
    samples = np.frombuffer(raw.read_bytes(), "<i2") / 32768
    return samples, start_s, {line[1]: float(line[2]) for line in lines if line[0] == "asked"}


def _first_byte(path: Path) -> float:
    for _ in range(500):
        size = path.stat().st_size
        if size:
            return time.time() - size / 2 / RATE_HZ
        time.sleep(0.01)
    raise AssertionError("the recorder gave nothing within 5 s")


def match(recording: np.ndarray, template: np.ndarray) -> tuple[float, int]:
    """The best normalised correlation of a template in a recording, and where it starts."""
    size = 1 << int(np.ceil(np.log2(len(recording) + len(template))))
    product = np.fft.rfft(recording, size) * np.conj(np.fft.rfft(template, size))
    correlation = np.fft.irfft(product, size)[: max(1, len(recording) - len(template))]
    energy = np.concatenate([[0.0], np.cumsum(recording**2)])
    window = np.sqrt(np.maximum(energy[len(template) :] - energy[: -len(template)], 1e-9))[: len(correlation)]
    score = correlation / (window * np.linalg.norm(template))
    score[window < 0.02 * np.linalg.norm(template)] = 0
    best = int(np.argmax(score))
    return float(score[best]), best


def test_every_cue_is_heard_and_told_from_the_others(heard: tuple[np.ndarray, float, dict[str, float]]) -> None:
    samples, start_s, asked = heard
    delays_ms = {}
    for cue in Cue:
        # The next cue is asked for one spacing later: it must not be in this one's window.
        first = round((asked[cue.value] - start_s - 0.05) * RATE_HZ)
        window = samples[first : first + round((SPACING_S - 0.05) * RATE_HZ)]
        scores = {other: match(window, render(other, RATE_HZ)) for other in Cue}
        best = max(scores, key=lambda other: scores[other][0])
        assert best is cue, {other.value: round(s, 2) for other, (s, _) in scores.items()}
        assert scores[cue][0] > 0.9
        delays_ms[cue.value] = round((first + scores[cue][1]) / RATE_HZ * 1000 - (asked[cue.value] - start_s) * 1000)
    print("\nonset in ms after play():", delays_ms)


def test_an_event_is_heard_as_its_tone_and_its_sentence(heard: tuple[np.ndarray, float, dict[str, float]]) -> None:
    samples, start_s, asked = heard
    window = samples[round((asked["event"] - start_s - 0.1) * RATE_HZ) :]
    tone, tone_at = match(window, render(Cue.SHOULDERS, RATE_HZ))
    assert tone > 0.9

    def pieces_heard(clip: Clip) -> list[tuple[bool, int]]:
        """Of each loud quarter second of a clip: whether it is in the recording, and how much later than the tone.

        Piece by piece, because a busy machine may let the stream run dry once, which shifts all that follows.
        """
        sentence = resampled(read_wav(BUILT_IN / f"{clip.value}.wav"), RATE_HZ)
        pieces = [(i, sentence[i : i + RATE_HZ // 4]) for i in range(0, len(sentence) - RATE_HZ // 4, RATE_HZ // 4)]
        found = [(i, match(window, piece)) for i, piece in pieces if piece.std() > 0.05]
        return [(score > 0.9, at - i - tone_at) for i, (score, at) in found]

    right, wrong = pieces_heard(Clip.SHOULDERS), pieces_heard(Clip.LOOK_UP)
    assert np.mean([heard for heard, _ in right]) >= 0.7
    assert np.mean([heard for heard, _ in wrong]) <= 0.2
    # The sentence follows the tone: never into it.
    after_tone = len(render(Cue.SHOULDERS, RATE_HZ)) + 0.08 * RATE_HZ
    assert min(later for heard, later in right if heard) >= after_tone - 480


def test_between_the_cues_it_is_quiet(heard: tuple[np.ndarray, float, dict[str, float]]) -> None:
    samples, start_s, asked = heard
    for cue in Cue:
        before = round((asked[cue.value] - start_s - 0.3) * RATE_HZ)
        assert np.abs(samples[before : before + round(0.25 * RATE_HZ)]).max() < 1e-3
