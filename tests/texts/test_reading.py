"""Languages from files that anybody may have made: taken whole, or refused in one sentence."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.commands import places
from monitor.errors import SettingsError
from monitor.settings import Settings
from monitor.texts import reading, speaking
from monitor.texts.codes import is_code
from monitor.texts.reading import CATALOGUE, LanguageError, language, read, speak


@pytest.fixture(autouse=True)
def _english_again():
    yield
    speaking.use(None)


def write(folder, table, code="de"):
    path = folder / f"{code}.json"
    path.write_text(table if isinstance(table, str) else json.dumps(table), "utf-8")
    return path


def test_a_language_of_ones_own_is_spoken(tmp_path):
    write(tmp_path, {"Marked at {}: {}": "{1} um {0} markiert", "a text of an older version": "alt"})
    assert speak("de", tmp_path) == ""
    assert speaking.say("Marked at 12:40: cramp") == "cramp um 12:40 markiert"
    assert speak("en", tmp_path) == ""
    assert speaking.say("Marked at 12:40: cramp") == "Marked at 12:40: cramp"


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a table"),
        ({"a": 1}, "is not translated by a text"),
        ({"Marked at {}": "{1}"}, "has no {1} to fill in"),
        ({"Marked at {}": "{x}"}, "has no {x} to fill in"),
        ({"Marked": "\x1b[2J"}, "a sign that cannot be shown"),
        ({"Marked": "x" * 2001}, "is longer than 2000 characters"),
        ({str(i): "" for i in range(10_001)}, "at most 10000 texts"),
    ],
)
def test_a_file_that_cannot_be_a_language_is_one_sentence_and_english_goes_on(tmp_path, table, why):
    write(tmp_path, table)
    with pytest.raises(LanguageError, match="language 'de'") as caught:
        language("de", tmp_path)
    assert why in str(caught.value)
    said = speak("de", tmp_path)
    assert why in said
    assert said.endswith("Going on in English.")
    assert "\n" not in said
    assert speaking.say("Marked") == "Marked"


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_BYTES", 100)
    with pytest.raises(LanguageError, match="is too large"):
        read(write(tmp_path, " " * 101), "de")


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "de.json").mkdir()
    with pytest.raises(LanguageError, match="is not a file"):
        language("de", tmp_path)
    os.mkfifo(tmp_path / "fr.json")
    with pytest.raises(LanguageError, match="is not a file"):
        language("fr", tmp_path)
    with pytest.raises(LanguageError, match="there is no"):
        language("it", tmp_path)


@pytest.mark.parametrize("code", ["../de", "de/..", "", "EN", "d", "de_DE", "de-", 3, None])
def test_a_code_names_no_path(tmp_path, code):
    assert not is_code(code)
    with pytest.raises(SettingsError, match="language code"):
        Settings(language=code)


def test_right_to_left_and_soft_hyphens_may_be_written(tmp_path):
    write(tmp_path, {"Head": "ראש\u200f", "Shoulders": "Schul\u00adtern"}, "he")
    assert read(tmp_path / "he.json", "he")["Shoulders"] == "Schul\u00adtern"


def test_every_text_of_the_catalogue_may_be_translated(tmp_path):
    holes = {text: "".join(f"Ä {{{i}}}" for i in range(text.count("{}"))) for text in json.loads(CATALOGUE.read_text())}
    table = {text: f"{text.replace('{}', '')} {filled}" for text, filled in holes.items()}
    assert read(write(tmp_path, table), "de") == table


@given(data=st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_language_or_a_sentence(tmp_path, data):
    (tmp_path / "de.json").write_bytes(data)
    try:
        read(tmp_path / "de.json", "de")
    except LanguageError as error:
        trouble = str(error)
    else:
        trouble = ""
    assert trouble.isprintable()


def test_the_settings_decide_and_a_missing_language_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path))
    places.speak()
    assert capsys.readouterr().err == ""
    (tmp_path / "settings.toml").write_text('language = "de"\n', "utf-8")
    places.speak()
    assert "language 'de': there is no" in capsys.readouterr().err
    (tmp_path / "texts").mkdir()
    write(tmp_path / "texts", {"sore neck": "steifer Nacken"})
    places.speak()
    assert capsys.readouterr().err == ""
    assert speaking.say("sore neck") == "steifer Nacken"
