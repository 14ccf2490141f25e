"""Review choices beside a recording: kept, never trusted, and the recording untouched."""

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment, Method
from monitor.errors import HeadsUpError
from monitor.review.choices import (
    LARGEST_BYTES,
    ReviewChoices,
    choices_path,
    read_choices,
    watch_choice,
    with_watch,
    write_choices,
)


@pytest.fixture
def run(tmp_path):
    path = tmp_path / "morning.headsup"
    path.write_bytes(b"a recording")
    return path


@pytest.fixture
def watch_file(tmp_path):
    path = tmp_path / "lap it up.fit"
    path.write_bytes(b"a watch's file")
    return path


FOUND = Alignment(-512.5, 0.75, Method.CADENCE, "Fits.", 1.0, 0.6, 2400.0, 300.0)


def test_there_and_back_with_the_recording_untouched(run, watch_file):
    before = (run.read_bytes(), run.stat().st_mtime_ns)
    write_choices(run, ReviewChoices(watch_choice(watch_file, FOUND, session=2)))
    choices, wrong = read_choices(run)
    assert wrong == ""
    assert choices.watch == watch_choice(watch_file, FOUND, session=2)
    assert not choices.watch.by_hand
    assert choices.watch.alignment().watch_ns(0, [1000.0])[0] == round((1000.3 - 512.5) * 1e9)
    assert (run.read_bytes(), run.stat().st_mtime_ns) == before
    assert choices_path(run).name == "morning.headsup.review.json"


def test_another_file_of_the_same_name_is_noticed(run, watch_file):
    choice = watch_choice(watch_file, by_hand(3.0))
    assert choice.by_hand
    assert choice.is_of(watch_file)
    watch_file.write_bytes(b"another run")
    assert not choice.is_of(watch_file)
    watch_file.unlink()
    assert not choice.is_of(watch_file)


def test_nothing_chosen_yet(run):
    assert read_choices(run) == (ReviewChoices(), "")


def test_what_a_newer_program_chose_is_kept(run, watch_file):
    choices_path(run).write_text(
        json.dumps({"format": "headsup-review", "version": 9, "colours": ["x"], "watch": None})
    )
    choices, wrong = read_choices(run)
    assert wrong == ""
    write_choices(run, with_watch(choices, watch_choice(watch_file, FOUND)))
    table = json.loads(choices_path(run).read_text())
    assert table["colours"] == ["x"]
    assert table["watch"]["file"] == "lap it up.fit"


def test_a_write_that_fails_leaves_the_choices_before(run, watch_file, monkeypatch):
    write_choices(run, ReviewChoices(watch_choice(watch_file, FOUND)))
    before = choices_path(run).read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HeadsUpError, match="No space left"):
        write_choices(run, ReviewChoices())
    assert choices_path(run).read_bytes() == before
    assert sorted(p.name for p in run.parent.iterdir()) == [watch_file.name, run.name, choices_path(run).name]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1]",
        '{"format": "other"}',
        "[" * 50_000,
        '{"format": NaN}',
        '{"format": "headsup-review", "x": 1e999}',
        '"\\ud800"',
    ],
)
def test_damaged_choices_are_a_sentence(run, text):
    choices_path(run).write_text(text)
    choices, wrong = read_choices(run)
    assert choices == ReviewChoices()
    assert run.name in wrong


def test_a_huge_file_or_a_folder_is_passed_over(run):
    choices_path(run).write_text(" " * (LARGEST_BYTES + 1))
    assert "passed over" in read_choices(run)[1]
    choices_path(run).unlink()
    choices_path(run).mkdir()
    assert "passed over" in read_choices(run)[1]


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}))
KEYS = st.sampled_from(["file", "sha256", "offset_s", "method", "confidence", "drift_ppm", "session"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(KEYS, VALUES, min_size=1))
def test_any_watch_is_right_or_left_out(run, watch_file, changes):
    write_choices(run, ReviewChoices(watch_choice(watch_file, FOUND)))
    table = json.loads(choices_path(run).read_text())
    table["watch"] |= changes
    choices_path(run).write_text(json.dumps(table))
    choices, wrong = read_choices(run)
    assert (choices.watch is None) == (wrong != "")
    if choices.watch is not None:
        write_choices(run, choices)
        assert read_choices(run) == (choices, "")


@pytest.mark.parametrize("name", ["../other.fit", "a/b.fit", "", "x\ny.fit", "."])
def test_a_name_that_leads_elsewhere_is_refused(run, watch_file, name):
    write_choices(run, ReviewChoices(watch_choice(watch_file, FOUND)))
    table = json.loads(choices_path(run).read_text())
    table["watch"]["file"] = name
    choices_path(run).write_text(json.dumps(table))
    assert read_choices(run)[0].watch is None
