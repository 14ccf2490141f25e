"""Outputs that come, go, hang and change under a player: a private PulseAudio server, killed and started again."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from monitor.outputs.cues import Cue
from monitor.outputs.phrases import Clip, Sound
from tests.outputs.heard import Heard, Templates, words_of
from tests.outputs.pulse import MISSING, Monitor, PulseServer

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.skipif(MISSING, reason="pulseaudio or pulseaudio-utils is not installed"),
]

PLAYER = textwrap.dedent(
    """
    import json, sys, time
    from monitor.outputs.audio import SoundOptions
    from monitor.outputs.cues import Cue
    from monitor.outputs.lasting import LastingPlayer
    from monitor.outputs.phrases import Clip
    kinds = {"Cue": Cue, "Clip": Clip}
    options = json.loads(sys.argv[1])
    player = LastingPlayer(SoundOptions(volume=1.0, **options), look_s=1.0)
    for line in sys.stdin:
        order = json.loads(line)
        began = time.monotonic()
        answer = None
        if "play" in order:
            answer = player.play(tuple(kinds[kind][name] for kind, name in order["play"]))
        elif "device" in order:
            player.set_device(order["device"])
        took = time.monotonic() - began
        status = player.status()
        heard = [[sound.name for sound in record.sounds] for record in player.log() if record.accepted]
        print(json.dumps({"answer": answer, "took_s": took, "working": status.working, "sentence": status.sentence,
                          "device": status.device, "elsewhere": status.elsewhere, "accepted": heard}), flush=True)
    player.close()
    """
)


class Runner:
    """A `LastingPlayer` in a program of its own."""

    def __init__(self, server: PulseServer, **options: object) -> None:
        self._errors = (server.folder / "stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLAYER, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=server.env,
            text=True,
        )

    def ask(self, **order: object) -> dict[str, object]:
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def play(self, *sounds: Sound) -> bool:
        answer = self.ask(play=[(type(sound).__name__, sound.name) for sound in sounds])
        assert answer["took_s"] < 0.5  # whatever the sound system does, the run goes on
        return bool(answer["answer"])

    def until(self, condition: Callable[[dict[str, object]], bool], seconds: float = 25.0) -> dict[str, object]:
        end_s = time.monotonic() + seconds
        while not condition(status := self.ask()):
            assert time.monotonic() < end_s, status
            time.sleep(0.1)
        return status

    def end(self) -> str:
        """Returns what it wrote to stderr."""
        if not self.process.stdin.closed:
            self.process.stdin.close()
            try:
                self.process.wait(30)
            finally:
                self.process.kill()
                self.process.stdout.close()
                self._errors.seek(0)
                self._said = self._errors.read()
                self._errors.close()
        return self._said


Start: TypeAlias = Callable[..., Runner]


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PulseServer]:
    found = PulseServer(tmp_path, ("alert", "buds"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def start(server: PulseServer) -> Iterator[Start]:
    """Starts runners on the server; ends them all."""
    runners: list[Runner] = []

    def start_one(**options: object) -> Runner:
        runners.append(Runner(server, **options))
        return runners[-1]

    yield start_one
    server.signal(signal.SIGCONT)
    for runner in runners:
        runner.end()


def working(status: dict[str, object]) -> bool:
    return bool(status["working"])


def silent(status: dict[str, object]) -> bool:
    return not status["working"]


def assert_heard(recording: Heard, templates: Templates, sound: Sound, from_s: float, to_s: float) -> None:
    """The sound, and no other, begins within the stretch."""
    name, score, _ = recording.name(templates, from_s, to_s + templates.length_s(sound), to_s - from_s)
    assert (words_of(name), score > 0.9) == (words_of(sound), True), (name, score)


def test_a_server_that_is_killed_in_mid_sentence_and_comes_back(
    server: PulseServer, start: Start, templates: Templates
) -> None:
    runner = start()
    runner.until(working)
    assert runner.play(Clip.FORM_CHECK)
    time.sleep(0.5)
    server.kill()
    said = runner.until(silent, 3)["sentence"]
    assert "gone away" in said or "No sound" in said
    assert runner.play(Cue.EYES_UP) is False
    time.sleep(0.3)
    server.start()
    back = runner.until(working)
    runner.until(lambda status: len(status["accepted"]) >= 3, 3)
    # The sentence that was cut off, and the cue that nobody heard, while they are of use.
    assert back["accepted"][0] == ["FORM_CHECK"]
    with Monitor(server) as monitor:
        time.sleep(7)  # what it makes up for is said by now
        asked_s = time.time() - monitor.start_s
        assert runner.play(Cue.LINK_BACK)
        time.sleep(1)
    assert_heard(Heard(monitor.samples()), templates, Cue.LINK_BACK, asked_s, asked_s + 0.4)
    assert "ALSA lib" not in runner.end()


def test_no_server_at_the_start_and_one_later(server: PulseServer, start: Start, templates: Templates) -> None:
    server.stop()
    runner = start()
    assert runner.until(silent)["sentence"] == (
        "No sound: there are no loudspeakers or headphones. Connect them and rescan."
    )
    assert runner.play(Cue.SHOULDERS) is False
    time.sleep(5)  # too late for that one
    server.start()
    assert runner.until(working)["accepted"] == []
    with Monitor(server) as monitor:
        asked_s = time.time() - monitor.start_s
        assert runner.play(Cue.SHOULDERS)
        time.sleep(1)
    assert_heard(Heard(monitor.samples()), templates, Cue.SHOULDERS, asked_s, asked_s + 0.4)


def test_a_server_that_hangs_is_told_and_does_not_hold_up_the_run(server: PulseServer, start: Start) -> None:
    runner = start()
    runner.until(working)
    server.signal(signal.SIGSTOP)
    status = runner.until(lambda s: "does not answer" in str(s["sentence"]), 12)
    assert not status["working"]
    assert runner.play(Cue.EYES_UP) is False
    server.signal(signal.SIGCONT)
    runner.until(working)
    assert runner.play(Cue.EYES_UP)


def test_a_player_ends_though_its_server_hangs(server: PulseServer, start: Start) -> None:
    runner = start()
    runner.until(working)
    server.signal(signal.SIGSTOP)
    runner.until(silent, 6)
    runner.end()
    assert runner.process.returncode == 0


def test_another_output_is_chosen_in_mid_sentence(server: PulseServer, start: Start, templates: Templates) -> None:
    server.name_outputs("alert", "buds")
    runner = start(device="alert")
    assert runner.until(working)["device"] == "alert"
    with Monitor(server, "alert") as first, Monitor(server, "buds") as second:
        asked_s = time.time() - first.start_s
        assert runner.play(Clip.SHOULDERS)
        time.sleep(0.4)
        runner.ask(device="buds")
        runner.until(lambda status: status["device"] == "buds", 3)
        next_s = time.time() - second.start_s
        assert runner.play(Cue.EYES_UP)
        time.sleep(templates.length_s(Clip.SHOULDERS) + 0.5)
    assert_heard(Heard(first.samples()), templates, Clip.SHOULDERS, asked_s, asked_s + 0.4)
    assert_heard(Heard(second.samples()), templates, Cue.EYES_UP, next_s, next_s + 0.5)
    assert runner.ask()["accepted"] == [["SHOULDERS"], ["EYES_UP"]]


def test_buds_that_are_connected_later_are_found_without_a_hand(
    server: PulseServer, start: Start, templates: Templates
) -> None:
    server.name_outputs("alert")
    runner = start(device="buds")
    status = runner.until(working)
    assert status["elsewhere"]
    assert "'buds' was not found" in str(status["sentence"])
    server.name_outputs("alert", "buds")
    runner.until(lambda status: status["device"] == "buds", 15)
    with Monitor(server, "buds") as monitor:
        asked_s = time.time() - monitor.start_s
        assert runner.play(Cue.TEST)
        time.sleep(1)
    assert_heard(Heard(monitor.samples()), templates, Cue.TEST, asked_s, asked_s + 0.5)
