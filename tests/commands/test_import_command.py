"""`headsup import` of apps' logs: what is said, what is asked for, and the same analysis as of the plain table."""

import json

import app_logs as apps
import numpy as np
import pytest

from monitor.cli import main
from monitor.recording.reader import open_recording
from monitor.review.analyse import analyse


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="module")
def walk(shared_data):
    """A minute of a real walk from behind the ear, 200 Hz."""
    with np.load(shared_data / "head_imu" / "ear_fast_left.npz") as data:
        rows = slice(8000, 20_000)
        return np.arange(12_000) / 200.0, data["acc"][rows].astype(float), data["gyr"][rows].astype(float)


@pytest.fixture(scope="module")
def run(shared_data):
    """A minute of running motion capture with the head down, 100 Hz: virtual IMU, SIMULATED."""
    with np.load(shared_data / "motion" / "run_headdown_180s.npz") as data:
        rows = slice(4000, 10_000)
        acc, gyr = data["acc_forehead"][rows].astype(float), data["gyr_forehead"][rows].astype(float)
        return np.arange(6000) / 100.0, acc, gyr


def plain(t, acc, gyr):
    return apps.table("t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s", [t, *acc.T, *gyr.T])


def imported(folder, name, text, *options):
    log, out = folder / f"{name}.txt", folder / f"{name}.headsup"
    log.write_text(text, encoding="utf-8")
    assert main(["import", "--head", str(log), "-o", str(out), *options]) == 0
    with open_recording(out) as recording:
        return analyse(recording)


@pytest.mark.parametrize("samples", ["walk", "run"])
@pytest.mark.parametrize("app", ["phyphox", "movella_dot", "witmotion", "physics_toolbox", "mt_manager"])
def test_the_analysis_is_that_of_the_plain_table(tmp_path, request, capsys, samples, app):
    t, acc, gyr = request.getfixturevalue(samples)
    wanted = imported(tmp_path, "plain", plain(t, acc, gyr))
    got = imported(tmp_path, app, apps.ONE_FILE[app](t, acc, gyr))
    assert [e.kind for e in got.events] == [e.kind for e in wanted.events]
    ours, theirs = got.tracks["head"], wanted.tracks["head"]
    assert len(ours) == len(theirs) > 1000
    np.testing.assert_allclose(ours.t_ns, theirs.t_ns, atol=20_000)
    assert np.mean(ours.activity == theirs.activity) > 0.999
    assert np.isfinite(theirs.cadence_spm).sum() > 500  # at least 20 s of steps are compared
    np.testing.assert_allclose(ours.cadence_spm, theirs.cadence_spm, atol=0.05)


def test_it_says_what_it_took_for_what(tmp_path, capsys, walk):
    imported(tmp_path, "log", apps.axivity(*walk))
    said = capsys.readouterr().out.splitlines()
    assert said[0] == (
        'head: time "Time" as date and local time, acceleration "Accel-X (g)"/"Accel-Y (g)"/"Accel-Z (g)" in g, '
        'gyro "Gyro-X (d/s)"/"Gyro-Y (d/s)"/"Gyro-Z (d/s)" in deg/s'
    )
    assert said[1] == "head: 12000 samples at 200 Hz, accelerometer and gyroscope"
    imported(tmp_path, "json", apps.picoquake(*walk), "--json")
    (sensor,) = json.loads(capsys.readouterr().out)["sensors"]
    assert "deg/s (by how gravity turns)" in sensor["read_as"]
    imported(tmp_path, "plain", plain(*walk))
    assert "time" not in capsys.readouterr().out


def test_a_gyro_of_its_own_and_options(tmp_path, capsys, walk):
    t, acc, gyr = walk
    head, turn = tmp_path / "a.csv", tmp_path / "g.csv"
    head.write_text(apps.table("when,p,q,r", [np.arange(len(t)), *acc.T]))
    turn.write_text(apps.metabase(t, np.degrees(gyr), "deg/s"))
    base = ["import", "--head", str(head), "-o", str(tmp_path / "run.headsup")]

    def refused(*options):
        assert main([*base, *options]) == 2
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert not (tmp_path / "run.headsup").exists()
        return said.err

    named = ["--columns", "t=when,ax=p,ay=q,az=r"]
    assert "--columns" in refused()
    assert "--time-unit" in refused(*named)
    assert "--columns" in refused("--columns", "p,q,r")
    assert "same clock" in refused(*named, "--time-unit", "ms", "--head-gyro", str(turn))
    assert "whose acceleration is missing" in refused(*named, "--time-unit", "ms", "--back-gyro", str(turn))
    assert main([*base, *named, "--time-unit", "ms", "--acc-unit", "m/s2"]) == 0
    assert "1000 Hz, accelerometer only" in capsys.readouterr().out


def test_units_are_chosen_from_a_list(tmp_path, capsys):
    assert main(["import", "--head", "x", "-o", "y", "--gyr-unit", "rpm"]) == 2
    assert "deg/s" in capsys.readouterr().err
