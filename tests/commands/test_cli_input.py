"""The command line with bad input: one clear sentence on standard error, exit code 2, nothing lost."""

import json

import numpy as np
import pytest

from monitor.cli import main

HEADER = "t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))


def said(capsys, *args: str) -> tuple[int, str]:
    """Exit code and standard error, checked to be no traceback."""
    code = main([str(a) for a in args])
    err = capsys.readouterr().err
    assert "Traceback" not in err
    return code, err


def refused(capsys, *args: str) -> str:
    code, err = said(capsys, *args)
    assert code == 2, err
    lines = [line for line in err.splitlines() if line]
    assert len(lines) == 1, err
    return lines[0]


def standing(n: int = 1000, rate_hz: float = 100.0) -> np.ndarray:
    """A sensor on somebody who stands: rows of t, acc, gyr."""
    rng = np.random.default_rng(0)
    t = np.arange(n) / rate_hz
    acc = np.array([0.3, -0.2, 9.78]) + rng.normal(0, 0.05, (n, 3))
    return np.column_stack([t, acc, rng.normal(0, 0.01, (n, 3))])


def table(path, rows: np.ndarray, header: str = HEADER):
    np.savetxt(path, rows, delimiter=",", header=header, comments="", fmt="%.6f")
    return path


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda r: r[:0], "no"),
        (lambda r: np.where(np.arange(7) == 2, np.nan, r), "finite"),
        (lambda r: np.column_stack([r[:, 0], np.tile(r[:1, 1:], (len(r), 1))]), "same"),
        (lambda r: np.column_stack([r[::-1, 0], r[:, 1:]]), "back"),
        (lambda r: r * np.array([1, 1 / 9.81, 1 / 9.81, 1 / 9.81, 1, 1, 1]), "g"),
    ],
)
def test_unusable_tables(tmp_path, capsys, spoil, word):
    path = table(tmp_path / "t.csv", spoil(standing()))
    sentence = refused(capsys, "import", "--head", path, "-o", tmp_path / "run.headsup")
    assert word in sentence.lower()
    assert not (tmp_path / "run.headsup").exists()


def test_missing_and_wrong_files(tmp_path, capsys):
    assert "nothere.csv" in refused(capsys, "import", "--head", tmp_path / "nothere.csv", "-o", tmp_path / "o")
    (tmp_path / "words.csv").write_text("this,is,not\n1,2,3\n")
    refused(capsys, "import", "--head", tmp_path / "words.csv", "-o", tmp_path / "o")
    refused(capsys, "analyze", tmp_path / "nothere.headsup")
    (tmp_path / "foreign.headsup").write_bytes(b"not a recording" * 1000)
    for command in ("analyze", "review"):
        refused(capsys, command, tmp_path / "foreign.headsup")
    refused(capsys, "calibrate", "--from", tmp_path / "foreign.headsup", "--neutral", "1:5", "--look", "down=6:9")


def test_an_import_without_a_table(tmp_path, capsys):
    assert "--head" in refused(capsys, "import", "-o", tmp_path / "o")
    assert "nothere.csv" in refused(capsys, "import", "--left-shoulder", tmp_path / "nothere.csv", "-o", tmp_path / "o")
    assert not (tmp_path / "o").exists()


