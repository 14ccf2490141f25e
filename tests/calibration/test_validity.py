"""Does a profile still fit: age, sensor, site."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.model import Profile, SiteCalibration
from calibration.validity import age_days, age_in_words, validity
from monitor.values import SensorInfo, Site

HEAD = SiteCalibration("head", "head", "WT901", "AA:BB:CC:00:11:22", "vqf", ())
PROFILE = Profile("me", "2026-05-01T08:00:00+00:00", False, (HEAD,))
NOW = "2026-05-03T09:00:00+00:00"
WORN = SensorInfo("head", Site.HEAD, "witmotion", "WT901", "aa:bb:cc:00:11:22", 50.0)


def codes(profile=PROFILE, now=NOW, *sensors):
    return [f.code for f in validity(profile, now, sensors or (WORN,))]


def test_a_fresh_profile_of_the_same_sensor_is_fine():
    assert codes() == []


@pytest.mark.parametrize(
    ("now", "words", "code"),
    [
        ("2026-05-01T09:00:00+00:00", "made today", []),
        ("2026-05-02T09:00:00+00:00", "1 day old", []),
        ("2026-05-31T07:00:00+00:00", "29 days old", []),
        ("2026-06-01T09:00:00+00:00", "31 days old", ["old"]),
        ("2026-04-01T09:00:00+00:00", "from the future", ["date"]),
        ("2026-05-01T10:00:00+14:00", "made today", []),
        ("no date", "age unknown", ["date"]),
        ("2026-06-01", "30 days old", ["old"]),
    ],
)
def test_age(now, words, code):
    assert age_in_words(PROFILE, now) == words
    assert codes(PROFILE, now) == code


@given(made=st.text(max_size=30), now=st.text(max_size=30))
def test_any_text_for_a_date_is_an_answer(made, now):
    profile = dataclasses.replace(PROFILE, created_utc=made)
    assert isinstance(age_in_words(profile, now), str)
    validity(profile, now, (WORN,))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"address": "aa:bb:cc:00:11:23"}, "sensor"),
        ({"address": "aa:bb:cc:00:11:23", "name": "Other"}, "sensor"),
        ({"name": "renamed"}, None),
        ({"address": "8F2A0C51-77F0-4C1B-9C53-1C4D2E0A9B11"}, None),
        ({"address": "8F2A0C51-77F0-4C1B-9C53-1C4D2E0A9B11", "name": "Other"}, "sensor"),
        ({"address": ""}, None),
        ({"key": "collar", "site": Site.COLLAR}, "missing"),
        ({"site": Site.COLLAR}, "site"),
        ({"simulated": True}, "simulated"),
    ],
)
def test_another_sensor_or_site_is_serious(change, code):
    found = validity(PROFILE, NOW, (dataclasses.replace(WORN, **change),))
    assert [f.code for f in found] == ([code] if code else [])
    assert all(f.serious for f in found)
    assert all(f.text.endswith(".") for f in found)


def test_a_simulated_profile_is_not_for_people():
    found = validity(dataclasses.replace(PROFILE, simulated=True), NOW, (WORN,))
    assert [f.code for f in found] == ["simulated"]
    assert "SIMULATED" in found[0].text


def test_without_sensors_only_the_age_counts():
    assert validity(PROFILE, NOW, ()) == ()
    assert age_days(PROFILE, NOW) == pytest.approx(2 + 1 / 24)
