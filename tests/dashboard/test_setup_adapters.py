"""The set-up's parts on a real computer: sounds, profiles, radios that fail, and all of it over the virtual radio."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from setup_fakes import CAP, PROFILE, STRAP
from simulated_log import true_profile

from calibration import store
from calibration.protocol import full, quick
from monitor.commands.places import utc_now
from monitor.dashboard.setup.adapters import FolderKeeper, SystemRadios, live_parts
from monitor.dashboard.setup.check_facts import CheckPhase
from monitor.dashboard.setup.facts import Extent, Outcome, Pick, Problem, ScanView
from monitor.dashboard.setup.lane import Lane, Post
from monitor.dashboard.setup.live_calibrator import steps_for
from monitor.dashboard.setup.live_scanner import LiveScanner
from monitor.dashboard.setup.live_sounds import LiveSounds
from monitor.dashboard.setup.page_order import Page
from monitor.dashboard.setup.wizard import SetupWizard
from monitor.errors import BluetoothUnavailableError, ProfileError
from monitor.outputs.cues import Cue
from monitor.outputs.phrases import Clip
from monitor.outputs.pieces import Piece
from monitor.outputs.player import NullPlayer
from monitor.settings import Settings
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import HEAD_NAME, HEAD_RATE_HZ
from monitor.sources.radio import RadioBackends, SystemRadio
from monitor.values import Site

PATIENCE_S = 20.0


def wait(condition, what):
    """Until something is so."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, f"never: {what}"
        time.sleep(0.01)


# ---------------------------------------------------------------- profiles


def test_profiles_are_kept_and_a_simulated_one_never_replaces_a_persons(tmp_path):
    keeper = FolderKeeper(tmp_path, "me", lambda: "2026-11-22T08:00:00+00:00")
    assert keeper.usual() is None
    assert keeper.places() == {}
    keeper.keep(PROFILE)
    assert keeper.usual() == PROFILE
    assert keeper.about(PROFILE) == ("21 days old",)
    assert keeper.places() == {
        CAP.name: Site.HEAD, STRAP.name: Site.COLLAR, CAP.address: Site.HEAD, STRAP.address: Site.COLLAR,
    }  # fmt: skip
    with pytest.raises(ProfileError, match="does not replace"):
        keeper.keep(replace(PROFILE, simulated=True))
    assert not store.load(tmp_path, "me").simulated


def test_two_sensors_of_one_name_are_known_by_their_addresses_only(tmp_path):
    twins = tuple(replace(site, sensor_name="WT901BLE67") for site in PROFILE.sites)
    keeper = FolderKeeper(tmp_path, "me", utc_now)
    keeper.keep(replace(PROFILE, sites=twins))
    assert keeper.places() == {CAP.address: Site.HEAD, STRAP.address: Site.COLLAR}


def test_a_damaged_profile_leads_to_a_first_start_not_to_a_crash(tmp_path):
    (tmp_path / "me.json").write_text("{")
    keeper = FolderKeeper(tmp_path, "me", utc_now)
    assert keeper.usual() is None
    keeper.keep(PROFILE)
    assert keeper.usual() == PROFILE


def test_old_profiles_say_so(tmp_path):
    keeper = FolderKeeper(tmp_path, "me", lambda: "2027-01-22T08:00:00+00:00")
    age, doubt = keeper.about(PROFILE)
    assert age == "82 days old"
    assert "do it again" in doubt


# ---------------------------------------------------------------- steps


def test_what_is_asked_for_depends_on_the_places_and_the_extent():
    head, strap = Pick(CAP, Site.HEAD), Pick(STRAP, Site.COLLAR)
    assert steps_for([head], Extent.QUICK) == quick(shoulders=False)
    assert steps_for([head, strap], Extent.QUICK) == quick(shoulders=True)
    assert steps_for([head], Extent.FULL) == full(shoulders=False, marks=False)
    assert steps_for([head, strap], Extent.MARKS) == full(shoulders=True, marks=True)


# ---------------------------------------------------------------- threads


def test_jobs_of_a_lane_never_overlap_and_a_stopped_one_cannot_speak():
    lane, post = Lane(), Post(0)
    inside, most, order = [0], [0], []
    gate = threading.Event()

    def job(number, mine):
        def work():
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            gate.wait(5)
            post.put(mine, number)
            order.append(number)
            inside[0] -= 1

        return work

    for number in (1, 2, 3):
        mine = post.begin(0)
        lane.start(job(number, mine), "test")
    gate.set()
    assert lane.wait(5)
    assert (order, most[0], post.look()) == ([1, 2, 3], 1, 3)
    post.end()
    post.put(mine, 9)
    assert post.look() == 0
    assert mine.stopped.is_set()


class BrokenRadio(SystemRadio):
    """No Bluetooth here."""

    async def open(self) -> RadioBackends:
        raise BluetoothUnavailableError("it is switched off", "Switch it on.")


class BrokenRadios(SystemRadios):
    def to_find(self):
        return BrokenRadio()


def test_a_computer_without_bluetooth_gets_reason_and_remedies():
    scanner = LiveScanner(BrokenRadios(), Lane(), remedies=lambda: ("Switch it on.", "Look at the slider."))
    scanner.start()
    wait(lambda: scanner.look().trouble, "a trouble")
    trouble = scanner.look().trouble
    assert (trouble.problem, trouble.sentence) == (Problem.NO_BLUETOOTH, "It is switched off.")
    assert trouble.remedies == ("Switch it on.", "Look at the slider.")
    scanner.stop()
    assert scanner.look() == ScanView()


