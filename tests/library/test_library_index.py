"""The index: built, kept up, thrown away; whatever happens to it, the recordings decide."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_runs import record, row

from monitor.errors import RecordingError
from monitor.library.index import LibraryIndex, index_path
from monitor.library.library import read_library
from monitor.library.rows import MADE_BY, RowError, from_text, to_text
from monitor.library.scan import recordings_in


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three small SIMULATED recordings, one of them in a folder of its own."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "june").mkdir()
    record(folder / "one.headsup", day=0)
    record(folder / "two.headsup", day=2)
    record(folder / "june" / "three.headsup", day=1)
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "runs"))


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def names(library):
    return [r.name for r in library.rows]


def test_newest_first_with_the_numbers_of_the_analysis(folder, cache):
    library = read_library(folder, cache)
    assert names(library) == ["two.headsup", "june/three.headsup", "one.headsup"]
    assert library.worked_out == 3
    first = library.rows[0]
    assert first.simulated
    assert first.modes == "trail"
    assert first.app_version == "0.1.0"
    from monitor.recording.reader import open_recording
    from monitor.review.analyse import analyse
    from monitor.review.metrics import summarise

    with open_recording(library.path_of(first)) as recording:
        metrics = summarise(analyse(recording))
    assert first.number("head_pitch_mean_deg") == metrics.head_pitch_mean_deg
    assert 8 < first.number("head_from_calibration_deg") < 12
    assert first.number("cadence_median_spm") == metrics.cadence_median_spm
    assert first.number("prompts") == metrics.prompts
    assert 8 < metrics.head_pitch_mean_deg < 12


def test_the_second_time_nothing_is_worked_out_and_all_is_the_same(folder, cache):
    before = read_library(folder, cache)
    after = read_library(folder, cache)
    assert after.worked_out == 0
    assert after.rows == before.rows


def test_the_folder_is_left_as_it_was(folder, cache):
    before = sorted((p.name, p.stat().st_mtime_ns) for p in folder.rglob("*.headsup*"))
    read_library(folder, cache)
    assert sorted((p.name, p.stat().st_mtime_ns) for p in folder.rglob("*") if p.is_file()) == before


def test_a_changed_recording_alone_is_worked_out_again(folder, cache):
    read_library(folder, cache)
    (folder / "one.headsup").unlink()
    record(folder / "one.headsup", day=9)
    library = read_library(folder, cache)
    assert library.worked_out == 1
    assert names(library)[0] == "one.headsup"


def test_touched_moved_and_copied_recordings_are_known_by_their_content(folder, cache):
    read_library(folder, cache)
    os.utime(folder / "one.headsup", (1, 1))
    (folder / "two.headsup").rename(folder / "june" / "moved.headsup")
    shutil.copy(folder / "june" / "three.headsup", folder / "copy.headsup")
    library = read_library(folder, cache)
    assert library.worked_out == 0
    assert sorted(names(library)) == ["copy.headsup", "june/moved.headsup", "june/three.headsup", "one.headsup"]
    assert read_library(folder, cache).rows == library.rows


def test_a_removed_recording_is_forgotten(folder, cache):
    read_library(folder, cache)
    (folder / "one.headsup").unlink()
    assert "one.headsup" not in names(read_library(folder, cache))
    with LibraryIndex(index_path(cache, folder)) as index:
        assert set(index.rows()) == {"two.headsup", "june/three.headsup"}


def test_rebuild_works_everything_out(folder, cache):
    before = read_library(folder, cache)
    after = read_library(folder, cache, rebuild=True)
    assert after.worked_out == 3
    assert after.rows == before.rows


def test_rows_of_another_version_of_the_program_are_made_anew(folder, cache):
    library = read_library(folder, cache)
    with LibraryIndex(index_path(cache, folder)) as index:
        index.put(replace(library.rows[0], made_by="0.0.1/1"))
    again = read_library(folder, cache)
    assert again.worked_out == 1
    assert all(r.made_by == MADE_BY for r in again.rows)


def test_one_bad_recording_is_a_row_with_its_sentence(folder, cache):
    (folder / "bad.headsup").write_bytes(b"not a database" * 100)
    (folder / "empty.headsup").touch()
    (folder / "cut.headsup").write_bytes((folder / "one.headsup").read_bytes()[:20_000])
    (folder / "link.headsup").symlink_to("nowhere")
    (folder / "folder.headsup").mkdir()
    library = read_library(folder, cache)
    assert names(library)[:3] == ["two.headsup", "june/three.headsup", "one.headsup"]
    said = {r.name: r.error for r in library.rows if r.error}
    assert said["bad.headsup"] == "Is not a Heads Up recording; if it was one, try: headsup repair RUN -o NEW"
    assert said["empty.headsup"] == "Is empty"
    assert "damaged" in said["cut.headsup"]
    assert said["link.headsup"] == "Does not exist"
    assert "folder.headsup" not in said
    assert all(str(folder) not in sentence for sentence in said.values())
    assert read_library(folder, cache).worked_out == 1, "only the link that leads nowhere has no content to know it by"


def test_a_recording_that_trips_the_program_hides_no_other(folder, cache, monkeypatch):
    from monitor.library import summary

    whole = summary.open_run

    def trips(path, name=""):
        if path.name == "one.headsup":
            raise ZeroDivisionError("oh")
        return whole(path, name)

    monkeypatch.setattr(summary, "open_run", trips)
    library = read_library(folder, cache)
    assert len(library.rows) == 3
    assert library.rows[-1].error == "Cannot be worked out (ZeroDivisionError: oh); please report it."


def test_stopping_early_keeps_what_was_done(folder, cache):
    library = read_library(folder, cache, progress=lambda done, of, rows: done < 2)
    assert library.worked_out == 2
    assert library.notes == ("1 runs are still to be looked at.",)
    assert read_library(folder, cache).worked_out == 1


def test_a_damaged_index_is_made_anew_and_never_lies(folder, cache):
    truth = read_library(folder, cache).rows
    path = index_path(cache, folder)
    whole = path.read_bytes()
    rng = random.Random(1)
    for trial in range(16):
        data = bytearray(whole)
        if trial % 4 == 0:
            data = data[: rng.randrange(len(data))]
        else:
            for _ in range(rng.choice((1, 20, 400))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)
        assert read_library(folder, cache).rows == truth


@pytest.mark.parametrize("what", ["text", "foreign", "folder", "newer", "trigger"])
def test_an_index_that_is_none_of_ours(what, folder, cache):
    path = index_path(cache, folder)
    truth = read_library(folder, cache).rows
    if what == "text":
        path.write_text("hello")
    elif what == "folder":
        path.unlink()
        path.mkdir()
    else:
        if what == "foreign":
            path.unlink()
        with sqlite3.connect(path) as db:
            db.execute(
                {
                    "foreign": "CREATE TABLE run(x)",
                    "newer": "PRAGMA user_version=99",
                    "trigger": "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END",
                }[what]
            )
        db.close()
    library = read_library(folder, cache)
    assert library.rows == truth
    assert any("index" in note for note in library.notes)


def test_a_cache_that_cannot_be_written_costs_the_index_alone(folder, tmp_path):
    nowhere = tmp_path / "a file"
    nowhere.write_text("")
    library = read_library(folder, nowhere / "cache")
    assert len(library.rows) == 3
    assert library.notes == ("The library's index cannot be written, so the runs were read without keeping it.",)


def test_an_index_held_by_another_program(folder, cache, monkeypatch):
    monkeypatch.setattr("monitor.library.index.WAIT_S", 0.05)
    read_library(folder, cache)
    other = sqlite3.connect(index_path(cache, folder), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    library = read_library(folder, cache)
    other.execute("ROLLBACK")
    other.close()
    assert len(library.rows) == 3
    assert library.notes == (
        "The library's index is held by another program, so the runs were read without keeping it.",
    )


@pytest.mark.slow
def test_two_programs_at_once_end_with_one_index(folder, cache):
    for day in range(3, 9):
        shutil.copy(folder / "one.headsup", folder / f"more-{day}.headsup")
    code = (
        "import sys; from pathlib import Path; from monitor.library.library import read_library; "
        "print(len(read_library(Path(sys.argv[1]), Path(sys.argv[2])).rows))"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(folder), str(cache)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [child.communicate(timeout=60)[0].strip() for child in both] == ["9", "9"]
    assert read_library(folder, cache).worked_out == 0


def test_a_folder_that_is_not_there(tmp_path, cache):
    with pytest.raises(RecordingError, match="there is no such folder"):
        read_library(tmp_path / "none", cache)
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match="is not a folder"):
        read_library(tmp_path / "file", cache)


def test_hidden_deep_and_linked_folders(folder, monkeypatch):
    (folder / ".hidden").mkdir()
    shutil.copy(folder / "one.headsup", folder / ".hidden" / "x.headsup")
    (folder / "loop").symlink_to(folder)
    deep = folder
    for i in range(8):
        deep = deep / f"d{i}"
        deep.mkdir()
    found = recordings_in(folder)
    assert [run.name for run in found.runs] == ["june/three.headsup", "one.headsup", "two.headsup"]
    assert len(found.notes) == 1
    assert "lies too deep" in found.notes[0]
    monkeypatch.setattr("monitor.library.scan.MOST_RUNS", 2)
    assert len(recordings_in(folder).runs) == 2


def test_a_name_that_is_no_text_is_listed_and_kept(folder, cache):
    strange = os.fsdecode(os.fsencode(folder) + b"/caf\xe9.headsup")
    shutil.copy(folder / "one.headsup", strange)
    library = read_library(folder, cache)
    shutil.copy(folder / "one.headsup", strange.replace("\udce9", "\udce8"))
    assert sum(name.startswith("caf") for name in names(read_library(folder, cache))) == 2
    library = read_library(folder, cache)
    assert library.worked_out == 0
    assert all(library.path_of(r).is_file() for r in library.rows)
    assert [r.error for r in library.rows] == [""] * 5


def test_a_row_comes_back_as_it_was():
    whole = row(head_pitch_mean_deg=1 / 3)
    assert from_text(to_text(whole)) == whole
    bad = replace(row(), error="No", ruler=None, calibration=None, numbers={})
    assert from_text(to_text(bad)) == bad


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace('"run_id": "a.headsup"', '"run_id": 7'),
        lambda t: t.replace("1800.0", '"long"'),
        lambda t: t.replace("1800.0", "1e999"),
        lambda t: t.replace('"recovered": false', '"recovered": 1'),
        lambda t: t.replace("[0.0, 0.0, 1.0]", "[0.0, 0.0, 3.0]"),
        lambda t: t.replace("[0.0, 0.0, 1.0]", "[1.0]"),
        lambda t: "[" * 100_000,
        lambda t: "[]",
        lambda t: t[:-5],
        lambda t: t + " " * 200_000,
    ],
)
def test_what_is_no_row_is_refused(change):
    text = to_text(row())
    assert change(text) != text
    with pytest.raises(RowError):
        from_text(change(text))


def test_the_watchs_file_chosen_at_review_belongs_to_the_row(folder, cache, monkeypatch):
    from monitor.alignment.result import Method
    from monitor.review.choices import ReviewChoices, WatchChoice, write_choices

    read_library(folder, cache)
    gone = WatchChoice("watch.fit", "0" * 64, 0.0, Method.BY_HAND, 1.0)
    write_choices(folder / "one.headsup", ReviewChoices(gone))
    library = read_library(folder, cache)
    assert library.worked_out == 1
    assert library.rows[-1].notes == ("The watch's file 'watch.fit' does not lie beside the recording any more.",)
