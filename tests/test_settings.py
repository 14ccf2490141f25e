"""Settings: a strict TOML file, bounds on every number, one sentence per mistake, and a JSON round trip."""

import dataclasses
import json
import math
from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import SettingsError
from monitor.settings import GazeModel, HeadRule, Settings, ShoulderRule, load
from monitor.values import Mode

RULES = ["road", "trail", "technical", "shoulders", "gaze"]


def toml(tmp_path, text):
    path = tmp_path / "headsup.toml"
    path.write_text(text, "utf-8")
    return path


def test_an_empty_file_means_the_defaults(tmp_path):
    assert load(toml(tmp_path, "")) == Settings()


def test_every_mode_has_its_rule():
    s = Settings()
    assert [s.head_rule(m).on_deg for m in (Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL)] == [20, 36, 12]
    assert [s.head_rule(m).dwell_s for m in (Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL)] == [6, 10, 20]
    assert [s.head_rule(m).prompts_per_hour for m in (Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL)] == [12, 8, 8]


def test_a_file_changes_only_what_it_names(tmp_path):
    s = load(toml(tmp_path, 'mode = "trail"\nfeet = false\nvolume = 1\n[road]\non_deg = 25\noff_deg = 20\n'))
    assert (s.mode, s.feet, s.volume) == (Mode.TRAIL, False, 1)
    assert (s.road.on_deg, s.road.off_deg, s.road.dwell_s) == (25, 20, 6)
    assert dataclasses.replace(s, mode=Mode.ROAD, feet=True, volume=0.7, road=HeadRule()) == Settings()


def test_a_part_of_the_trail_rule_keeps_the_rest_of_the_trail_rule(tmp_path):
    s = load(toml(tmp_path, "[trail]\ndwell_s = 8\n"))
    assert (s.trail.on_deg, s.trail.off_deg, s.trail.dwell_s, s.trail.cooldown_s) == (36, 31, 8, 60)
    assert s.trail.prompts_per_hour == 8


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mood = 1", "'mood': is not a setting"),
        ("[road]\non = 25", "'road.on': is not a setting"),
        ("[roads]\non_deg = 25", "'roads': is not a setting"),
        ('mode = "beach"', "must be road, trail or technical"),
        ("mode = 3", "must be road, trail or technical"),
        ("mode = [1]", "must be road, trail or technical"),
        ("road = 25", "'road': must be a table"),
        ("feet = 1", "'feet': must be true or false"),
        ('feet = "yes"', "'feet': must be true or false"),
        ("volume = 2", "must lie between 0 and 1"),
        ("volume = nan", "must lie between 0 and 1"),
        ("volume = -inf", "must lie between 0 and 1"),
        ("volume = true", "must be a number"),
        ('volume = "loud"', "must be a number"),
        ("volume = []", "must be a number"),
        ("volume = 1979-05-27", "must be a number"),
        ("[road]\non_deg = 90", "must lie between 5 and 80"),
        ("[road]\non_deg = 14", "must lie below on_deg"),
        ("[road]\ndwell_s = 0", "must lie between 1 and 60"),
        ("[shoulders]\noff = 0.5", "must lie below on"),
        ("[shoulders]\nclaim_d_prime = 0.5", "must lie between 1.2 and 10"),
        ("[gaze]\neye_height_m = 162", "must lie between 0.8 and 2.2"),
        ("prompts_per_hour = 12", "'prompts_per_hour': is not a setting"),
        ("[road]\nprompts_per_hour = 0", "'road.prompts_per_hour': must lie between 1 and 120"),
        ("[road]\nprompts_per_hour = 7.5", "'road.prompts_per_hour': must be a whole number"),
        ("fading_run = 2.5", "'fading_run': must be a whole number"),
        ("fading_run = 0", "'fading_run': must lie between 1 and 10000"),
        ("fading = 1", "'fading': must be true or false"),
        ("planned_min = -5", "'planned_min': must lie between 0 and 1440"),
        ("mode = ", "is not a TOML file"),
        ("mode = 'road'\nmode = 'trail'", "is not a TOML file"),
    ],
)
def test_every_mistake_is_one_sentence_that_names_it(tmp_path, text, says):
    with pytest.raises(SettingsError) as caught:
        load(toml(tmp_path, text))
    assert says in str(caught.value)
    assert str(caught.value).startswith("setting '")
    assert caught.value.key


