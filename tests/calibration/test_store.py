"""Profiles on disk: a round trip, one sentence for every damaged or hostile file, no name that leaves the folder."""

import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import store
from calibration.model import (
    FloorMark,
    GazeCalibration,
    HeadCalibration,
    Pose,
    Profile,
    RunningNeutral,
    ShoulderCalibration,
    SiteCalibration,
)
from monitor.errors import ProfileError

POSE = Pose("neutral", (0.0, 0.0, 1.0), 0.4, 5.0, False)
PROFILE = Profile(
    "Anna's cap".replace("'", ""),
    "2026-05-01T08:00:00+00:00",
    True,
    (
        SiteCalibration(
            "head", "head", "WT901", "aa:bb", "vqf", (POSE,),
            HeadCalibration((0, 0, 1.0), (-1.0, 0, 0), 12.5), None, "x", (0.0, 0.0, 1.0),
            RunningNeutral((0.6, 0.0, 0.8), 0.9, 168.0, 28.5, (0.3, 0.0, -0.1, 0.4, 0.0, 0.1)),
            GazeCalibration(-0.4, 0.58, 1.1, 1.62, (FloorMark("4ft", 1.2192, 31.0),), 48.0), ("a note", "another"),
        ),
        SiteCalibration(
            "collar", "collar", "Oë", "cc", "accelerometer", (), None,
            ShoulderCalibration((0.6, 0.0, 0.8), (0.1, 2.5, -0.3), 11.0, 2.4), "y",
        ),
    ),
)  # fmt: skip


def test_round_trip(tmp_path):
    path = store.save(tmp_path / "deep" / "folder", PROFILE)
    assert path.name == "Annas cap.json"
    assert store.load(tmp_path / "deep" / "folder", "Annas cap") == PROFILE
    assert store.names(tmp_path / "deep" / "folder") == ("Annas cap",)
    assert [p.name for p in path.parent.iterdir()] == ["Annas cap.json"]


numbers = st.floats(-1e6, 1e6)
units = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: math.hypot(*v) > 0.1).map(
    lambda v: tuple(x / math.hypot(*v) for x in v)
)  # fmt: skip
texts = st.text(max_size=40)


@settings(deadline=None, max_examples=80)
@given(
    name=texts,
    words=st.lists(texts, min_size=6, max_size=6),
    up=units,
    weight=st.tuples(numbers, numbers, numbers),
    d=st.one_of(numbers, st.just(math.nan)),
    simulated=st.booleans(),
)
def test_any_profile_comes_back_equal(name, words, up, weight, d, simulated):
    least = min(range(3), key=lambda i: abs(up[i]))
    axis = [0.0, 0.0, 0.0]
    axis[least] = 1.0
    nod = [a - up[least] * u for a, u in zip(axis, up, strict=True)]
    nod = tuple(x / math.hypot(*nod) for x in nod)
    poses = (Pose("p", up, 1.0, 2.0, True),)
    shoulders = ShoulderCalibration(up, weight, 3.0, 4.0)
    site = SiteCalibration(*words[:5], poses, HeadCalibration(up, nod, d), shoulders, words[5])
    profile = Profile(name, words[0], simulated, (site,))
    again = store.from_json(store.to_json(profile))
    assert repr(again) == repr(profile)  # NaN is not equal to itself, its text is


def test_a_profile_of_version_1_is_read(tmp_path):
    """A file as the first release wrote it; what it did not know stays empty."""
    old = (Path(__file__).parents[1] / "data" / "profile_v1.json").read_text("utf-8")
    assert json.loads(old)["version"] == 1
    profile = store.from_json(old)
    head, collar = profile.sites
    assert head.head == HeadCalibration((0.6, 0.0, 0.8), (-0.8, 0.0, 0.6), 37.5)
    assert collar.shoulders.d_prime == 2.6
    assert head.standing == (0.6, 0.0, 0.8)
    for site in profile.sites:
        assert (site.running, site.gaze, site.notes, site.trunk) == (None, None, (), None)
    store.save(tmp_path, profile)
    assert json.loads((tmp_path / "me.json").read_text())["version"] == store.VERSION
    assert store.load(tmp_path, "me") == profile


def test_a_neutral_taken_in_motion_is_no_standing_one():
    table = json.loads((Path(__file__).parents[1] / "data" / "profile_v1.json").read_text("utf-8"))
    table["sites"][0]["poses"][0]["moving"] = True
    table["sites"][1]["poses"] = []
    assert [site.standing for site in store.from_json(json.dumps(table)).sites] == [None, None]


# ---------------------------------------------------------------- damaged and hostile files


@settings(deadline=None, max_examples=150)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_one_sentence(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "profiles"
    folder.mkdir(exist_ok=True)
    (folder / "x.json").write_bytes(data)
    with pytest.raises(ProfileError) as caught:
        store.load(folder, "x")
    assert str(caught.value).startswith("calibration profile 'x': ")
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=150)
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255), cut=st.booleans())
def test_one_changed_byte_or_a_cut_file_is_one_sentence_or_a_valid_profile(at, byte, cut):
    data = bytearray(store.to_json(PROFILE).encode())
    at %= len(data)
    if cut:
        del data[at:]
    else:
        data[at] = byte
    try:
        profile = store.from_json(data.decode("utf-8", "replace"))
    except ProfileError:
        return
    for site in profile.sites:
        if site.head:
            assert math.hypot(*site.head.nod) == pytest.approx(1, abs=1e-5)


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), st.text(max_size=5),
        st.sampled_from(["headsup-profile", [0, 0, 1], "x" * 2000]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=4)),
    max_leaves=8,
)  # fmt: skip


