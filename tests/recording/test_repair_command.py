"""`headsup repair` says what it saved and what not, leaves the damaged file as it is, and overwrites nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from recorded_runs import HEAD, RUN, whole_log, write_run

from monitor.cli import main
from monitor.recording.format import FORMAT_VERSION
from monitor.recording.store import RunFile
from monitor.values import NS_PER_S, Event, EventKind, Mark, packet


def repaired(run, out, capsys, *options):
    """Exit code, what was printed, what was complained of."""
    code = main(["repair", str(run), "-o", str(out), *options])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_sound_run_is_saved_whole(tmp_path, capsys):
    run = tmp_path / "a.headsup"
    log = write_run(run, 150)
    before = run.read_bytes()
    code, said, complaint = repaired(run, tmp_path / "b.headsup", capsys)
    assert (code, complaint) == (0, "")
    assert said.splitlines() == [
        f"Saved in {tmp_path / 'b.headsup'}: 2:30 min from the first entry to the last.",
        "  collar: 2:30 min of data in 3000 notifications",
        "  head: 2:30 min of data in 3000 notifications",
        "  marks: 15, alerts given: 0, other entries: 0",
        "Nothing is known to be missing.",
        f"{run} is as it was.",
    ]
    assert whole_log(tmp_path / "b.headsup") == (log, ())
    assert run.read_bytes() == before


def test_what_is_missing_is_said_with_its_place(tmp_path, capsys):
    run = tmp_path / "a.headsup"
    log = write_run(run, 60)
    data = bytearray(run.read_bytes())
    packets = [entry for entry in log if isinstance(entry, tuple)]
    body = data.index(next(payload for t_ns, _, payload in packets if t_ns == 25 * NS_PER_S))
    data[body : body + 8] = bytes(8)
    run.write_bytes(data)
    code, said, _ = repaired(run, tmp_path / "b.headsup", capsys, "--json")
    assert code == 0
    told = json.loads(said)
    assert told["sensors"]["head"] == {"notifications": 1180, "seconds": 58.9}
    assert told["sensors"]["collar"] == {"notifications": 1200, "seconds": 59.95}
    assert (told["marks"], told["alerts"], told["other_entries"], told["closed"]) == (6, 0, 0, True)
    assert told["missing"] == [{"what": "1 block(s) of 'head' are missing", "from_s": 24.95, "to_s": 26.0}]
    assert told["damaged"] == str(run)
    # The saved run says so itself, at the same place, and so does a repair of the repair.
    _, damage = whole_log(tmp_path / "b.headsup")
    assert [(one.what, one.from_s, one.to_s) for one in damage] == [("1 block(s) of 'head' are missing", 24.95, 26.0)]
    code, said, _ = repaired(tmp_path / "b.headsup", tmp_path / "c.headsup", capsys, "--json")
    assert json.loads(said)["missing"] == told["missing"]


def test_a_run_that_was_broken_off_is_said_to_have_no_end(tmp_path, capsys):
    run = tmp_path / "a.headsup"
    out = RunFile(run)
    out.add_head(RUN, "{}", "")
    out.add_sensor(HEAD, 0)
    for second in (0, 1, 2, 30, 31):
        out.add_packets(packet("head", second * NS_PER_S, b"x"), NS_PER_S)
    out.add_control(Mark(NS_PER_S, "cramp"))
    out.add_event(Event(5, EventKind.HEAD_DOWN, "head", True), 6)
    out.add_event(Event(7, EventKind.HEAD_DOWN, "head", False), 8)
    out.commit()
    code, said, _ = repaired(run, tmp_path / "b.headsup", capsys)
    out.release()
    assert code == 0
    assert "head: 3.0 s of data in 5 notifications" in said
    assert "marks: 1, alerts given: 1, other entries: 1" in said
    assert "The recording has no end" in said
    assert "31.0 s from the first entry to the last" in said


def test_a_run_whose_description_is_lost_is_saved_and_says_so(tmp_path, capsys):
    run = tmp_path / "a.headsup"
    log = write_run(run, 20)
    data = run.read_bytes()
    assert data.count(b'"run_id"') == 1
    run.write_bytes(data.replace(b'"run_id"', b'"rum_id"'))
    code, said, _ = repaired(run, tmp_path / "b.headsup", capsys)
    assert code == 0
    assert "what the recording said of the run itself is lost" in said
    assert whole_log(tmp_path / "b.headsup")[0] == log


@pytest.mark.parametrize("kind", ["file", "folder", "link", "itself", "no folder", "no such run", "no recording"])
def test_nothing_is_overwritten_and_every_refusal_is_one_sentence(tmp_path, capsys, kind):
    run, out = tmp_path / "a.headsup", tmp_path / "b.headsup"
    write_run(run, 3)
    if kind == "file":
        out.write_bytes(b"precious")
    elif kind == "folder":
        out.mkdir()
    elif kind == "link":
        out.symlink_to(run)
    elif kind == "itself":
        out = run
    elif kind == "no folder":
        out = tmp_path / "none" / "b.headsup"
    elif kind == "no such run":
        run.unlink()
    else:
        run.write_bytes(b"something else" * 5000)
    before = {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    code, said, complaint = repaired(run, out, capsys)
    assert (code, said) == (2, "")
    assert len(complaint.strip().splitlines()) == 1
    assert {p: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".headsup-")]


def test_a_damaged_file_with_its_wal_is_left_as_it_is(tmp_path, capsys):
    run = tmp_path / "a.headsup"
    writing = RunFile(run)
    writing.add_head(RUN, "{}", "")
    writing.add_packets(packet("head", 5, b"x" * 1000), NS_PER_S)
    writing.commit()
    copy = tmp_path / "copy.headsup"
    for side in ("", "-wal", "-shm"):
        Path(f"{copy}{side}").write_bytes(Path(f"{run}{side}").read_bytes())
    writing.release()
    before = {side: Path(f"{copy}{side}").read_bytes() for side in ("", "-wal", "-shm")}
    assert repaired(copy, tmp_path / "b.headsup", capsys)[0] == 0
    assert {side: Path(f"{copy}{side}").read_bytes() for side in before} == before


@pytest.mark.parametrize("lost_from_s", [50, 0])
def test_an_end_that_is_missing_is_said_with_its_place(tmp_path, capsys, lost_from_s):
    run = tmp_path / "a.headsup"
    log = write_run(run, 60)
    data = bytearray(run.read_bytes())
    for entry in log:
        if isinstance(entry, tuple) and entry[1] == "head" and entry[0] >= lost_from_s * NS_PER_S and entry[2] in data:
            at = data.index(entry[2])
            data[at : at + len(entry[2])] = bytes(len(entry[2]))
    run.write_bytes(data)
    code, said, _ = repaired(run, tmp_path / "b.headsup", capsys)
    assert code == 0
    gone = "the last 10 block(s)" if lost_from_s else "all 60 block(s)"
    place = " (50.0 s to 60.0 s)" if lost_from_s else ""
    assert f"\n  {gone} of 'head' are missing{place}\n" in said, said


def test_what_a_newer_program_wrote_is_saved_with_a_word_of_warning(tmp_path, capsys):
    run = tmp_path / "a.headsup"
    log = write_run(run, 5)
    data = bytearray(run.read_bytes())
    data[60:64] = (FORMAT_VERSION + 1).to_bytes(4, "big")
    run.write_bytes(data)
    code, said, _ = repaired(run, tmp_path / "b.headsup", capsys)
    assert code == 0
    assert "Nothing is known to be missing" not in said
    assert f"calls itself format {FORMAT_VERSION + 1}" in said
    got, damage = whole_log(tmp_path / "b.headsup")
    assert got == log
    assert len(damage) == 1, "the saved run says so itself"
