"""The -wal of a run that was broken off: damaged, cut, missing, or of another run; and its -shm likewise."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from recorded_runs import COLLAR, HEAD, RUN, in_time, is_part_of, log_or_sentence, whole_log

from monitor.recording.format import PAGE_SIZE
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.recording.store import RunFile
from monitor.recording.wal import FRAME_HEADER_BYTES, HEADER_BYTES, check_sums, hides_commits
from monitor.values import NS_PER_S, Mark, PacketBlock

SECONDS = 12
FRAME = FRAME_HEADER_BYTES + PAGE_SIZE


def broken_off(path, seconds=SECONDS, seed=1):
    """A run that was broken off with everything but its description in the -wal; the log of each second."""
    rng = np.random.default_rng(seed)
    running = path.with_name(f"running-{path.name}")
    out = RunFile(running.with_name("begun"), live=False)
    out.add_head(dataclasses.replace(RUN, run_id=f"run-{seed}"), "{}", "")
    out.commit()
    out.go_live(running)
    out.add_sensor(HEAD, 0)
    out.add_sensor(COLLAR, 0)
    out.commit()
    log = []
    for second in range(seconds):
        entries = []
        for offset_ns, key in ((0, "head"), (7, "collar")):
            t_ns = second * NS_PER_S + np.arange(50) * 20_000_000 + offset_ns
            entries.append(PacketBlock(key, t_ns, np.arange(1, 51) * 40, rng.bytes(2000)))
            out.add_packets(entries[-1], NS_PER_S)
        entries.append(Mark(second * NS_PER_S + 500_000_001, f"mark {seed} {second}"))
        out.add_control(entries[-1])
        out.commit()
        log.append(entries)
    for side in ("", "-wal", "-shm"):
        shutil.copyfile(f"{running}{side}", f"{path}{side}")
    out.release()
    running.unlink()
    return log


def flat(log):
    return in_time(entry for second in log for entry in second)


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "a.headsup"
    return path, Path(f"{path}-wal"), broken_off(path)


def test_the_check_sum_is_that_of_sqlite():
    def one_by_one(data, before, words):
        s0, s1 = before
        values = np.frombuffer(data, words).astype(int).tolist()
        for x0, x1 in zip(values[::2], values[1::2], strict=True):
            s0 = (s0 + x0 + s1) & 0xFFFFFFFF
            s1 = (s1 + x1 + s0) & 0xFFFFFFFF
        return s0, s1

    rng = np.random.default_rng(0)
    for size in (8, 24, 16392):
        for words in ("<u4", ">u4"):
            data, before = rng.bytes(size), tuple(rng.integers(0, 1 << 32, 2).tolist())
            assert check_sums(data, before, words) == one_by_one(data, before, words)


def test_a_sound_wal_hides_nothing(run):
    path, wal, log = run
    assert wal.stat().st_size > 2 * SECONDS * FRAME
    assert not hides_commits(wal)
    assert whole_log(path) == (flat(log), ())


@pytest.mark.parametrize("count", [16, pytest.param(150, marks=pytest.mark.slow)])
def test_a_flipped_byte_in_the_wal_is_told_unless_it_is_in_the_last_transaction(run, tmp_path, count):
    path, wal, log = run
    good = wal.read_bytes()
    rng = np.random.default_rng(count)
    told = 0
    for k in range(count):
        at = int(rng.integers(0, HEADER_BYTES)) if k % 8 == 0 else int(rng.integers(0, len(good)))
        bad = bytearray(good)
        bad[at] ^= 1 << int(rng.integers(0, 8))
        wal.write_bytes(bad)
        got, damage = whole_log(path)
        assert is_part_of(got, flat(log))
        assert got == flat(log) or damage or got == flat(log[:-1]), f"vanished silently after a flip at {at}"
        if damage and got != flat(log):
            told += 1
            assert any("headsup repair" in str(one) for one in damage)
            saved = tmp_path / f"saved-{k}.headsup"
            report = salvage(path, saved)
            brought_back, _ = whole_log(saved)
            # The damaged page stands in later transactions again.
            assert len(brought_back) >= len(flat(log[:-1]))
            assert is_part_of(brought_back, flat(log))
            assert not report.was_closed
    assert told > count / 2


def test_a_page_that_was_torn_in_the_last_transaction_is_no_damage(run):
    path, wal, log = run
    data = wal.read_bytes()
    wal.write_bytes(data[: -PAGE_SIZE // 2] + bytes(PAGE_SIZE // 2))
    assert not hides_commits(wal)
    assert whole_log(path) == (flat(log[:-1]), ())


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_wal_that_is_cut_gives_all_before_the_cut(run, part):
    path, wal, log = run
    data = wal.read_bytes()
    wal.write_bytes(data[: int(part * len(data))])
    got, damage = whole_log(path) if part > 0.05 else ([], ())
    assert damage == ()
    assert any(got == flat(log[:n]) for n in range(len(log)))
    assert len(got) >= (part - 0.15) * len(flat(log))


def test_without_its_wal_a_run_has_what_the_last_checkpoint_left(tmp_path):
    path = tmp_path / "a.headsup"
    log = broken_off(path, seconds=60)
    Path(f"{path}-wal").unlink()
    got, damage = whole_log(path)
    assert damage == ()
    assert any(got == flat(log[:n]) for n in range(20, len(log)))


@pytest.mark.parametrize("shm", ["missing", "nonsense", "empty", "of another run"])
def test_the_shm_does_not_matter(run, tmp_path, shm):
    path, _, log = run
    side = Path(f"{path}-shm")
    if shm == "missing":
        side.unlink()
    elif shm == "nonsense":
        side.write_bytes(np.random.default_rng(3).bytes(32768))
    elif shm == "empty":
        side.write_bytes(b"")
    else:
        broken_off(tmp_path / "b.headsup", seconds=3, seed=9)
        shutil.copyfile(tmp_path / "b.headsup-shm", side)
    assert whole_log(path) == (flat(log), ())


@pytest.mark.parametrize("seconds", [3, 12, 60])
def test_a_wal_of_another_run_never_gives_its_data_as_ours(run, tmp_path, seconds):
    """SQLite applies it; the rows' check sums know better."""
    path, wal, log = run
    other = tmp_path / "b.headsup"
    broken_off(other, seconds=seconds, seed=9)
    shutil.copyfile(f"{other}-wal", wal)
    ours = flat(log)
    outcome = log_or_sentence(path)
    if isinstance(outcome, str):
        assert "headsup repair" in outcome
    else:
        got, damage = outcome
        assert is_part_of(got, ours)
        assert "another run" in str(damage)
    report = salvage(path, tmp_path / "saved.headsup")
    got, _ = whole_log(tmp_path / "saved.headsup")
    assert is_part_of(got, ours)
    assert "another recording" in str(report.missing)


