"""The settings file: what is written reads back the same, and nothing that cannot be read is ever written over."""

import os
import tomllib
from dataclasses import fields, is_dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.commands import places
from monitor.errors import SettingsError
from monitor.settings import Settings, load
from monitor.settings_file import change, load_or_default, save, to_toml, usual_path
from monitor.settings_keys import (
    BY_KEY,
    GROUPS,
    KEYS,
    LONGEST_TEXT,
    Kind,
    changed,
    differing,
    find,
    in_words,
    parsed,
    value_of,
)
from monitor.values import Mode

# ---------------------------------------------------------------- any valid settings


def values_of(key):
    """Any value that a setting alone may have."""
    if key.kind is Kind.SWITCH:
        return st.booleans()
    if key.kind is Kind.CHOICE:
        return st.sampled_from(key.choices)
    if key.key == "language":
        return st.sampled_from(("en", "de", "fil", "pt-BR"))
    if key.kind is Kind.TEXT:
        return st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \"'\\#=[]äß漢"), max_size=30)
    if key.kind is Kind.WHOLE:
        return st.integers(int(key.low), int(key.high))
    return st.floats(key.low, key.high)


@st.composite
def any_settings(draw):
    """Valid settings in which any subset of the keys differs from what is shipped."""
    chosen = draw(st.sets(st.sampled_from(sorted(BY_KEY))))
    values = {name: draw(values_of(BY_KEY[name])) for name in sorted(chosen)}
    for group, on, off in (
        *((g, "on_deg", "off_deg") for g in ("road", "trail", "technical")),
        ("shoulders", "on", "off"),
    ):
        high, low = BY_KEY[f"{group}.{on}"], BY_KEY[f"{group}.{off}"]
        top = values.get(high.key, high.default)
        if values.get(low.key, low.default) >= top:
            values[low.key] = draw(
                st.floats(low.low, top, exclude_max=True).filter(lambda v, key=low: key.low <= v <= key.high)
            )
    return changed(Settings(), values)


@settings(deadline=None, max_examples=150)
@given(any_settings())
def test_what_is_written_reads_back_the_same(tmp_path_factory, wanted):
    path = tmp_path_factory.mktemp("home") / "settings.toml"
    save(path, wanted)
    assert load(path) == wanted
    save(path, Settings())
    assert load(path) == Settings()


@settings(deadline=None, max_examples=50)
@given(any_settings())
def test_only_what_differs_is_written_each_below_its_documentation(wanted):
    text = to_toml(wanted)
    table = tomllib.loads(text)
    written = {k for k, v in table.items() if not isinstance(v, dict)}
    written |= {f"{group}.{k}" for group, inside in table.items() if isinstance(inside, dict) for k in inside}
    assert written == set(differing(wanted))
    comments = " ".join(line.removeprefix("# ") for line in text.splitlines() if line.startswith("#"))
    for name in written:
        assert " ".join(BY_KEY[name].doc.split()) in comments


def test_the_shipped_settings_are_an_empty_table(tmp_path):
    save(tmp_path / "settings.toml", Settings())
    assert tomllib.loads((tmp_path / "settings.toml").read_text()) == {}


def test_a_file_as_a_person_would_read_it():
    text = to_toml(
        changed(Settings(), {"mode": "trail", "trail.on_deg": 38, "cues.good": False, "sound_device": 'a "b"'})
    )
    assert 'mode = "trail"\n' in text
    assert 'sound_device = "a \\"b\\""\n' in text
    assert "[trail]\n\n# The head counts as down above this. (5 to 80 deg; as shipped: 36)\non_deg = 38\n" in text
    assert "[cues]\n" in text
    assert "good = false\n" in text
    assert max(map(len, text.splitlines())) <= 120


# ---------------------------------------------------------------- keys


