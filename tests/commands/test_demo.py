"""`headsup demo` as a person runs it: calibrate, live, lost link, record, review, over the virtual radio."""

import json
import os
import subprocess
import sys

import pytest

from monitor.cli import main
from monitor.recording.reader import open_recording


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A shortened demo in a process of its own."""
    out = tmp_path_factory.mktemp("demo")
    env = dict(os.environ, HEADSUP_HOME=str(out / "home"), QT_QPA_PLATFORM="offscreen")
    env.pop("DISPLAY", None)
    done = subprocess.run(
        [sys.executable, "-m", "monitor.cli", "demo", "--headless", "--json", "--seconds", "52", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=150,
        env=env,
        check=False,
    )
    return out, done


def test_everything_the_runner_did_was_judged_rightly(demo):
    _, done = demo
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["simulated"] is True
    assert [deed["what"] for deed in told["deeds"]] == ["a glance at the watch", "head down, steadily"]
    assert all(deed["right"] for deed in told["deeds"])
    assert "Traceback" not in done.stderr


def test_analyze_gives_exactly_the_live_events(demo, capsys):
    out, _ = demo
    assert main(["analyze", str(out / "run.headsup"), "--json"]) == 0
    replayed = json.loads(capsys.readouterr().out)["events"]
    with open_recording(out / "run.headsup") as recording:
        live = [e.event.as_json() for e in recording.live_events()]
        assert recording.closed
        assert {s.family for s in recording.sensors} == {"openearable2", "witmotion"}
    assert replayed == live
    assert any(e["kind"] == "head_down" and e["prompted"] for e in live)


def test_pictures_and_report_say_simulated(demo):
    out, _ = demo
    report = (out / "report.html").read_text("utf-8")
    assert "SIMULATED" in report
    assert "http://" not in report.replace("http://www.w3.org/2000/svg", "")
    assert (out / "dashboard.png").stat().st_size > 10_000
    assert json.loads((out / "analysis.json").read_text())["run"]["simulated"] is True


def test_review_writes_the_report_again(demo, tmp_path, capsys):
    out, _ = demo
    assert main(["review", str(out / "run.headsup"), "--report", str(tmp_path / "again.html")]) == 0
    assert (tmp_path / "again.html").read_text("utf-8") == (out / "report.html").read_text("utf-8")