def test_truncated_recording_is_refused_and_kept(tmp_path, capsys):
    run = tmp_path / "run.headsup"
    assert main(["import", "--head", str(table(tmp_path / "t.csv", standing(20_000))), "-o", str(run)]) == 0
    whole = run.read_bytes()
    run.write_bytes(whole[: len(whole) // 2])
    capsys.readouterr()
    code, err = said(capsys, "analyze", run)
    assert code == 2
    assert len([line for line in err.splitlines() if line]) == 1
    assert run.read_bytes() == whole[: len(whole) // 2]
    assert "headsup repair" in err
    assert main(["repair", str(run), "-o", str(tmp_path / "saved.headsup")]) == 0
    assert "saved" in capsys.readouterr().out.lower()
    assert main(["analyze", str(tmp_path / "saved.headsup"), "--json", str(tmp_path / "o.json")]) == 0
    assert 20 < json.loads((tmp_path / "o.json").read_text())["duration_s"] < 200
    assert run.read_bytes() == whole[: len(whole) // 2]


def test_an_existing_recording_is_never_overwritten(tmp_path, capsys):
    run = tmp_path / "run.headsup"
    source = table(tmp_path / "t.csv", standing())
    assert main(["import", "--head", str(source), "-o", str(run)]) == 0
    before = run.read_bytes()
    refused(capsys, "import", "--head", source, "-o", run)
    assert run.read_bytes() == before


def test_ten_hertz_is_kept_but_not_analysed(tmp_path, capsys):
    run = tmp_path / "slow.headsup"
    source = table(tmp_path / "t.csv", standing(300, 10.0))
    code, err = said(capsys, "import", "--head", source, "-o", run)
    assert code == 0
    assert "too few" in err
    assert "samples a second" in refused(capsys, "analyze", run)
    assert run.exists()


@pytest.mark.parametrize("rate_hz", [25.0, 1000.0])
def test_unusual_rates_are_analysed(tmp_path, capsys, rate_hz):
    run = tmp_path / "run.headsup"
    source = table(tmp_path / "t.csv", standing(round(20 * rate_hz), rate_hz))
    assert main(["import", "--head", str(source), "-o", str(run)]) == 0
    assert main(["analyze", str(run), "--json", str(tmp_path / "o.json")]) == 0
    out = json.loads((tmp_path / "o.json").read_text())
    assert out["duration_s"] == pytest.approx(20, abs=0.1)
    assert out["events"] == []


def test_accelerometer_only_table(tmp_path, capsys):
    run = tmp_path / "acc.headsup"
    rows = standing(2000)[:, :4]
    source = table(tmp_path / "t.csv", rows, "t_s,ax_m_s2,ay_m_s2,az_m_s2")
    assert main(["import", "--head", str(source), "-o", str(run)]) == 0
    assert "accelerometer only" in capsys.readouterr().out
    assert main(["calibrate", "--from", str(run), "--neutral", "5:12", "--forward", "x"]) == 0
    track = tmp_path / "track.csv"
    assert main(["analyze", str(run), "--profile", "me", "--track", str(track)]) == 0
    got = np.genfromtxt(track, delimiter=",", names=True, usecols=("t_s", "head_pitch_deg", "valid"))
    assert abs(np.mean(got["head_pitch_deg"][got["valid"] > 0])) < 0.5


def test_calibration_refusals(tmp_path, capsys):
    run = tmp_path / "run.headsup"
    source = table(tmp_path / "t.csv", standing(3000))
    assert main(["import", "--head", str(source), "-o", str(run)]) == 0
    capsys.readouterr()
    assert "look down" in refused(capsys, "calibrate", "--from", run, "--neutral", "5:12")
    assert "differs by only" in refused(capsys, "calibrate", "--from", run, "--neutral", "5:12", "--look", "down=15:20")
    assert "--neutral" in refused(capsys, "calibrate", "--from", run, "--look", "down=15:20")
    assert "behind the end" in refused(capsys, "calibrate", "--from", run, "--neutral", "500:510", "--forward", "x")
    assert "axis" in refused(capsys, "calibrate", "--from", run, "--neutral", "5:12", "--forward", "z")
    refused(capsys, "calibrate", "--from", run, "--neutral", "12:5", "--forward", "x")
    refused(capsys, "calibrate", "--from", run, "--neutral", "a:b", "--forward", "x")
    refused(capsys, "calibrate", "--neutral", "5:12")
    refused(capsys, "calibrate", "--profile", "../evil", "--from", run, "--neutral", "5:12", "--forward", "x")


def test_a_moving_wearer_is_refused(tmp_path, capsys):
    rows = standing(3000)
    swing = np.radians(25) * np.sin(2 * np.pi * 0.3 * rows[:, 0])
    rows[:, 1] = -9.81 * np.sin(swing)
    rows[:, 3] = 9.81 * np.cos(swing)
    rows[:, 5] = np.gradient(swing, rows[:, 0])
    run = tmp_path / "run.headsup"
    assert main(["import", "--head", str(table(tmp_path / "t.csv", rows)), "-o", str(run)]) == 0
    capsys.readouterr()
    assert "moved" in refused(capsys, "calibrate", "--from", run, "--neutral", "5:12", "--forward", "x")


def test_unknown_words(capsys):
    assert "dance" in refused(capsys, "dance")
    assert "COMMAND" in refused(capsys)
    assert "moon" in refused(capsys, "live", "--mode", "moon")
    assert "--head" in refused(capsys, "import", "-o", "x")
    assert main(["--version"]) == 0
    capsys.readouterr()
    refused(capsys, "live", "--sensor", "knee=AA", "--no-gui")
    refused(capsys, "live", "--sensor", "head=AA", "head=BB", "--no-gui")
    refused(capsys, "live", "--profile", "nobody", "--no-gui", "--simulate")
    refused(capsys, "demo", "--headless", "--seconds", "-4")
    refused(capsys, "scan", "--seconds", "nan")


def test_sensors_and_doctor(capsys):
    assert main(["sensors", "--json"]) == 0
    assert {f["key"] for f in json.loads(capsys.readouterr().out)} >= {"witmotion", "openearable2", "dot"}
    assert main(["doctor", "--json"]) == 0
    json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["sensors", "--seconds", "2"], "headsup sensors: unrecognized arguments: --seconds 2"),
        (["profile", "list", "more"], "headsup profile list: unrecognized arguments: more"),
        (["--loud", "sensors"], "headsup: unrecognized arguments: --loud"),
    ],
)
def test_the_command_that_does_not_know_an_argument_names_its_own_help(capsys, args, told):
    command = told.partition(":")[0]
    assert refused(capsys, *args) == f"{told} (see {command} --help)"