def test_a_file_that_is_not_there_not_text_or_far_too_large(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="is not a TOML file"):
        load(tmp_path / "bytes.toml")
    with open(tmp_path / "big.toml", "wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(SettingsError, match="too large"):
        load(tmp_path / "big.toml")


@pytest.mark.parametrize("kind", [HeadRule, ShoulderRule, GazeModel, Settings])
def test_every_number_has_bounds_words_and_a_default_within(kind):
    for f in fields(kind):
        if isinstance(f.default, (int, float)) and not isinstance(f.default, bool):
            assert f.metadata["low"] <= f.default <= f.metadata["high"], f.name
            assert len(f.metadata["doc"]) > 10, f.name
            for bad in (
                math.nan,
                math.inf,
                -math.inf,
                f.metadata["low"] - 1e-6,
                f.metadata["high"] + 1e-6,
                True,
                None,
                "1",
            ):
                with pytest.raises(SettingsError):
                    kind(**{f.name: bad})


def test_whole_numbers_may_be_written_with_a_point(tmp_path):
    s = load(toml(tmp_path, "fading = true\nfading_run = 3.0\nplanned_min = 45.5\n[road]\nprompts_per_hour = 6.0\n"))
    assert (s.fading, s.fading_run, s.planned_min, s.road.prompts_per_hour) == (True, 3, 45.5, 6)


def test_a_rule_cannot_release_above_its_limit():
    with pytest.raises(SettingsError):
        HeadRule(on_deg=20, off_deg=20)
    with pytest.raises(SettingsError):
        ShoulderRule(on=0.3, off=0.3)


def test_a_changed_copy_is_checked_like_a_new_one():
    assert Settings().replaced(grace_s=0).grace_s == 0
    with pytest.raises(SettingsError):
        Settings().replaced(grace_s=-1)
    with pytest.raises(SettingsError):
        Settings().replaced(mode="road ")


# ---------------------------------------------------------------- JSON


def numbers(kind, name):
    meta = next(f for f in fields(kind) if f.name == name).metadata
    return st.floats(meta["low"], meta["high"])


heads = st.builds(
    lambda on, gap, dwell, leak, release, cool: HeadRule(on, min(79.0, max(0.0, on - gap)), dwell, leak, release, cool),
    numbers(HeadRule, "on_deg"), st.floats(1.5, 20), numbers(HeadRule, "dwell_s"), numbers(HeadRule, "leak"),
    numbers(HeadRule, "release_s"), numbers(HeadRule, "cooldown_s"),
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(
    mode=st.sampled_from(Mode), road=heads, technical=heads, volume=st.floats(0, 1), budget=st.integers(1, 120),
    feet=st.booleans(),
)  # fmt: skip
def test_json_brings_back_the_same_settings(mode, road, technical, volume, budget, feet):
    trail = dataclasses.replace(Settings().trail, prompts_per_hour=budget)
    s = Settings(
        mode=mode, road=road, trail=trail, technical=technical, volume=volume, feet=feet, fading=feet, fading_run=budget
    )
    assert Settings.from_json(s.to_json()) == s
    assert json.loads(s.to_json())["mode"] == mode.value


@pytest.mark.parametrize("text", ["", "{", "[]", "5", "null", '"road"', '{"mood": 1}', '{"road": []}'])
def test_json_that_is_no_settings_is_one_sentence(text):
    with pytest.raises(SettingsError):
        Settings.from_json(text)


@settings(deadline=None, max_examples=200)
@given(
    table=st.dictionaries(
        st.sampled_from([f.name for f in fields(Settings)] + ["x"]),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3),
                st.dictionaries(st.sampled_from([f.name for f in fields(HeadRule)]), inner, max_size=3),
            ),
            max_leaves=5,
        ),
        max_size=4,
    )
)
def test_any_table_is_settings_or_one_sentence(table):
    try:
        s = Settings.from_mapping(table)
    except SettingsError:
        return
    assert Settings.from_json(s.to_json()) == s


@pytest.mark.parametrize(
    "text", ["volume = " + "9" * 400, "volume = " + "9" * 5000, "x = " + "[" * 20_000, "x = " + "{a=" * 20_000]
)
def test_numbers_and_nesting_without_end_are_one_sentence(tmp_path, text):
    with pytest.raises(SettingsError):
        load(toml(tmp_path, text))


def test_json_nested_without_end_is_one_sentence():
    with pytest.raises(SettingsError):
        Settings.from_json("[" * 1_000_000)


def test_a_recording_of_an_older_program_is_read_without_what_is_gone():
    text = '{"prompts_per_hour": 12, "volume": 0.25, "road": {"on_deg": 25.0, "gone": 1}, "gone_group": {"x": 1}}'
    settings = Settings.from_json(text, forgiving=True)
    assert (settings.volume, settings.road.on_deg) == (0.25, 25.0)
    with pytest.raises(SettingsError, match="prompts_per_hour"):
        Settings.from_json(text)
    with pytest.raises(SettingsError, match="volume"):
        Settings.from_json('{"volume": 7}', forgiving=True)
