"""The catalogue is what the source says, and the rules that read it take texts and leave the rest."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.texts.reading import CATALOGUE

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
from texts import cleaned, is_prose, missing, texts_of  # noqa: E402


def test_the_catalogue_is_up_to_date():
    done = subprocess.run(
        [sys.executable, "tools/texts.py", "--check"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_catalogue_is_sorted_one_text_a_line_each_with_where_it_stands():
    lines = CATALOGUE.read_text("utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("{", "}")
    table = json.loads(CATALOGUE.read_text("utf-8"))
    assert len(lines) == len(table) + 2
    assert list(table) == sorted(table)
    assert all((ROOT / place).is_file() for places in table.values() for place in places)


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ('"""Docstring."""\nx = "Keep running"', ["Keep running"]),
        ('label.setText(f"Marked at {t:.0f}: {what}")', ["Marked at {}: {}"]),
        ("x = f\"{a} {'down' if b else 'up'} now\"", ["{} down now", "{} up now", "down", "up"]),
        ('x = "a cap" + (" or a strap" if b else "")', ["a cap or a strap", "a cap", "or a strap"]),
        ('x = "{}: {} of {n}".format(1, 2)', ["{}: {} of {}"]),
        ('widget.setObjectName("page")', []),
        ('if mode == "Some mode": go()', []),
        ('x = table["Some key"]', []),
        ('Thread(name="Watcher of all")', []),
        ('Drill(name="Head hang")', ["Head hang"]),
        ('x = "border: 1px solid red"', []),
        ('x = "settings_file.toml"', []),
        ('x = "import json, sys"', []),
        ('x = "°"', []),
        ('class Mode(StrEnum):\n    A = "left_shoulder"', ["left shoulder"]),
    ],
)
def test_what_is_a_text(code, texts):
    assert texts_of(code, speaks=True) == texts


def test_other_rooms_are_heard_only_where_they_raise_an_error():
    code = 'x = "Some text"\nraise DecodeError(f"a row has {n} bytes")'
    assert texts_of(code, speaks=False) == ["a row has {} bytes"]


def test_a_text_may_begin_with_a_title_of_its_own():
    said = texts_of('x = "Head hang. Let the chin sink. Breathe."', speaks=True, titled=True)
    assert said == ["Head hang. Let the chin sink. Breathe.", "Let the chin sink. Breathe."]


def test_what_a_language_lacks_is_printed_ready_to_fill_in_the_windows_texts_first():
    texts = {
        "Recorded in {}": {"monitor/commands/live.py"},
        "Rest": {"monitor/dashboard/x.py"},
        "Run": {"monitor/a.py"},
    }
    assert missing(texts, {"Run": "Lauf", "Rest": ""}) == ['"Rest": "",', '"Recorded in {}": "",']


def test_what_joins_a_text_to_others_is_taken_off():
    assert cleaned(", stayed level {:.0f} %: ") == "stayed level {} %"
    assert not is_prose("{}: {}")
