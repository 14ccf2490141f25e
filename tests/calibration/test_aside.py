"""Profiles that cannot be read make way and are kept; a re-zeroed one lies beside the calibration."""

import json

import pytest

from calibration import store
from calibration.aside import aside_path, damage, set_aside
from calibration.model import Profile
from calibration.today import keep_today, today_name
from monitor.errors import ProfileError

PROFILE = Profile("me", "2026-11-01T08:00:00+00:00", False, ())


def test_what_can_be_read_or_is_not_there_is_left_alone(tmp_path):
    assert (damage(tmp_path, "me"), set_aside(tmp_path, "me")) == ("", None)
    store.save(tmp_path, PROFILE)
    assert (damage(tmp_path, "me"), set_aside(tmp_path, "me")) == ("", None)
    assert store.load(tmp_path, "me") == PROFILE


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not JSON"),
        (json.dumps({"format": "headsup-profile", "version": 7}), "format version 7"),
        ("\x00" * 2_000_000, "far too large"),
    ],
)
def test_what_cannot_be_read_is_moved_whole_and_never_over_another(tmp_path, text, why):
    for number in (1, 2):
        (tmp_path / "me.json").write_text(text)
        assert why in damage(tmp_path, "me")
        assert aside_path(tmp_path, "me").name == f"me.json.old-{number}"
        assert set_aside(tmp_path, "me").read_text() == text
    store.save(tmp_path, PROFILE)
    assert store.names(tmp_path) == ("me",), "what was set aside is no profile any more"


def test_a_link_to_nowhere_is_moved_and_not_followed(tmp_path):
    (tmp_path / "me.json").symlink_to(tmp_path / "nowhere")
    assert damage(tmp_path, "me")
    assert set_aside(tmp_path, "me").is_symlink()


def test_a_folder_full_of_old_ones_is_a_sentence(tmp_path):
    (tmp_path / "me.json").write_text("{")
    for number in range(1, 100):
        (tmp_path / f"me.json.old-{number}").touch()
    with pytest.raises(ProfileError, match="remove some first"):
        set_aside(tmp_path, "me")
    assert (tmp_path / "me.json").exists()


def test_todays_profile_lies_beside_and_bears_its_own_name_inside(tmp_path):
    store.save(tmp_path, PROFILE)
    name = keep_today(tmp_path, PROFILE)
    assert (name, keep_today(tmp_path, PROFILE)) == ("me-today", "me-today")
    assert store.load(tmp_path, name).name == "me", "its runs are counted with the others of that profile"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["me-today.json", "me.json"]


@pytest.mark.parametrize(
    ("name", "today"), [("me", "me-today"), ("me-today", "me-today"), ("a" * 64, "a" * 58 + "-today")]
)
def test_names_of_today(name, today):
    assert today_name(name) == today
    assert len(today) <= 64


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ProfileError, match="cannot be written"):
        keep_today(tmp_path / "file" / "profiles", PROFILE)
