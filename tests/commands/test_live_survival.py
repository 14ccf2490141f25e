"""What a live run lives through: a clock that is set, a computer that sleeps, a full disk, a second run beside it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest
from live_home import begin, calibrated_home, finish, wait_until_recorded

from monitor.cli import main
from monitor.recording.reader import Recording, open_recording
from monitor.review.analyse import analyse
from monitor.values import EventKind, LinkChange, LinkState

ALERTS = {EventKind.HEAD_DOWN, EventKind.SHOULDERS_UP, EventKind.LOOK_UP_DUE, EventKind.SENSOR_MOVED}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


def gaps_s(recording: Recording, sensor: str) -> np.ndarray:
    """Seconds between the notifications of a sensor."""
    packets = recording.packets(sensor)
    assert packets is not None
    return np.diff(packets.t_ns) / 1e9


def states(recording: Recording, sensor: str) -> list[LinkState]:
    return [c.state for c in recording.controls() if isinstance(c, LinkChange) and c.sensor == sensor]


def check_whole(recording: Recording) -> None:
    """Closed, undamaged, without an alert (the runner looks ahead for 40 s), and its replay is what was lived."""
    assert recording.closed
    assert recording.verify() == ()
    lived = [e.event for e in recording.live_events()]
    assert not {e.kind for e in lived} & ALERTS
    assert list(analyse(recording).events) == lived


# ---------------------------------------------------------------- the wall clock

CLOCK = r"""
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The wall clock is set a year forward after 5 s, and back to two years ago after 8 s; others run on. */
static long year = 365L * 86400;
static int told = 0;
static void say(int turn, const char *text, int n) {
    if (told < turn && write(2, text, n) == n) told = turn;
}
static long offset(void) {
    static long begun = 0;
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    if (!begun) begun = now.tv_sec;
    long ran = now.tv_sec - begun;
    if (ran >= 8) { say(2, "CLOCK BACK\n", 11); return -2 * year; }
    if (ran >= 5) { say(1, "CLOCK FORTH\n", 12); return year; }
    return 0;
}
int clock_gettime(clockid_t id, struct timespec *ts) {
    int failed = syscall(SYS_clock_gettime, id, ts);
    long o = offset();
    if (!failed && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) ts->tv_sec += o;
    return failed;
}
int gettimeofday(struct timeval *restrict tv, void *restrict tz) {
    (void)tz;
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    tv->tv_sec = ts.tv_sec;
    tv->tv_usec = ts.tv_nsec / 1000;
    return 0;
}
time_t time(time_t *t) {
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    if (t) *t = ts.tv_sec;
    return ts.tv_sec;
}
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux") or not shutil.which("cc"), reason="needs Linux and a compiler")
def test_setting_the_wall_clock_changes_nothing(tmp_path):
    source, shim = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(shim), str(source)], check=True, capture_output=True)
    path = tmp_path / "run.headsup"
    _, err = finish(
        begin(
            calibrated_home(tmp_path),
            *("--treadmill", "--heart", "--seconds", "14", "--record", str(path)),
            env={"LD_PRELOAD": str(shim)},
        )
    )
    assert "CLOCK FORTH" in err
    assert "CLOCK BACK" in err
    with open_recording(path) as recording:
        check_whole(recording)
        assert 10 < recording.duration_s < 60
        assert gaps_s(recording, "head").max() < 2.0
        for sensor in ("head", "collar"):
            assert states(recording, sensor)[-2:] == [LinkState.STREAMING, LinkState.STOPPED]
            assert LinkState.LOST not in states(recording, sensor)


# ---------------------------------------------------------------- suspended and resumed