def test_a_closed_run_beside_a_wal_of_another_says_what_is_wrong(tmp_path):
    path, other = tmp_path / "a.headsup", tmp_path / "b.headsup"
    log = broken_off(path, seconds=40)
    salvage(path, tmp_path / "closed.headsup")
    ours = whole_log(tmp_path / "closed.headsup")[0]
    assert ours == flat(log)
    broken_off(other, seconds=12, seed=9)
    shutil.copyfile(f"{other}-wal", tmp_path / "closed.headsup-wal")
    before = (tmp_path / "closed.headsup").read_bytes()
    got, damage = whole_log(tmp_path / "closed.headsup")
    assert got == ours
    assert [str(one) for one in damage] == [
        "'closed.headsup-wal' beside the recording belongs to another run and was not read; please move it away"
    ]
    assert (tmp_path / "closed.headsup").read_bytes() == before
    salvage(tmp_path / "closed.headsup", tmp_path / "saved.headsup")
    got, _ = whole_log(tmp_path / "saved.headsup")
    assert got == ours


def test_repair_says_that_rows_of_another_run_were_left_out(tmp_path):
    path, other = tmp_path / "a.headsup", tmp_path / "b.headsup"
    log = broken_off(path, seconds=60)
    broken_off(other, seconds=4, seed=9)
    data = Path(f"{path}-wal").read_bytes()
    Path(f"{path}-wal").write_bytes(data + Path(f"{other}-wal").read_bytes()[HEADER_BYTES:])
    report = salvage(path, tmp_path / "saved.headsup")
    assert whole_log(tmp_path / "saved.headsup")[0] == flat(log)
    assert any("another recording" in str(damage) for damage in report.missing)
    with open_recording(path) as recording:
        assert recording.damage == ()


def test_a_checkpoint_that_was_cut_short_does_no_harm(run):
    """The file itself is torn then, and its -wal holds every page that is."""
    path, _, log = run
    data = bytearray(path.read_bytes())
    for page in range(0, len(data), PAGE_SIZE):
        # All but the first sector of each page, whose new content a checkpoint writes next.
        data[page + 512 : page + PAGE_SIZE] = bytes(PAGE_SIZE - 512)
    path.write_bytes(data)
    got, damage = whole_log(path)
    assert got == flat(log)
    assert damage == ()
