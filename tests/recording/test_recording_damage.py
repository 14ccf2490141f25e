"""Damaged and cut files: the truth with its damage named, or one sentence; and what salvage brings back."""

import struct
from pathlib import Path

import numpy as np
import pytest
from recorded_runs import RUN, is_part_of, log_or_sentence, refused, wait_until, whole_log, write_run

from monitor.errors import RecordingError
from monitor.recording import format as layout
from monitor.recording.reader import open_recording
from monitor.recording.salvage import salvage
from monitor.recording.writer import RecordingWriter
from monitor.values import packet

SLOW = pytest.param(400, marks=pytest.mark.slow)


@pytest.mark.parametrize("span_s", [1, 10])
@pytest.mark.parametrize("count", [25, SLOW])
def test_a_flipped_byte_never_gives_wrong_data_silently(tmp_path, count, span_s):
    path = tmp_path / "a.headsup"
    want = write_run(path, 60, span_s=span_s)
    good = path.read_bytes()
    rng = np.random.default_rng(count)
    for k in range(count):
        at = int(rng.integers(0, 100 + 3 * layout.PAGE_SIZE)) if k % 3 == 0 else int(rng.integers(0, len(good)))
        bad = bytearray(good)
        bad[at] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(bad)
        try:
            got, damage = whole_log(path)
        except RecordingError:
            continue
        assert is_part_of(got, want), f"wrong data after a flip at byte {at}"
        assert got == want or damage, f"data vanished silently after a flip at byte {at}"


