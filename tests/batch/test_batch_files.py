"""What lies in a folder, what a bad recording's line says, and what the journal takes back."""

import os

import pytest

from monitor.batch import journal as journal_module
from monitor.batch import scan
from monitor.batch.fields import FIELDS
from monitor.batch.journal import HEAD, Journal, journal_path
from monitor.batch.row import SummaryRow, as_json, from_json
from monitor.batch.scan import recordings_in
from monitor.batch.summarise import Options, content_of, failed, summarise_file
from monitor.errors import RecordingError
from monitor.values import Mode
from tests.batch.recordings import make

# ------------------------------------------------------------------ the folder


def test_recordings_of_a_folder_and_its_folders_each_once(many):
    found = recordings_in(many)
    assert [r.name for r in found.recordings] == sorted(r.name for r in found.recordings)
    assert len(found.recordings) == 9
    assert found.recordings[0].name == "athlete-0/notes.headsup"
    assert found.notes == ()


def test_a_linked_folder_is_looked_through_once_and_links_to_themselves_are_no_end(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.headsup").touch()
    (tmp_path / "runs" / "one").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "runs" / "two").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "runs" / "self.headsup").symlink_to(tmp_path / "runs" / "self.headsup")
    (tmp_path / "runs" / ".hidden.headsup").touch()
    found = recordings_in(tmp_path / "runs")
    assert [r.name for r in found.recordings] == ["self.headsup", "two/a.headsup"]
    assert "loop" in summarise_file(found.recordings[0].path, "self", Options()).error.lower()


def test_names_that_cannot_be_printed(tmp_path):
    (tmp_path / os.fsdecode(b"r\xff.headsup")).touch()
    (tmp_path / "a\nb.headsup").touch()
    assert [r.name for r in recordings_in(tmp_path).recordings] == ["a?b.headsup", "r?.headsup"]


def test_folders_that_cannot_be_read(tmp_path, monkeypatch):
    with pytest.raises(RecordingError, match="no such folder"):
        recordings_in(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(RecordingError, match="not a folder"):
        recordings_in(tmp_path / "file")
    (tmp_path / "in").mkdir()
    real = os.scandir

    def scandir(path):
        if str(path).endswith("/in"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert recordings_in(tmp_path).notes == ("The folder 'in' cannot be read (Permission denied).",)
    monkeypatch.setattr(scan, "MOST_ENTRIES", 1)
    with pytest.raises(RecordingError, match="far too many"):
        recordings_in(tmp_path)


# ------------------------------------------------------------------ one recording


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "Does not exist."),
        (b"", "Is empty."),
        (b"x" * 5000, "Is not a Heads Up recording; if it was one, try: headsup repair RUN -o NEW."),
    ],
)
def test_a_bad_file_has_a_line_with_its_sentence(tmp_path, content, said):
    path = tmp_path / "bad.headsup"
    if content is not None:
        path.write_bytes(content)
    row = summarise_file(path, "bad", Options())
    assert (row.error, row.values) == (said, ())


def test_a_pipe_and_a_folder_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.headsup")
    assert summarise_file(tmp_path / "pipe.headsup", "pipe", Options()).error == "Is not an ordinary file."
    assert summarise_file(tmp_path, "folder", Options()).error == "Is a folder, not a recording."


def test_damage_and_an_unclosed_recording_are_told(tmp_path):
    path = make(tmp_path / "cut.headsup", 61.0)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 200] = bytes(200)
    path.write_bytes(data)
    row = summarise_file(path, "cut", Options())
    said = row.error or row.values[[f.name for f in FIELDS].index("damage")]
    assert said


def test_a_program_error_and_too_little_memory_stay_one_line(made, monkeypatch):
    from monitor.batch import summarise

    for error, said in ((ValueError("odd"), "ValueError: odd"), (MemoryError(), "more memory")):
        monkeypatch.setattr(summarise, "_worked_out", lambda *_, error=error: (_ for _ in ()).throw(error))
        row = summarise_file(made, "one", Options())
        assert said in row.error
        assert row.content == content_of(made)