class RecordingPlayer(NullPlayer):
    """Works, and remembers what it was to play."""

    def __init__(self, name):
        super().__init__()
        self.name, self.played, self.closed = name, [], False

    def play(self, what):
        self.played.append(what)
        return True

    def status(self):
        return replace(super().status(), working=not self.closed, sentence=f"Cues play on '{self.name}'.")

    def close(self):
        self.closed = True


def test_sounds_open_once_change_outputs_and_close():
    players = []

    def opener(options, *, fresh):
        players.append(RecordingPlayer(options.device or "own"))
        return players[-1], None

    sounds = LiveSounds(Settings(), opener=opener, names=lambda: ("own", "buds"))
    sounds.open()
    assert sounds.look().opening
    wait(lambda: not sounds.look().opening, "open")
    assert sounds.look().devices == ("own", "buds")
    sounds.open("")
    sounds.test()
    sounds.say("look_feet")
    sounds.say("no such clip")
    sounds.tick(3)
    wait(lambda: len(players[0].played) == 3, "three sounds")
    assert players[0].played == [(Cue.EYES_UP, Clip.EYES_UP_ROAD_FEET), Clip.LOOK_FEET, (Piece.THREE,)]
    sounds.open("buds")
    wait(lambda: sounds.look().device == "buds" and not sounds.look().opening, "buds")
    assert [p.name for p in players] == ["own", "buds"]
    assert players[0].closed
    sounds.close()
    assert sounds.wait(PATIENCE_S)
    assert players[1].closed
    sounds.close()
    assert not sounds.look().working


def test_where_there_is_no_sound_it_says_why():
    sounds = LiveSounds(Settings(), opener=lambda *_, **__: (NullPlayer("No sound: none."), "x"), names=tuple)
    sounds.open()
    wait(lambda: not sounds.look().opening, "tried")
    assert (sounds.look().working, sounds.look().sentence) == (False, "No sound: none.")
    sounds.close()


# ---------------------------------------------------------------- all of it, over the virtual radio


@pytest.mark.slow
def test_from_the_first_page_to_a_profile_over_the_virtual_radio(qtbot, tmp_path):
    """The SIMULATED runner: found, shaken, taken by Enter, led through the quick protocol, fitted, kept."""
    parts = live_parts(profiles=tmp_path, settings=Settings(), now_utc=utc_now)
    window = SetupWizard(parts, theme="dark", still=True)
    qtbot.addWidget(window)
    window.show()
    model = window.model
    model.simulate()
    for number, name in enumerate(("OpenEarable-SIM1", "WT901 SIMULATED"), 1):
        qtbot.waitUntil(lambda: model.finding.marked is not None, timeout=40_000)
        window.next()
        assert len(model.picks) == number
        assert model.picks[-1].found.name == name
    assert [p.site for p in model.picks] == [Site.HEAD, Site.COLLAR]
    qtbot.waitUntil(lambda: all(p.found.battery_pct == 87 for p in model.picks[:1]), timeout=10_000)
    qtbot.waitUntil(lambda: model.finding.marked is None, timeout=10_000)
    window.next()
    window.next()
    window.next()
    qtbot.waitUntil(lambda: model.guiding.leading and model.guide.led.pose == "feet", timeout=40_000)
    assert window.pages[Page.CALIBRATE].instruction.led.say == "Now look down at your feet."
    qtbot.waitUntil(lambda: model.page is Page.RESULT, timeout=60_000)
    profile = store.load(tmp_path, "simulated")
    assert profile.simulated
    assert profile.site("head").head.separation_d > 5
    assert profile.site("collar").shoulders.d_prime >= 2
    told = []
    window.finished.connect(told.append)
    window.close()
    assert len(told) == 1
    assert parts.settle(20.0)


@pytest.mark.slow
def test_a_second_start_is_one_key_and_ten_seconds_over_the_virtual_radio(qtbot, tmp_path):
    """The SIMULATED runner's cap sits as it was calibrated, so the run begins by itself."""
    still = Scenario(duration_s=2.0, seed=1)
    cap = simulate(still, SensorModel(site=Site.HEAD, rate_hz=HEAD_RATE_HZ, seed=21))
    site = replace(true_profile(cap).sites[0], sensor_name=HEAD_NAME, sensor_address="")
    store.save(tmp_path, replace(PROFILE, name="simulated", simulated=True, sites=(site,)))
    parts = live_parts(profiles=tmp_path, settings=Settings(), now_utc=utc_now, planned_min=80.0)
    window = SetupWizard(parts, theme="dark", still=True)
    qtbot.addWidget(window)
    window.show()
    told = []
    window.finished.connect(told.append)
    window.model.start_simulated()
    window.next()
    qtbot.waitUntil(lambda: window.model.check.view.phase is CheckPhase.DONE, timeout=60_000)
    window.refresh()
    page = window.pages[Page.CHECK]
    assert page.heading.text() == "✓  As calibrated."
    assert "battery 87 %, enough for 1 h 20 min" in page.lines[0].text()
    assert page.lines[1].text() == "·  WT901 SIMULATED is in range, but not in your calibration: it is not used."
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert (told[0].outcome, told[0].profile.name, told[0].simulated) == (Outcome.START, "simulated", True)
    assert parts.settle(20.0)
