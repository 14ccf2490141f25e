"""A disk without room, and places that may not be written to: told in words, and nothing that was there is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from recorded_runs import HEAD, RUN, log_or_sentence, singles, wait_until, whole_log, write_run

from monitor.cli import main
from monitor.errors import RecordingError
from monitor.recording import compact
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.recording.writer import RecordingWriter, WriterState
from monitor.values import NS_PER_S, packet


@pytest.fixture
def disk(tmp_path):
    """A disk of six megabytes; only root may make one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk of our own may be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place, leave=0):
    """Take all the room there is but `leave` bytes."""
    ballast = place / "ballast"
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(handle, bytes(4096))
    except OSError:
        pass
    finally:
        os.ftruncate(handle, max(0, os.fstat(handle).st_size - leave))
        os.close(handle)
    return ballast


def recorded_onto(path, count, interval_s=0.02):
    """A writer that was given `count` notifications of 10 kB, a millisecond of run time apart."""
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=interval_s)
    writer.append_sensor(HEAD, 0)
    for i in range(count):
        writer.append(packet("head", i * 1_000_000, i.to_bytes(4, "little") * 2500))
    return writer


def numbers(path):
    """The numbers of the notifications that a recording holds."""
    with open_recording(path) as recording:
        assert recording.damage == ()
        return [int.from_bytes(data[:4], "little") for s in recording.entries() for _, _, data in singles(s)]


def test_the_runner_is_told_the_run_goes_on_and_all_is_there_once_there_is_room(disk, monkeypatch):
    monkeypatch.setattr("monitor.recording.writer.MAX_RETRY_S", 0.1)
    path = disk / "a.headsup"
    ballast = fill(disk, leave=400_000)
    writer = recorded_onto(path, 100)
    wait_until(lambda: writer.status().state is WriterState.FAILED)
    assert "the disk is full" in writer.status().sentence
    have = numbers(path)
    assert have == list(range(len(have)))
    ballast.unlink()
    wait_until(lambda: writer.status().state is WriterState.RECORDING)
    status = writer.close()
    assert (status.state, status.lost, status.sentence) == (WriterState.CLOSED, 0, "")
    assert numbers(path) == list(range(100))


