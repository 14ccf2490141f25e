"""Sensors of one name at the set-up's page: told apart by shaking and by their ids, never by their name alone."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from setup_fakes import CAP, STRAP

from monitor.dashboard.setup.adapters import SystemRadios
from monitor.dashboard.setup.facts import ScanView
from monitor.dashboard.setup.finding import Finding
from monitor.dashboard.setup.lane import Lane
from monitor.dashboard.setup.live_scanner import LiveScanner
from monitor.dashboard.setup.page_find import row_words, told_apart
from monitor.simulator.handled import ROUND_S, handled
from monitor.simulator.motion import ArrayFeed
from monitor.simulator.peripheral import VirtualSensor
from monitor.simulator.world import SimulatedRadio
from monitor.values import Site

RATE_HZ = 50.0
PLACES = (Site.HEAD, Site.COLLAR, Site.LEFT_SHOULDER, Site.RIGHT_SHOULDER)
IDS = [f"F2:51:00:00:00:0{n}" for n in "1234"]
PATIENCE_S = 40.0


def twins(count: int, shaken: int | None = None) -> SimulatedRadio:
    """Sensors of one name on a table; one of them is shaken all the time."""
    sensors = []
    for n, ident in enumerate(IDS[:count]):
        acc, gyr = handled(RATE_HZ, (0.0, ROUND_S) if n == shaken else None, seed=40 + n)
        feed = ArrayFeed(acc, gyr, RATE_HZ, loop=True)
        sensors.append(
            VirtualSensor(f"s{n}", "witmotion", feed, name="WT901BLE68", address=ident, rssi_dbm=-50 - 5 * n)
        )
    return SimulatedRadio(sensors)


class Radios(SystemRadios):
    def __init__(self, radio: SimulatedRadio) -> None:
        self.radio = radio

    def to_find(self) -> SimulatedRadio:
        return self.radio


@pytest.mark.parametrize("shaken", [0, 3])
def test_of_four_of_one_name_the_shaken_one_is_marked_and_each_gets_a_place_of_its_own(shaken):
    lane, finding = Lane(), Finding()
    scanner = LiveScanner(Radios(twins(4, shaken)), lane)
    scanner.start()
    try:
        until_s = time.monotonic() + PATIENCE_S
        while finding.marked is None or len(finding.scan.found) < 4:
            assert time.monotonic() < until_s, finding.scan
            finding.look(scanner.look(), time.monotonic())
            time.sleep(0.05)
        assert finding.marked == IDS[shaken]
        assert {f.address for f in finding.scan.found} == set(IDS)
        names = [f.name for f in told_apart(finding.scan.found)]
        assert len(set(names)) == 4
        assert all(name.startswith("WT901BLE68 ") for name in names)
        for ident, site in zip(IDS, PLACES, strict=True):
            finding.place(ident, site)
        assert {p.found.address: p.site for p in finding.picks} == dict(zip(IDS, PLACES, strict=True))
        finding.place(IDS[0], Site.RIGHT_SHOULDER)  # whoever had that place gets the other's
        assert finding.pick_of(IDS[3]).site is Site.HEAD
    finally:
        scanner.stop()
        assert lane.wait(20.0)


def test_a_twin_of_a_calibrated_sensor_is_not_chosen_by_its_name_alone():
    finding = Finding()
    finding.take_known = True
    twin = replace(CAP, address="F2:51:00:00:00:77", hint=Site.HEAD, by_id=False)
    finding.look(ScanView(found=(twin, replace(STRAP, hint=Site.COLLAR))), 0.0)
    assert [pick.found.address for pick in finding.picks] == [STRAP.address]
    _, facts, _ = row_words(twin, False, None)
    assert "not your head sensor's id" in facts
    finding.pick(twin.address)
    assert finding.pick_of(twin.address).site is Site.HEAD, "by hand, its place is proposed"


def test_what_the_profile_knows_by_name_is_only_a_proposal_over_the_radio():
    lane, finding = Lane(), Finding()
    finding.take_known = True
    known = {"WT901BLE68": Site.HEAD}
    scanner = LiveScanner(Radios(twins(1)), lane, lambda: known)
    scanner.start()
    try:
        until_s = time.monotonic() + PATIENCE_S
        while not finding.scan.found:
            assert time.monotonic() < until_s
            finding.look(scanner.look(), time.monotonic())
            time.sleep(0.05)
        [found] = finding.scan.found
        assert (found.hint, found.by_id) == (Site.HEAD, False)
        assert finding.picks == ()
    finally:
        scanner.stop()
        assert lane.wait(20.0)
