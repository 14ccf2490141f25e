"""The settings page's sound by a player: tests beside a run's player, another look, own clips."""

import shutil
import threading
from dataclasses import replace

import pytest

from monitor.commands.settings_sound import LOUDNESS_ZERO, PlayerSound
from monitor.outputs.audio import SoundOptions
from monitor.outputs.clips import BUILT_IN
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import Clip
from monitor.outputs.player import NullPlayer, PlayerStatus
from monitor.settings import CueKinds, Settings

SAMPLE = (Cue.TEST, Clip.SHOULDERS)


class Player:
    """Remembers what it was asked; `working` as the test says."""

    def __init__(self, sentence="Cues play on 'USB'.", working=True):
        self.asked, self.sentence, self.working, self.revives = [], sentence, working, False
        self.busy = False

    def play(self, what):
        self.asked.append(what)
        return True

    def set_volume(self, volume):
        self.asked.append(volume)

    def set_speech(self, speech):
        self.asked.append(("speech", speech))

    def set_cues(self, cues):
        self.asked.append(cues)

    def set_device(self, device):
        self.asked.append(("device", device))

    def status(self):
        return PlayerStatus(self.working, self.working, self.sentence)

    def rescan(self):
        self.asked.append("rescan")
        self.working = self.working or self.revives
        return self, None

    def close(self):
        self.asked.append("close")


class Outputs:
    """Opens players, and remembers with which options."""

    def __init__(self, player=None, why=None):
        self.player, self.why, self.opened, self.clips = player or Player(), why, [], None
        self.names = ("USB",)

    def open(self, options, *, fresh=False):
        self.opened.append((options.device, options.volume, options.speech, fresh))
        self.clips = options.own_clips
        return self.player, self.why


def sound(outputs, clips, live=None):
    return PlayerSound(SoundOptions(speech=False), clips, live, opener=outputs.open, names=lambda: outputs.names)


def test_a_test_plays_a_sample_there_and_gives_the_output_back(tmp_path):
    outputs = Outputs()
    assert sound(outputs, tmp_path).test("USB", 0.3) == "Cues play on 'USB'."
    assert outputs.opened == [("USB", 0.7, False, False)]
    assert outputs.player.asked == [0.3, SAMPLE, "close"]


def test_the_computers_own_choice_is_no_name(tmp_path):
    outputs = Outputs()
    sound(outputs, tmp_path).test("", 0.3)
    assert outputs.opened == [(None, 0.7, False, False)]


def test_without_an_output_the_test_says_why(tmp_path):
    why = "No sound: there are no loudspeakers or headphones."
    assert sound(Outputs(NullPlayer(why), why), tmp_path).test("", 0.3) == why


def test_a_loudness_of_nothing_is_said(tmp_path):
    assert sound(Outputs(), tmp_path).test("", 0.0) == LOUDNESS_ZERO


@pytest.mark.parametrize("revives", [True, False])
def test_no_stream_is_opened_while_the_runs_player_looks_for_an_output(tmp_path, revives):
    outputs, live = Outputs(), Player("'USB' has gone away.", working=False)
    live.revives = revives
    said = sound(outputs, tmp_path, live).test("", 0.3)
    assert live.asked == ["rescan"]
    assert bool(outputs.opened) is revives
    assert said == ("Cues play on 'USB'." if revives else "'USB' has gone away.")


def test_closing_ends_a_test_under_way(tmp_path):
    outputs = Outputs()
    outputs.player.busy = True
    asked = sound(outputs, tmp_path)
    thread = threading.Thread(target=asked.test, args=("", 0.3))
    thread.start()
    asked.close()
    thread.join(5)
    assert not thread.is_alive()
    assert outputs.player.asked == [0.3, SAMPLE, "close"]


def test_another_look_starts_the_sound_anew_or_asks_the_runs_player(tmp_path):
    outputs = Outputs()
    assert sound(outputs, tmp_path).look_again() == ("USB",)
    assert [fresh for *_, fresh in outputs.opened] == [True]
    assert outputs.player.asked == ["close"]
    outputs, live = Outputs(), Player()
    assert sound(outputs, tmp_path, live).look_again() == ("USB",)
    assert (outputs.opened, live.asked) == ([], ["rescan"])


def test_the_runs_player_gets_what_acts_at_once(tmp_path):
    live = Player()
    settings = Settings(volume=0.2, speech=False, sound_device="Buds", cues=CueKinds(battery=False))
    sound(Outputs(), tmp_path, live).adopt(settings)
    assert live.asked == [0.2, ("speech", False), CueKinds(battery=False), ("device", "Buds")]
    sound(Outputs(), tmp_path, live).adopt(replace(settings, sound_device=""))
    assert live.asked[-1] == ("device", None)
    sound(Outputs(), tmp_path).adopt(settings)


def test_the_test_is_heard_in_the_own_voice_even_if_that_came_after_the_page(tmp_path):
    folder, outputs = tmp_path / "clips", Outputs()
    asked = sound(outputs, folder)
    asked.test("", 0.3)
    assert (outputs.player.asked[-2], outputs.clips) == (SAMPLE, None)
    folder.mkdir()
    shutil.copy(BUILT_IN / "good.wav", folder / "good.wav")
    asked.test("", 0.3)
    assert (outputs.player.asked[-2], outputs.clips) == ((Cue.TEST, Clip.GOOD), folder)
    shutil.copy(BUILT_IN / "good.wav", folder / "shoulders.wav")
    asked.test("", 0.3)
    assert outputs.player.asked[-2] == SAMPLE


def test_own_clips_and_what_is_wrong_with_them(tmp_path):
    folder = tmp_path / "clips"
    asked = sound(Outputs(), folder)
    assert asked.own_clips() == f"Your own voice: put WAV files such as shoulders.wav into {folder}."
    folder.mkdir()
    shutil.copy(BUILT_IN / "good.wav", folder / "good.wav")
    (folder / "lean.wav").write_bytes(b"RIFF")
    assert "In use: good.wav." in asked.own_clips()
    assert "lean.wav: is not a WAV file" in asked.own_clips()