def test_a_run_that_ends_on_a_full_disk_says_what_is_lost(disk):
    path = disk / "a.headsup"
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=0.02)
    writer.append(packet("head", 0, (0).to_bytes(4, "little") * 2500))
    wait_until(lambda: writer.status().committed_ns == 0)
    fill(disk)
    for i in range(1, 200):
        writer.append(packet("head", i * NS_PER_S // 10, i.to_bytes(4, "little") * 2500))
    wait_until(lambda: writer.status().state is WriterState.FAILED)
    status = writer.close()
    assert status.state is WriterState.FAILED
    kept = numbers(path)
    assert kept == list(range(len(kept)))
    assert status.lost == 200 - len(kept)
    assert "the disk is full" in status.sentence
    assert "what was written before is safe" in status.sentence
    seconds = int(status.sentence.split("Its last ")[1].split(" s")[0])
    assert abs(seconds - 0.1 * (200 - len(kept))) <= 1


def test_no_recording_begins_on_a_full_disk_and_nothing_is_left(disk):
    fill(disk)
    with pytest.raises(RecordingError, match="the disk is full") as caught:
        RecordingWriter(disk / "a.headsup", RUN, "{}")
    assert "a.headsup" in str(caught.value)
    assert [p.name for p in disk.iterdir()] == ["ballast"]


def test_a_recording_is_read_on_a_full_disk(disk):
    """Reading would put a -shm beside the file; without room for it, it is read all the same."""
    path = disk / "a.headsup"
    writer = recorded_onto(path, 20)
    wait_until(lambda: writer.status().committed_ns == 19_000_000)
    copy = disk / "b.headsup"
    for side in ("", "-wal"):
        Path(f"{copy}{side}").write_bytes(Path(f"{path}{side}").read_bytes())
    writer.close()
    fill(disk)
    assert numbers(copy) == list(range(20))


def test_repair_onto_a_full_disk_says_so_and_leaves_nothing(disk, tmp_path, capsys):
    path = tmp_path / "a.headsup"
    write_run(path, 60)
    before = path.read_bytes()
    for leave in (0, 30_000, 200_000):
        ballast = fill(disk, leave)
        assert main(["repair", str(path), "-o", str(disk / "b.headsup")]) == 2
        error = capsys.readouterr().err
        assert "the disk is full" in error
        assert "b.headsup" in error
        assert ".part" not in error
        assert [p.name for p in disk.iterdir()] == ["ballast"]
        ballast.unlink()
    assert path.read_bytes() == before
    salvage(path, disk / "b.headsup")
    assert whole_log(disk / "b.headsup") == whole_log(path)


def test_a_run_is_not_compacted_where_there_is_no_room(disk):
    path = disk / "a.headsup"
    log = write_run(path, 60)
    before = path.read_bytes()
    fill(disk, leave=100_000)
    status = path.stat()
    assert not compact.compact_if_cheap(path, (status.st_dev, status.st_ino))
    assert path.read_bytes() == before
    assert whole_log(path) == (log, ())
    assert sorted(p.name for p in disk.iterdir()) == ["a.headsup", "ballast"]


def test_an_export_onto_a_full_disk_says_so_and_leaves_nothing(disk, tmp_path, capsys):
    rows = "\n".join(f"{i / 50},0.1,0.2,{9.8 + (i % 9) / 10},0.01,0.02,{(i % 7) / 100}" for i in range(6000))
    table = tmp_path / "t.csv"
    table.write_text("t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s\n" + rows + "\n")
    run = tmp_path / "a.headsup"
    assert main(["import", "--head", str(table), "-o", str(run)]) == 0
    before = run.read_bytes()
    fill(disk, leave=8192)
    capsys.readouterr()
    assert main(["export", str(run), "--csv", str(disk / "out.csv")]) == 2
    error = capsys.readouterr().err
    assert len(error.strip().splitlines()) == 1
    assert "out.csv" in error
    assert [p.name for p in disk.iterdir()] == ["ballast"]
    assert run.read_bytes() == before


# ------------------------------------------------------------------ where nothing may be written


@pytest.fixture
def read_only(disk):
    """A closed run and one broken off, on a disk that was then mounted read-only."""
    log = write_run(disk / "closed.headsup", 20)
    write_run(disk / "b.headsup", 20, finish=False)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    return disk, log


def test_a_disk_that_is_read_only(read_only, tmp_path):
    disk, log = read_only
    names = sorted(p.name for p in disk.iterdir())
    for name in ("closed.headsup", "b.headsup"):
        assert whole_log(disk / name) == (log, ())
        salvage(disk / name, tmp_path / name)
        assert whole_log(tmp_path / name)[0] == log
    for action in (lambda: RecordingWriter(disk / "new", RUN, "{}"), lambda: salvage(disk / "b.headsup", disk / "new")):
        with pytest.raises(RecordingError) as caught:
            action()
        assert "the disk is read-only" in str(caught.value)
        assert "new" in str(caught.value)
        assert ".part" not in str(caught.value)
    assert sorted(p.name for p in disk.iterdir()) == names


def test_a_file_that_is_read_only_opens(tmp_path):
    path = tmp_path / "a.headsup"
    log = write_run(path, 5)
    path.chmod(0o400)
    assert log_or_sentence(path) == (log, ())
    assert path.stat().st_mode & 0o777 == 0o400


# ------------------------------------------------------------------ links


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("action", ["record", "repair", "import"])
def test_nothing_is_written_through_a_link(tmp_path, action, exists):
    """It may lead into somebody else's file."""
    target, link = tmp_path / "target", tmp_path / "out.headsup"
    write_run(tmp_path / "a.headsup", 3)
    if exists:
        target.write_bytes(b"precious")
    link.symlink_to(target)
    (tmp_path / "t.csv").write_text(
        "t_s,ax_m_s2,ay_m_s2,az_m_s2\n" + "".join(f"{i / 50},0,0,9.8\n" for i in range(500))
    )
    if action == "record":
        with pytest.raises(RecordingError, match="a link of this name exists"):
            RecordingWriter(link, RUN, "{}")
    else:
        source = ["--head", str(tmp_path / "t.csv")] if action == "import" else [str(tmp_path / "a.headsup")]
        assert main([action, *source, "-o", str(link)]) == 2
    assert target.exists() == exists
    assert not exists or target.read_bytes() == b"precious"
    assert link.is_symlink()
    assert not list(tmp_path.glob(".headsup-*"))


def test_a_folder_that_is_a_link_is_followed(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "runs").symlink_to(tmp_path / "disk")
    writer = recorded_onto(tmp_path / "runs" / "a.headsup", 3)
    assert writer.close().state is WriterState.CLOSED
    assert numbers(tmp_path / "disk" / "a.headsup") == [0, 1, 2]


def test_an_import_onto_a_full_disk_names_the_file_that_was_asked_for_and_leaves_nothing(disk, tmp_path, capsys):
    table = tmp_path / "head.csv"
    rows = (f"{i / 100},0.1,0.2,{9.8 + i % 7 / 100},0.01,0.02,{i % 5 / 100}" for i in range(12_000))
    table.write_text("\n".join(("t_s,ax_m_s2,ay_m_s2,az_m_s2,gx_rad_s,gy_rad_s,gz_rad_s", *rows)))
    for leave in (0, 30_000, 200_000):
        ballast = fill(disk, leave)
        assert main(["import", "--head", str(table), "-o", str(disk / "b.headsup")]) == 2
        error = capsys.readouterr().err
        assert "the disk is full" in error
        assert "b.headsup" in error
        assert ".part" not in error
        assert [p.name for p in disk.iterdir()] == ["ballast"]
        ballast.unlink()