def test_every_setting_has_a_key_a_kind_and_words():
    count = sum(
        len(fields(value)) if is_dataclass(value := getattr(Settings(), f.name)) else 1 for f in fields(Settings)
    )
    assert len(KEYS) == len(BY_KEY) == count
    for key in KEYS:
        assert len(key.doc) > 10, key.key
        assert value_of(Settings(), key) == key.default
        assert parsed(key, in_words(key.default)) == key.default
        assert key.group in ("", *GROUPS)
        if key.kind in (Kind.NUMBER, Kind.WHOLE):
            assert key.low < key.high, key.key
    assert all(len(doc) > 10 for doc in GROUPS.values())
    assert (find("trail.on_deg").unit, find("road.prompts_per_hour").unit, find("volume").unit) == (
        "deg",
        "per hour",
        "",
    )
    assert (find("gaze.eye_height_m").unit, find("planned_min").unit, find("cues.moved").unit) == ("m", "min", "")


def test_two_limits_move_together():
    both = changed(Settings(), {"road.on_deg": 12.0, "road.off_deg": 8.0})
    assert (both.road.on_deg, both.road.off_deg, both.road.dwell_s) == (12, 8, 6)
    with pytest.raises(SettingsError) as caught:
        changed(Settings(), {"road.on_deg": 12.0})
    assert caught.value.key == "road.off_deg"


@pytest.mark.parametrize(
    ("changes", "key", "says"),
    [
        ({"mood": 1}, "mood", "is not a setting"),
        ({"road": 1}, "road", "is a group"),
        ({"road.mood": 1}, "road.mood", "known here are on_deg"),
        ({"on_deg": 1}, "on_deg", "road.on_deg"),
        ({"mode": "beach"}, "mode", "road, trail or technical"),
        ({"mode": []}, "mode", "road, trail or technical"),
        ({"volume": 1.01}, "volume", "between 0 and 1"),
        ({"volume": "1"}, "volume", "must be a number"),
        ({"cues.good": 1}, "cues.good", "true or false"),
        ({"road.prompts_per_hour": 2.5}, "road.prompts_per_hour", "whole number"),
        ({"sound_device": 5}, "sound_device", "must be text"),
        ({"sound_device": "a\nb"}, "sound_device", "one line"),
        ({"sound_device": "a" * (LONGEST_TEXT + 1)}, "sound_device", "longer"),
    ],
)
def test_a_bad_change_names_its_key(changes, key, says):
    with pytest.raises(SettingsError, match=says) as caught:
        changed(Settings(), changes)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("volume", " 0.5 ", 0.5),
        ("volume", "0,5", 0.5),
        ("road.prompts_per_hour", "6.0", 6),
        ("road.prompts_per_hour", "6.5", 6.5),
        ("feet", "OFF", False),
        ("feet", "yes", True),
        ("mode", "Trail", "trail"),
        ("sound_device", " USB ", "USB"),
    ],
)
def test_what_a_person_types(key, text, value):
    found = parsed(find(key), text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("key", "text"), [("volume", "loud"), ("volume", ""), ("volume", "1,000.5"), ("feet", "2")])
def test_what_cannot_be_meant(key, text):
    with pytest.raises(SettingsError):
        parsed(find(key), text)


@settings(deadline=None)
@given(st.sampled_from(KEYS), st.text(max_size=20))
def test_any_typed_text_is_a_value_or_one_sentence(key, text):
    sentence = ""
    try:
        changed(Settings(), {key.key: parsed(key, text)})
    except SettingsError as error:
        sentence = str(error)
    assert len(sentence.splitlines()) <= 1