@pytest.mark.parametrize("count", [12, SLOW])
def test_salvage_after_a_flip_or_a_smashed_page_saves_nearly_everything(tmp_path, count):
    path = tmp_path / "a.headsup"
    want = write_run(path, 60)
    good = path.read_bytes()
    rng = np.random.default_rng(count)
    for k in range(count):
        bad = bytearray(good)
        if k % 2:
            page = int(rng.integers(0, len(good) // layout.PAGE_SIZE)) * layout.PAGE_SIZE
            bad[page : page + layout.PAGE_SIZE] = rng.bytes(layout.PAGE_SIZE)
        else:
            bad[int(rng.integers(0, len(good)))] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(bad)
        out = tmp_path / f"saved-{k}.headsup"
        report = salvage(path, out)
        got, damage = whole_log(out)
        assert is_part_of(got, want)
        assert len(got) >= 0.85 * len(want)
        assert got == want or (report.missing and damage)


@pytest.mark.parametrize("part", [0.05, 0.34, 0.5, 0.76, 0.99])
@pytest.mark.parametrize("span_s", [1, 10])
def test_a_cut_file_is_refused_and_salvaged(tmp_path, part, span_s):
    path = tmp_path / "a.headsup"
    want = write_run(path, 120, span_s=span_s)
    good = path.read_bytes()
    path.write_bytes(good[: int(part * len(good))])
    outcome = log_or_sentence(path)
    if isinstance(outcome, str):
        assert "headsup repair" in outcome
    else:
        assert is_part_of(outcome[0], want)
        assert outcome[1]
    if part < 0.2:
        return  # hardly anything is before this cut
    report = salvage(path, tmp_path / "saved.headsup")
    got, _ = whole_log(tmp_path / "saved.headsup")
    assert is_part_of(got, want)
    assert len(got) >= (part - 0.12) * len(want)
    assert sum(report.notifications.values()) + report.entries == len(got)


def test_salvage_of_a_sound_file_is_complete_and_says_so(tmp_path):
    want = write_run(tmp_path / "a.headsup", 30)
    report = salvage(tmp_path / "a.headsup", tmp_path / "b.headsup")
    assert report.missing == ()
    assert report.was_closed
    assert report.marks == 3
    assert {key: saved.seconds for key, saved in report.sensors.items()} == {"head": 29.95, "collar": 29.95}
    assert whole_log(tmp_path / "b.headsup") == (want, ())
    with open_recording(tmp_path / "b.headsup") as recording:
        assert recording.run == RUN
        assert recording.settings_json == '{"volume": 0.5}'
        assert recording.profile_json == "a profile"
    with pytest.raises(RecordingError):
        salvage(tmp_path / "a.headsup", tmp_path / "b.headsup")


def test_salvage_without_a_header(tmp_path):
    path = tmp_path / "a.headsup"
    want = write_run(path, 30)
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    assert refused(path) == "is not a Heads Up recording; if it was one, try: headsup repair RUN -o NEW"
    salvage(path, tmp_path / "saved.headsup")
    assert whole_log(tmp_path / "saved.headsup") == (want, ())


def test_a_copy_of_a_running_recording_opens_and_is_salvaged_with_its_wal(tmp_path):
    path, copy = tmp_path / "a.headsup", tmp_path / "copy.headsup"
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=0.01)
    try:
        for i in range(50):
            writer.append(packet("head", i, bytes(100)))
        wait_until(lambda: writer.status().committed_ns == 49)
        for name in ("", "-wal"):
            Path(f"{copy}{name}").write_bytes(Path(f"{path}{name}").read_bytes())
        want = [(i, "head", bytes(100)) for i in range(50)]
        report = salvage(copy, tmp_path / "saved.headsup")
        assert report.notifications == {"head": 50}
        assert whole_log(tmp_path / "saved.headsup")[0] == want
        assert whole_log(copy)[0] == want
    finally:
        writer.close()


def test_salvage_finds_nothing_in_other_files(tmp_path):
    path = tmp_path / "a"
    for content in (b"x", np.random.default_rng(0).bytes(200_000), b"\x0d" * 50_000):
        path.write_bytes(content)
        with pytest.raises(RecordingError, match="nothing"):
            salvage(path, tmp_path / "out.headsup")
    with pytest.raises(RecordingError, match="does not exist"):
        salvage(tmp_path / "none", tmp_path / "out.headsup")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_salvage_survives_a_page_of_cells_that_all_claim_the_same_long_chain(tmp_path):
    size = layout.PAGE_SIZE
    page = bytearray(size)
    cells = range(9000, 9000 + 3 * 2000, 3)
    page[0:8] = b"\x0d" + struct.pack(">HHHB", 0, len(cells), 9000, 0)
    page[8 : 8 + 2 * len(cells)] = struct.pack(f">{len(cells)}H", *cells)
    for cell in cells:
        page[cell : cell + 3] = b"\xff\xff\x7f"  # a row of two million bytes
    (tmp_path / "a").write_bytes(bytes(size) + bytes(page) + bytes(size) * 20)
    with pytest.raises(RecordingError, match="nothing"):
        salvage(tmp_path / "a", tmp_path / "out.headsup")


def smashed(good, rng):
    """A file with up to a dozen damages of many kinds, often where SQLite keeps its own numbers."""
    bad = bytearray(good)
    pages = len(good) // layout.PAGE_SIZE
    for _ in range(int(rng.integers(1, 12))):
        page = int(rng.integers(0, pages)) * layout.PAGE_SIZE
        at = page + int(rng.integers(0, 40 if rng.random() < 0.4 else layout.PAGE_SIZE))
        kind = int(rng.integers(0, 4))
        if kind == 0:
            bad[at] = int(rng.integers(0, 256))
        elif kind == 1:
            bad[at : at + 8] = rng.bytes(8)
        elif kind == 2:
            bad[at : at + 4] = b"\xff" * 4
        else:
            other = int(rng.integers(0, pages)) * layout.PAGE_SIZE
            bad[page : page + layout.PAGE_SIZE] = good[other : other + layout.PAGE_SIZE]
    return bytes(bad[: len(good)]) if rng.random() < 0.9 else bytes(bad[: int(rng.integers(1, len(good)))])


@pytest.mark.parametrize("count", [30, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_smashed_file_is_refused_or_read_with_its_damage_named(tmp_path, count):
    path = tmp_path / "a.headsup"
    want = write_run(path, 40)
    good = path.read_bytes()
    rng = np.random.default_rng(count)
    for k in range(count):
        path.write_bytes(smashed(good, rng))
        outcome = log_or_sentence(path)
        if not isinstance(outcome, str):
            assert is_part_of(outcome[0], want), f"wrong data in file {k}"
            assert outcome[0] == want or outcome[1], f"data vanished silently in file {k}"
        if k % 5 == 0:
            out = tmp_path / f"saved-{k}.headsup"
            try:
                salvage(path, out)
            except RecordingError:
                continue
            assert is_part_of(whole_log(out)[0], want)