def places(table, path=()):
    """The path of every value in nested JSON."""
    yield path
    if isinstance(table, (dict, list)):
        for key in table if isinstance(table, dict) else range(len(table)):
            yield from places(table[key], (*path, key))


TABLE = json.loads(store.to_json(PROFILE))
PLACES = list(places(TABLE))


@settings(deadline=None, max_examples=200)
@given(where=st.sampled_from(PLACES), value=values)
def test_any_value_in_any_place_is_one_sentence_or_read_as_it_stands(where, value):
    table = json.loads(json.dumps(TABLE))
    if not where:
        table = value
    else:
        parent = table
        for key in where[:-1]:
            parent = parent[key]
        parent[where[-1]] = value
    try:
        store.from_json(json.dumps(table))
    except ProfileError:
        pass
    else:
        assert isinstance(table, dict)
        assert table["format"] == "headsup-profile"


@pytest.mark.parametrize(
    ("where", "value", "says"),
    [
        (("version",), 4, "format version 4"),
        (("format",), "other", "not a Heads Up calibration profile"),
        (("simulated",), "no", "true or false"),
        (("sites", 0, "head", "nod"), [0, 0, 1], "orthogonal"),
        (("sites", 0, "head", "nod"), [0, 0, 2], "length one"),
        (("sites", 0, "head", "nod"), [0, 1], "three numbers"),
        (("sites", 1, "shoulders", "d_prime"), True, "a number was expected"),
        (("sites", 1, "shoulders", "weight"), [1e400, 0, 0], "not finite"),
        (("sites", 1, "shoulders", "arc_deg"), math.nan, "not finite"),
        (("sites", 1, "shoulders", "arc_deg"), 10**400, "damaged"),
        (("name",), 5, "a text was expected"),
        (("version",), True, "format version True"),
        (("version",), "1", "format version '1'"),
        (("sites",), [{}] * 9, "list of at most 8"),
        (("sites", 0, "poses"), [{}] * 101, "list of at most 100"),
        (("sites", 0, "notes"), ["x"] * 51, "list of at most 50"),
        (("sites", 0, "standing"), [0, 0, 3], "length one"),
        (("sites", 0, "running", "covariance"), [-1, 0, 0, 0, 0, 0], "variance is negative"),
        (("sites", 0, "running", "covariance"), [1, 0, 0], "damaged"),
        (("sites", 0, "gaze", "share"), 0.0, "out of range"),
        (("sites", 0, "gaze", "eye_height_m"), 16.2, "out of range"),
        (("name",), "x" * 1001, "a text was expected"),
    ],
)
def test_what_is_wrong_is_said(where, value, says):
    table = json.loads(json.dumps(TABLE))
    parent = table
    for key in where[:-1]:
        parent = parent[key]
    parent[where[-1]] = value
    with pytest.raises(ProfileError, match=says):
        store.from_json(json.dumps(table))


def test_nesting_without_end_is_one_sentence():
    with pytest.raises(ProfileError):
        store.from_json("[" * 100_000)
    with pytest.raises(ProfileError):
        store.from_json('{"format":' * 50_000)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    with open(tmp_path / "big.json", "wb") as file:
        file.truncate(1 << 40)  # sparse
    with pytest.raises(ProfileError, match="too large"):
        store.load(tmp_path, "big")


def test_a_pipe_or_a_folder_in_place_of_the_file_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "dir.json").mkdir()
    for name in ("pipe", "dir"):
        with pytest.raises(ProfileError, match="not a plain file"):
            store.load(tmp_path, name)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "..",
        ".",
        "",
        "a/b",
        "a\\b",
        "/etc/passwd",
        "C:x",
        ".hidden",
        "a\0b",
        "a\n",
        "x" * 65,
        " a",
        "~",
        "-rf",
        "é",
    ],
)
def test_names_that_are_no_plain_words_are_refused(tmp_path, name):
    for action in (lambda: store.load(tmp_path, name), lambda: store.path_of(tmp_path, name)):
        with pytest.raises(ProfileError):
            action()
    with pytest.raises(ProfileError):
        store.save(tmp_path, Profile(name, "", False, ()))
    assert list(tmp_path.iterdir()) == []


@settings(deadline=None, max_examples=200)
@given(name=st.text(max_size=30))
def test_no_name_leaves_the_folder(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp()
    try:
        path = store.path_of(folder, name)
    except ProfileError:
        return
    assert path.parent == folder
    assert path.resolve().parent == folder.resolve()


def test_a_missing_profile_names_the_known_ones(tmp_path):
    with pytest.raises(ProfileError, match=r"none yet.*headsup calibrate"):
        store.load(tmp_path, "anna")
    store.save(tmp_path, Profile("ben", "", False, ()))
    with pytest.raises(ProfileError, match="known: ben"):
        store.load(tmp_path, "anna")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ProfileError, match="cannot be written"):
        store.save(tmp_path / "file" / "profiles", PROFILE)


def test_saving_again_replaces(tmp_path):
    store.save(tmp_path, PROFILE)
    newer = Profile(PROFILE.name, "2027-01-01T00:00:00+00:00", False, ())
    store.save(tmp_path, newer)
    assert store.load(tmp_path, PROFILE.name) == newer
    assert store.names(tmp_path) == (PROFILE.name,)
