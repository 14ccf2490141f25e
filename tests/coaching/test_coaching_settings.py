"""The settings of coaching: bounds, a strict file, and old recordings that know nothing of them."""

import json
import math
from dataclasses import fields

import pytest

from monitor.errors import SettingsError
from monitor.settings import Coaching, Settings, load


def test_defaults():
    coaching = Settings().coaching
    assert coaching == Coaching()
    assert (coaching.form_checks, coaching.loosen_every_min, coaching.summary_every_min) == (True, 20, 0)
    assert (coaching.planned_km, coaching.learned_min) == (0, 0)


@pytest.mark.parametrize(
    ("name", "high"),
    [("loosen_every_min", 120), ("summary_every_min", 120), ("planned_km", 300), ("learned_min", 1440)],
)
def test_every_number_has_bounds_and_words(name, high):
    (field,) = [f for f in fields(Coaching) if f.name == name]
    assert len(field.metadata["doc"]) > 30
    for good in (0, high, high / 2):
        assert getattr(Coaching(**{name: good}), name) == good
    for bad in (-0.001, high + 0.001, math.nan, math.inf, True, None, "20"):
        with pytest.raises(SettingsError) as caught:
            Coaching(**{name: bad})
        assert caught.value.key == name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("coaching = 3", "'coaching': must be a table"),
        ("[coaching]\nloosen = 3", "'coaching.loosen': is not a setting"),
        ("[coaching]\nloosen_every_min = 121", "'coaching.loosen_every_min': must lie between 0 and 120"),
        ("[coaching]\nform_checks = 1", "'coaching.form_checks': must be true or false"),
    ],
)
def test_a_file_is_read_strictly(tmp_path, text, says):
    path = tmp_path / "headsup.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert says in str(caught.value)


def test_a_file_and_a_recording_keep_them(tmp_path):
    path = tmp_path / "headsup.toml"
    path.write_text("[coaching]\nform_checks = false\nplanned_km = 21.1\n", "utf-8")
    settings = load(path)
    assert settings.coaching == Coaching(form_checks=False, planned_km=21.1)
    assert Settings.from_json(settings.to_json()) == settings
    old = json.loads(settings.to_json())
    del old["coaching"]
    assert Settings.from_json(json.dumps(old)).coaching == Coaching()
