"""`--sensor [SITE=]ID`: every place a sensor can be worn, said as people type it."""

from __future__ import annotations

import pytest

from calibration.model import Profile, SiteCalibration
from monitor.cli import main
from monitor.commands.wanted import expected, wanted
from monitor.errors import SettingsError
from monitor.sources.ble import SensorRequest
from monitor.values import Site

ADDRESS = "AA:BB:CC:DD:EE:FF"


@pytest.mark.parametrize("site", Site)
def test_every_site_is_understood(site):
    for text in (site.value, site.value.upper(), site.value.replace("_", "-")):
        assert wanted([f"{text}={ADDRESS}"], None) == (SensorRequest(site, address=ADDRESS),)


def test_without_a_site_it_is_the_heads_and_a_name_may_be_given():
    assert wanted(["Cap IMU"], None) == (SensorRequest(Site.HEAD, name="Cap IMU"),)
    assert wanted([], None) == (SensorRequest(Site.HEAD),)
    both = wanted(["left_shoulder=Left", f"right-shoulder={ADDRESS}"], None)
    assert [r.site for r in both] == [Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER]


def test_a_profile_tells_its_sensors():
    sites = tuple(SiteCalibration(s.value, s.value, f"{s} IMU", "", "vqf", ()) for s in (Site.HEAD, Site.BACK))
    profile = Profile("me", "2026-01-01T00:00:00+00:00", False, sites)
    assert [(r.site, r.name) for r in wanted([], profile)] == [(Site.HEAD, "head IMU"), (Site.BACK, "back IMU")]


@pytest.mark.parametrize(
    "options", [["elbow=X"], ["=X"], ["head="], [""], ["X", "head=Y"], ["head= "], [" "], ["back=X", "BACK=Y"]]
)
def test_what_is_no_sensor_is_refused_and_the_places_are_named(options):
    with pytest.raises(SettingsError) as refused:
        wanted(options, None)
    said = str(refused.value)
    assert "--sensor" in said
    if options[0].rpartition("=")[2].strip():
        assert all(f"{site.value}=ID" in said for site in Site)


def test_the_help_names_every_place(capsys):
    assert main(["live", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(f"{site.value}=ID" in said for site in Site)


def test_a_sensor_that_is_still_searched_for_has_a_name_to_show():
    [info] = expected(wanted([f"left_shoulder={ADDRESS}"], None), simulated=False)
    assert (info.key, info.name) == ("left_shoulder", "left shoulder sensor")
