"""A home folder in which the SIMULATED runner of `--simulate` is calibrated, and `headsup live` as a process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from simulated_log import true_profile

from calibration import store
from calibration.model import Profile
from monitor.errors import RecordingError
from monitor.recording.reader import open_recording
from monitor.simulator.runner import simulate
from monitor.simulator.scenario import ActivitySpan, Scenario
from monitor.simulator.sensor_model import SensorModel
from monitor.simulator.wearer import HEAD_RATE_HZ
from monitor.values import Activity, Site


def wearers_profile(name: str = "simulated") -> Profile:
    """The exact calibration of the wearer's cap: the mounting of `monitor.simulator.wearer.radio_for`."""
    still = Scenario(duration_s=2.0, activities=(ActivitySpan(0.0, 2.0, Activity.STILL),), seed=1)
    return replace(true_profile(simulate(still, SensorModel(site=Site.HEAD, rate_hz=HEAD_RATE_HZ, seed=21))), name=name)


def calibrated_home(home: Path) -> Path:
    """`home` with that profile, cues after 3 s, and a dwell of 2 s."""
    store.save(home / "profiles", wearers_profile())
    (home / "settings.toml").write_text("grace_s = 3\n[road]\ndwell_s = 2\n")
    return home


def begin(home: Path, *args: str, **more: Any) -> subprocess.Popen[str]:
    """`headsup live --simulate` in a terminal without sounds."""
    return subprocess.Popen(
        [sys.executable, "-m", "monitor.cli", "live", "--simulate", "--no-gui", "--silent", *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HEADSUP_HOME": str(home), **more.pop("env", {})},
        **more,
    )


def wait_until_recorded(process: subprocess.Popen[str], folder: Path, seconds: float) -> Path:
    """The recording in a folder, once a run has put so much into it: a busy computer takes its time to start one."""
    until = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.1)
        for path in folder.glob("*.headsup"):
            try:
                with open_recording(path) as recording:
                    if recording.duration_s >= seconds:
                        return path
            except RecordingError:
                continue  # nothing is in it yet


def finish(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Its standard output and error, once it ended well and without a traceback of ours."""
    out, err = process.communicate(timeout=90)
    assert process.returncode == 0, err
    assert not re.search(r'File ".*[/\\]monitor[/\\]', err), err
    return out, err
