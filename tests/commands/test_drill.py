"""`headsup drill`: the list, bad use, and a whole drill by the SIMULATED wearer over the virtual radio."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from calibration import store
from calibration.model import Profile
from monitor.cli import main
from monitor.commands import drill, drill_live, places
from monitor.drills.catalogue import DRILLS, DrillKind, with_seconds
from monitor.drills.progress import Phase
from monitor.drills.session import DrillSession
from monitor.drills.words import HINTS, Hint
from monitor.errors import CalibrationError
from monitor.settings import Settings
from monitor.simulator.drill_wearer import DrillWearer, drill_radio
from monitor.simulator.wearer import HEAD_NAME
from monitor.simulator.world import Fault, FaultKind
from monitor.sources.ble import SensorRequest
from monitor.values import NS_PER_S, Site

NOW = "2026-05-01T08:00:00+00:00"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


def test_the_list_says_what_is_checked(capsys):
    assert main(["drill", "--list"]) == 0
    out = capsys.readouterr().out
    assert "head-hang" in out
    assert "cannot see the chin slide back" in out
    assert "--routine after" in out
    assert main(["drill", "--list", "--json"]) == 0
    rows = {row["drill"]: row for row in json.loads(capsys.readouterr().out)}
    assert set(rows) == {k.value for k in DrillKind}
    assert rows["head-hang"]["wanted_s"] == 60
    assert rows["wrist-shake"]["routines"] == ["before", "during"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--routine", "before", "--drill", "head-hang"], "give one of the two"),
        (["--seconds", "0"], "between 1 and 600"),
        (["--seconds", "nan"], "between 1 and 600"),
        (["--seconds", "1e9"], "between 1 and 600"),
        (["--drill", "push-ups"], "push-ups"),
        ([], "'me'"),
        (["--profile", "nobody"], "nobody"),
        (["--profile", "../x"], ""),
        (["--simulate", "--profile", "anna"], "a person"),
        (["--profile", "sim"], "a SIMULATED wearer"),
        (["--profile", "blind", "--drill", "head-hang"], "headsup calibrate"),
        (["--profile", "anna", "--sensor", "collar=x"], "head=ID"),
    ],
)
def test_bad_use_is_one_sentence_and_exit_code_2(words, message, capsys):
    folder = places.profiles_folder()
    wearer = DrillWearer().profile()
    store.save(folder, Profile("anna", NOW, False, wearer.sites))
    store.save(folder, Profile("blind", NOW, False, ()))
    store.save(folder, Profile("sim", NOW, True, wearer.sites))
    assert main(["drill", *words]) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


def test_a_timer_needs_no_sensor(capsys, monkeypatch):
    monkeypatch.setattr(drill, "LEAD_S", 0.2)
    assert main(["drill", "--drill", "wrist-shake", "--seconds", "1", "--silent", "--json"]) == 0
    captured = capsys.readouterr()
    (row,) = json.loads(captured.out)["drills"]
    assert (row["drill"], row["outcome"]) == ("wrist-shake", "done")
    assert DRILLS[DrillKind.WRISTS].say in captured.err


def test_the_line_that_is_written_over_never_claims_a_second_too_much():
    session = DrillSession([with_seconds(DRILLS[DrillKind.WRISTS], 2.0)], None, lead_s=0.0)
    assert drill.status_line(session) == ""
    session.idle(NS_PER_S)
    session.idle(NS_PER_S + 1_960_000_000)
    assert drill.status_line(session) == "  Wrist shake  1 / 2 s"


def test_a_sensor_that_never_answers_is_named(monkeypatch):
    class Nobody:
        failure = None
        origin_ns = None

    monkeypatch.setattr(drill_live, "SEARCH_S", 0.1)
    watch = drill_live.DrillWatch(DrillWearer().profile())
    with pytest.raises(CalibrationError, match="headsup scan"):
        drill_live._wait(Nobody(), watch, lambda text: None)


def test_the_second_sensor_of_a_profile_is_found():
    wearer = DrillWearer().profile()
    head = wearer.sites[0]
    both = Profile("p", NOW, False, (head, type(head)("collar", "collar", "", "", "vqf", (), standing=(0, 0, 1))))
    asked = (SensorRequest(Site.HEAD), SensorRequest(Site.COLLAR))
    assert set(drill_live.beside_of(both, asked)) == {"collar"}
    assert drill_live.beside_of(both, asked[:1]) == {}
    assert drill_live.beside_of(wearer, asked) == {}


def child(tmp_path, *words):
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", "drill", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=dict(os.environ, HEADSUP_HOME=str(tmp_path)),
    )


def test_a_head_hang_over_the_virtual_radio(capsys, monkeypatch):
    """In real time: settling, standing, the announcement and two seconds of head hang."""
    monkeypatch.setattr(drill, "LEAD_S", 0.5)
    assert main(["drill", "--simulate", "--drill", "head-hang", "--seconds", "2"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = [line.strip() for line in captured.out.splitlines()]
    assert lines[0] == "SIMULATED wearer"
    assert "Good. Head hang done." in lines
    assert any(line.startswith("Head hang") and "2 of 2 s at 4" in line for line in lines)


def test_ctrl_c_ends_it(tmp_path):
    process = child(tmp_path, "--simulate", "--drill", "head-hang")
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(process.stdout), daemon=True)
    reader.start()
    deadline = time.monotonic() + 60
    while not any("Stand tall" in line for line in lines) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    reader.join()
    process.stdout.close()


@pytest.mark.slow
def test_a_lost_link_stops_the_clock_and_nothing_is_lost():
    """Eight seconds out of range in the middle of a head hang of twelve."""
    wearer = DrillWearer()
    profile = wearer.profile()
    hang = with_seconds(DRILLS[DrillKind.HEAD_HANG], 12.0)
    session = DrillSession([hang], profile.site("head"), lead_s=0.5)
    said, phases = [], []

    def tell(prompt):
        said.append(prompt)
        wearer.follow(prompt.kind)

    def show(session):
        if session.progress is not None:
            phases.append(session.progress.phase)

    radio = drill_radio(wearer, (Fault(13.0, FaultKind.OUT_OF_RANGE, "head", seconds=8.0),))
    requests = (SensorRequest(Site.HEAD, name=HEAD_NAME),)
    drill_live.drill_live(
        session, requests, radio, profile, Settings(), tell, show, lambda text: None, threading.Event()
    )
    assert HINTS[Hint.UNSEEN] in [p.text for p in said]
    assert Phase.UNSEEN in phases
    assert session.results[0].progress.done
    assert session.results[0].progress.mean_deg == pytest.approx(46, abs=2)


@pytest.mark.slow
def test_the_whole_routine_over_the_virtual_radio(tmp_path):
    words = ("--simulate", "--routine", "before", "--seconds", "3", "--json")
    out, err = child(tmp_path, *words).communicate(timeout=170)
    found = json.loads(out)
    assert found["simulated"] is True
    assert {row["outcome"] for row in found["drills"]} == {"done"}
    assert len(found["drills"]) == 7
    assert "SIMULATED wearer" in err


@pytest.mark.slow
def test_a_calibrated_simulated_profile_fits_the_same_wearer(tmp_path, capsys):
    """`headsup calibrate --simulate` and the drills' wearer have the cap on in the same way."""
    assert main(["calibrate", "--simulate", "--profile", "sim"]) == 0
    assert main(["drill", "--simulate", "--profile", "sim", "--drill", "ear-left", "--seconds", "2"]) == 0
    assert "2 of 2 s at 3" in capsys.readouterr().out