@pytest.mark.slow
@pytest.mark.parametrize("asleep_s", [3.0, 9.0])
def test_a_run_goes_on_after_it_was_suspended(tmp_path, asleep_s):
    path = tmp_path / "run.headsup"
    process = begin(calibrated_home(tmp_path), "--seconds", str(15 + asleep_s), "--record", str(path))
    try:
        wait_until_recorded(process, tmp_path, 3.0)
        process.send_signal(signal.SIGSTOP)
        time.sleep(asleep_s)
    finally:
        process.send_signal(signal.SIGCONT)
    finish(process)
    with open_recording(path) as recording:
        check_whole(recording)
        waits = gaps_s(recording, "head")
        slept_at = int(np.argmax(waits))
        assert waits[slept_at] > asleep_s - 1
        assert len(waits) - slept_at > 50, "data came again"
        for sensor in ("head", "collar"):
            turns = states(recording, sensor)
            assert turns[-2:] == [LinkState.STREAMING, LinkState.STOPPED]
            # Back on its own: what streams after a loss was searched for in between.
            lost = [i for i, state in enumerate(turns) if state is LinkState.LOST]
            assert all(LinkState.STREAMING in turns[i:] for i in lost)
        times = [c.t_ns for c in recording.controls()]
        assert all(a < b for a, b in pairwise(times))


# ---------------------------------------------------------------- a disk that is full


@pytest.mark.slow
def test_a_run_goes_on_when_its_recording_may_grow_no_more(tmp_path):
    import resource

    path = tmp_path / "run.headsup"
    limit = 400_000
    process = begin(
        calibrated_home(tmp_path),
        *("--seconds", "16", "--record", str(path)),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    out, err = finish(process)
    assert "Recording has stopped for now: the disk cannot be written to." in out
    assert "The end of the recording could not be written" in err
    told_s = int(next(line for line in out.splitlines() if "Recording has stopped" in line)[2:4])
    with open_recording(path) as recording:
        assert not recording.closed
        assert recording.verify() == ()
        assert told_s - 4 <= recording.duration_s  # what was recorded before is there
        assert recording.live_events() == ()


# ---------------------------------------------------------------- two at once


@pytest.mark.slow
def test_a_second_run_into_the_same_file_is_refused_and_one_beside_it_is_not(tmp_path, capsys, monkeypatch):
    home = calibrated_home(tmp_path)
    first, beside = tmp_path / "first.headsup", tmp_path / "beside.headsup"
    running = begin(home, "--seconds", "9", "--record", str(first))
    deadline = time.monotonic() + 30
    while not first.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    monkeypatch.setenv("HEADSUP_HOME", str(home))
    assert main(["live", "--simulate", "--no-gui", "--silent", "--seconds", "2", "--record", str(first)]) == 2
    told = capsys.readouterr()
    refusal = f"headsup: {first}: a file of this name exists already; please choose another name"
    assert told.err.splitlines()[-1] == refusal
    assert told.out == ""
    finish(begin(home, "--seconds", "5", "--record", str(beside)))
    finish(running)
    for path in (first, beside):
        with open_recording(path) as recording:
            check_whole(recording)
            assert {s.key for s in recording.sensors} == {"head", "collar"}
            assert recording.duration_s > 2


# ---------------------------------------------------------------- a computer that shuts down, a terminal that is closed


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_run_that_is_asked_to_end_closes_its_recording(tmp_path, name):
    path = tmp_path / "run.headsup"
    process = begin(tmp_path, "--record", str(path))
    assert process.stdout is not None
    while "NOT CALIBRATED" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(getattr(signal, name))
    out, _ = finish(process)
    assert f"Recorded in {path}" in out
    with open_recording(path) as recording:
        assert recording.closed
        assert recording.verify() == ()


# ---------------------------------------------------------------- what a killed run leaves


@pytest.mark.slow
def test_a_killed_run_is_told_of_at_the_next_start_and_then_no_more(tmp_path):
    home = calibrated_home(tmp_path)
    killed = begin(home)
    left = wait_until_recorded(killed, home / "runs", 2.0)
    killed.kill()
    killed.communicate(timeout=30)
    assert list((home / "runs").glob("*.headsup")) == [left]
    time.sleep(10.5)  # a file that changed just now may belong to a run that goes on
    for expected in (True, False):
        _, err = finish(begin(home, "--seconds", "2"))
        assert (f"The recording {left.name} was never closed" in err) is expected
        assert (f"headsup review {left}" in err) is expected