def test_the_hash_covers_what_is_not_yet_in_the_file(tmp_path, made):
    copy = tmp_path / "other-name.headsup"
    copy.write_bytes(made.read_bytes())
    assert content_of(copy) == content_of(made)
    copy.with_name(copy.name + "-wal").touch()
    assert content_of(copy) == content_of(made)
    copy.with_name(copy.name + "-wal").write_bytes(b"later")
    assert content_of(copy) != content_of(made)


# ------------------------------------------------------------------ the journal


@pytest.fixture
def row(made):
    return summarise_file(made, "one", Options())


def read(path, mode=None):
    with Journal(path, Options(mode=mode)) as journal:
        return dict(journal.rows)


def test_what_was_put_is_there_again_for_the_same_options_only(tmp_path, row):
    path = journal_path(tmp_path / "s.parquet")
    assert path.name == "s.parquet.done"
    with Journal(path, Options()) as journal:
        journal.put(row)
    assert read(path) == {row.content: row}
    assert read(path, Mode.TRAIL) == {}


def test_bad_lines_and_lines_of_another_program_are_not_kept(tmp_path, row):
    path = tmp_path / "j"
    with Journal(path, Options()) as journal:
        journal.put(failed("bad", "is damaged"))
        journal.put(SummaryRow("x", row.content, "0.0.1+old", values=row.values))
    assert read(path) == {}


@pytest.mark.parametrize("cut", [1, 2, 50, 400])
def test_a_line_cut_short_by_a_kill_costs_itself_alone(tmp_path, row, cut):
    path = tmp_path / "j"
    other = SummaryRow("two", "0" * 64, row.made_by, values=row.values)
    with Journal(path, Options()) as journal:
        journal.put(row)
        journal.put(other)
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(path, Options()) as journal:
        assert row.content in journal.rows
        journal.put(other)
    assert read(path) == {row.content: row, other.content: other}


def test_a_flipped_bit_never_changes_a_number(tmp_path, row):
    path = tmp_path / "j"
    with Journal(path, Options()) as journal:
        journal.put(row)
    whole = path.read_bytes()
    for at in range(len(HEAD), len(whole), 97):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        assert read(path) in ({}, {row.content: row})


def test_files_that_are_no_journal_are_left_alone(tmp_path):
    path = tmp_path / "j"
    path.write_text("my notes")
    with pytest.raises(RecordingError, match="not the journal"):
        Journal(path, Options())
    assert path.read_text() == "my notes"
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(RecordingError, match="not an ordinary file"):
        Journal(tmp_path / "link", Options())
    with pytest.raises(RecordingError, match="cannot be written"):
        Journal(tmp_path / "none" / "j", Options())


def test_a_journal_full_of_nonsense_is_read_in_pieces(tmp_path, row):
    path = tmp_path / "j"
    path.write_bytes(HEAD + b"[" * 3_000_000 + b"\n00000000 []\n" + b"\xff\x00\n" * 50)
    with Journal(path, Options()) as journal:
        assert journal.rows == {}
        journal.put(row)
    assert read(path) == {row.content: row}


def test_a_journal_that_grew_too_large_is_begun_anew(tmp_path, row, monkeypatch):
    path = tmp_path / "j"
    with Journal(path, Options()) as journal:
        journal.put(row)
    monkeypatch.setattr(journal_module, "LARGEST_BYTES", 500)
    assert read(path) == {}
    assert not path.exists()
    path.write_bytes(b"my notes" * 1000)
    with pytest.raises(RecordingError, match="not the journal"):
        Journal(path, Options())
    assert path.stat().st_size == 8000


@pytest.mark.parametrize(
    "told",
    [
        None,
        [],
        ["a", "b", "c", "d", [1]],
        ["a", "b", 3, "d", []],
        ["a", "b", "c", "d", {}],
        ["x" * 5000, "", "", "", []],
    ],
)
def test_nonsense_is_no_line(told):
    assert from_json(told) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration_s", "long"),
        ("duration_s", True),
        ("prompts", 1.5),
        ("prompts", 1 << 70),
        ("run_id", 3),
        ("simulated", 1),
        ("note", "x" * 2000),
    ],
)
def test_a_value_of_another_kind_is_no_line(row, name, value):
    told = as_json(row)
    assert from_json(told) == row
    told[4][[f.name for f in FIELDS].index(name)] = value
    assert from_json(told) is None