def test_a_strange_key_does_not_style_the_terminal(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('"a\\nb\\u001b[31m" = 1\n')
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert str(caught.value).isprintable()
    with pytest.raises(SettingsError) as caught:
        find("road.\n\x1b[31m")
    assert str(caught.value).isprintable()


# ---------------------------------------------------------------- never lost


@pytest.mark.parametrize(
    "text", [b"mood = 1\n", b"[later]\nx = 1\n", b"volume = 7\n", b"volume = \n", b"\xff\xfe", b"[road]\non_deg = 1\n"]
)
def test_a_file_that_cannot_be_used_is_never_written_over(tmp_path, text):
    path = tmp_path / "settings.toml"
    path.write_bytes(text)
    for act in (lambda: save(path, Settings()), lambda: change(path, {"volume": 0.2})):
        with pytest.raises(SettingsError) as caught:
            act()
        assert "\n" not in str(caught.value)
        assert path.read_bytes() == text
        assert os.listdir(tmp_path) == ["settings.toml"]


def test_the_refusal_says_what_to_do(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("mood = 1\n")
    with pytest.raises(SettingsError, match=r"is left as it is: 'mood' is not a setting.*Mend it, or move it away"):
        save(path, Settings())


def test_a_hand_written_file_is_kept_once_beside_it(tmp_path):
    path = tmp_path / "settings.toml"
    mine = "# my own words\nvolume = 0.3\n"
    path.write_text(mine)
    change(path, {"mode": "trail"})
    change(path, {"mode": "road"})
    assert (tmp_path / "settings.toml.bak").read_text() == mine
    assert load(path) == Settings(volume=0.3)
    assert sorted(os.listdir(tmp_path)) == ["settings.toml", "settings.toml.bak"]


def test_a_folder_or_a_pipe_in_its_place_is_one_sentence(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "pipe"):
        with pytest.raises(SettingsError, match="is not a file"):
            save(tmp_path / name, Settings())


def test_a_link_stays_a_link_and_one_to_nowhere_is_refused(tmp_path):
    real = tmp_path / "dotfiles" / "headsup.toml"
    real.parent.mkdir()
    save(real, Settings())
    path = tmp_path / "settings.toml"
    path.symlink_to(real)
    change(path, {"volume": 0.4})
    assert path.is_symlink()
    assert load(real).volume == 0.4
    real.unlink()
    with pytest.raises(SettingsError):
        load_or_default(path)
    with pytest.raises(SettingsError):
        save(path, Settings())
    assert not real.exists()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "settings.toml"
    assert load_or_default(path) == Settings()
    with pytest.raises(SettingsError, match="cannot be written"):
        save(path, Settings())


def test_a_write_that_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "settings.toml"
    save(path, Settings(volume=0.4))
    before = path.read_bytes()

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="cannot be written: No space left on device"):
        save(path, Settings(volume=0.5))
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["settings.toml"]


def test_the_file_keeps_its_permissions(tmp_path):
    path = tmp_path / "settings.toml"
    save(path, Settings())
    path.chmod(0o640)
    change(path, {"volume": 0.4})
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["\ud800", "a" * 2_000_000])
def test_settings_that_would_not_read_back_are_not_written(tmp_path, name):
    with pytest.raises(SettingsError, match="cannot be written"):
        save(tmp_path / "settings.toml", replace(Settings(), sound_device=name))
    assert os.listdir(tmp_path) == []


def test_odd_characters_survive(tmp_path):
    odd = Settings(sound_device="\x7f\x00\t\"'\\ \u2028 é 漢 \U0001f3c3")
    save(tmp_path / "settings.toml", odd)
    assert load(tmp_path / "settings.toml") == odd


def test_a_change_is_of_the_file_as_it_is_now(tmp_path):
    path = tmp_path / "settings.toml"
    save(path, Settings())
    (tmp_path / "settings.toml").write_text("feet = false\n")  # somebody else, in the meantime
    assert change(path, {"mode": "trail"}) == Settings(feet=False, mode=Mode.TRAIL)


# ---------------------------------------------------------------- where


def test_where_the_commands_look(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADSUP_HOME", str(tmp_path / "home"))
    assert usual_path() == tmp_path / "home" / "settings.toml"
    assert load_or_default() == Settings()
    save(usual_path(), Settings(volume=0.25))
    assert places.settings() == load_or_default() == Settings(volume=0.25)


def test_without_a_home_of_its_own_it_is_the_platforms_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("HEADSUP_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert usual_path().parent == places.clips_folder().parent
