"""A run that is killed, or whose disk is full, loses at most the last second, and its file always opens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from recorded_runs import RUN, whole_log
from recording_process import payload

from monitor.recording.compact import compact_if_cheap
from monitor.recording.place import remove_stale_parts
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.recording.writer import COMMIT_INTERVAL_S, RecordingWriter
from monitor.values import NS_PER_S, Mark

SCRIPT = Path(__file__).with_name("recording_process.py")
ROOT = Path(__file__).parents[2]


def start(path, interval_s, *more):
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(path), str(interval_s), *map(str, more)],
        stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def killed_run(path, after_s, interval_s):
    """Record for about `after_s`, kill -9; returns (ns known to be committed, ns last appended)."""
    process = start(path, interval_s)
    lines = [process.stdout.readline()]
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    lines += process.communicate()[0].splitlines()
    words = [line.split() for line in lines if line]
    committed = [int(w[1]) for w in words if w[0] == "committed" and len(w) > 2 and w[1] != "None"]
    # The last line may have been cut by the kill.
    appended = [int(w[1]) for w in words[:-1] if w[0] == "appended"]
    return max(committed, default=-1), max(appended, default=0)


def check_killed(path, committed_ns):
    log, damage = whole_log(path)
    assert damage == ()
    packets = [item for item in log if isinstance(item, tuple)]
    assert [data for _, _, data in packets] == [payload(i) for i in range(len(packets))]
    marks = [item for item in log if isinstance(item, Mark)]
    assert [int(mark.label) for mark in marks] == [50 + 100 * k for k in range(len(marks))]
    last_ns = packets[-1][0] if packets else -1
    assert max([last_ns] + [mark.t_ns for mark in marks]) >= committed_ns
    with open_recording(path) as recording:
        assert not recording.closed
    return last_ns


@pytest.mark.parametrize("after_s", [0.02, 0.13, 0.4])
def test_a_killed_run_keeps_all_that_was_committed(tmp_path, after_s):
    path = tmp_path / "a.headsup"
    committed_ns, _ = killed_run(path, after_s, 0.03)
    check_killed(path, committed_ns)


@pytest.mark.slow
@pytest.mark.parametrize("k", range(30))
def test_kills_at_random_moments_with_many_commits(tmp_path, k):
    path = tmp_path / "a.headsup"
    rng = np.random.default_rng(k)
    committed_ns, _ = killed_run(path, float(rng.uniform(0, 1.5)), float(rng.choice([0.002, 0.01, 0.05])))
    check_killed(path, committed_ns)
    salvage(path, tmp_path / "saved.headsup")
    assert whole_log(tmp_path / "saved.headsup")[0] == whole_log(path)[0]


@pytest.mark.slow
@pytest.mark.parametrize("k", range(8))
def test_a_kill_in_an_ordinary_run_loses_at_most_a_second(tmp_path, k):
    path = tmp_path / "a.headsup"
    rng = np.random.default_rng(100 + k)
    committed_ns, appended_ns = killed_run(path, float(rng.uniform(1.0, 5.0)), COMMIT_INTERVAL_S)
    last_ns = check_killed(path, committed_ns)
    assert appended_ns - last_ns <= NS_PER_S


def test_a_killed_run_opens_in_a_folder_that_may_not_be_written_to(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    path = folder / "a.headsup"
    committed_ns, _ = killed_run(path, 0.2, 0.02)
    Path(f"{path}-shm").unlink()
    folder.chmod(0o500)
    try:
        check_killed(path, committed_ns)
        if os.geteuid() != 0:  # root may write anywhere
            assert not Path(f"{path}-shm").exists()
    finally:
        folder.chmod(0o700)


def test_reading_leaves_a_killed_run_as_it_is(tmp_path):
    path = tmp_path / "a.headsup"
    killed_run(path, 0.2, 0.02)
    before = (path.read_bytes(), Path(f"{path}-wal").read_bytes())
    first = whole_log(path)
    assert whole_log(path) == first
    assert (path.read_bytes(), Path(f"{path}-wal").read_bytes()) == before
    assert not compact_if_cheap(path, (path.stat().st_dev, path.stat().st_ino))


def test_a_full_disk_is_told_and_outlived(tmp_path):
    """Writes beyond a size fail, as on a full disk; when there is room again, nothing is missing."""
    path = tmp_path / "a.headsup"
    process = start(path, 0.02, 200_000)
    failed = ""
    for line in process.stdout:
        words = line.split()
        if words[0] == "committed" and words[2] == "failed":
            failed = line
            break
    assert "Recording has stopped for now" in failed
    log, damage = whole_log(path)
    assert damage == ()
    assert log
    process.stdin.write("more room\n")
    process.stdin.flush()
    rest = process.communicate(timeout=60)[0].splitlines()
    closed = rest[-1].split()
    assert closed[:3] == ["closed", "closed", "0"]
    packets = [item for item in whole_log(path)[0] if isinstance(item, tuple)]
    assert [data for _, _, data in packets] == [payload(i) for i in range(int(closed[3]))]
    with open_recording(path) as recording:
        assert recording.closed
        assert recording.damage == ()


def test_parts_that_a_kill_left_are_removed_a_day_later_and_nothing_else(tmp_path):
    now = time.time()
    names = {
        ".headsup-0123456789ab.part": True,
        ".headsup-0123456789ab.part-journal": True,
        ".headsup-0123456789ab.part-wal": True,
        ".headsup-0123456789abc.part": False,
        ".headsup-notes.part": False,
        "a.headsup": False,
        ".headsup-0123456789ab.part.txt": False,
    }
    for name in names:
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (now - 90_000, now - 90_000))
    young = tmp_path / ".headsup-aaaaaaaaaaaa.part"
    young.write_bytes(b"x")
    (tmp_path / ".headsup-bbbbbbbbbbbb.part").mkdir()
    os.utime(tmp_path / ".headsup-bbbbbbbbbbbb.part", (now - 90_000, now - 90_000))
    (tmp_path / ".headsup-cccccccccccc.part").symlink_to(tmp_path / "a.headsup")
    RecordingWriter(tmp_path / "new.headsup", RUN, "{}").close()
    assert {name: (tmp_path / name).exists() for name in names} == {name: not goes for name, goes in names.items()}
    assert young.exists()
    assert (tmp_path / ".headsup-bbbbbbbbbbbb.part").is_dir()
    assert (tmp_path / ".headsup-cccccccccccc.part").is_symlink()
    assert remove_stale_parts(tmp_path) == remove_stale_parts(tmp_path / "none") == 0
