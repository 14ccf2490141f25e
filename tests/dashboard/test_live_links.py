"""Link quality: gaps, delay and signal in the model's rows, in words, and in the table of the window."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from constructed_runs import HEAD, START_NS, long_run, model, output, quality, span, track
from fitting_texts import check_fits

from monitor.dashboard import theme as themes
from monitor.dashboard.link_facts import Delay, delay_words, gap_words, signal_words
from monitor.dashboard.links_tile import LinksTile
from monitor.values import NS_PER_S, LinkChange, LinkState, SensorInfo, Site

MS = NS_PER_S // 1000


def test_gaps_are_counted_with_the_longest_and_lost_samples_are_none():
    live, clock = model(HEAD)
    clock.at(1)
    live.update(output(track("head", span(0, 1))))
    lost = 0
    for more in (5, 49, 60, 0, 1200, 20):  # at 100 Hz: half a second is a gap, less is loss
        lost += more
        live.update(output(quality=(quality("head", 100.0, 5000, lost),)))
    [row] = live.snapshot().links
    assert (row.gaps, row.longest_gap_s) == (2, 12.0)
    live.update(output(quality=(quality("head", math.nan, 5000, lost + 900),)))  # the rate is not known yet
    assert live.snapshot().links[0].gaps == 2


def test_the_signal_is_the_one_it_was_last_found_with():
    live, _ = model(HEAD)
    assert live.snapshot().links[0].signal_dbm is None
    live.link(LinkChange("head", 0, LinkState.CONNECTING, "", -62))
    live.link(LinkChange("head", 1, LinkState.STREAMING))
    assert live.snapshot().links[0].signal_dbm == -62
    live.link(LinkChange("head", 2, LinkState.LOST, "out of range"))
    live.link(LinkChange("head", 3, LinkState.CONNECTING, "", -88))
    assert live.snapshot().links[0].signal_dbm == -88


def arriving(start_s: float, end_s: float, late_ms: float):
    part = track("head", span(start_s, end_s))
    return replace(part, arrival_ns=part.t_ns + START_NS + int(late_ms * MS))


def test_delay_is_the_worst_of_late_over_the_quickest_ever():
    delay = Delay()
    assert math.isnan(delay.seconds)
    for start in range(5):
        delay.take(arriving(start, start + 1, 30))
    assert delay.seconds == 0.0
    delay.take(arriving(5, 6, 430))
    assert delay.seconds == pytest.approx(0.4)
    for start in range(6, 30):
        delay.take(arriving(start, start + 1, 10 if start == 20 else 50))
    assert delay.seconds == pytest.approx(0.04)  # the hold-up is long past; quickest was 10 ms


def test_a_sensor_that_sends_a_second_at_once_shows_it():
    delay = Delay()
    for second in range(8):
        part = track("head", span(second, second + 1))
        delay.take(replace(part, arrival_ns=np.full(len(part), (second + 1) * NS_PER_S + START_NS)))
    assert delay.seconds == pytest.approx(0.96)


def test_words():
    assert [signal_words(dbm) for dbm in (-50, -65, -66, -80, -81, None, 3)] == [
        "−50 dBm strong", "−65 dBm strong", "−66 dBm fair", "−80 dBm fair", "−81 dBm weak", "–", "3 dBm strong",
    ]  # fmt: skip
    assert [gap_words(*gaps) for gaps in ((0, 0.0), (1, 1.24), (3, 12.4), (9, 600.0))] == [
        "none", "1, 1.2 s", "3, 12 s", "9, 10 min",
    ]  # fmt: skip
    assert [delay_words(s) for s in (0.0, 0.04, 0.9997, 2.34, math.nan)] == ["0 ms", "40 ms", "1.0 s", "2.3 s", "–"]


def test_the_table_says_the_same_to_the_eye_and_to_the_ear(shown):
    live, _ = long_run()
    tile = shown(LinksTile(themes.DARK))
    tile.resize(590, 90)
    tile.show_links(live.snapshot().links)
    texts = [item.text for item in tile.texts()]
    for words in ("100 Hz", "3.0 %", "1, 20 s", "78 %", "−58 dBm strong", "signal when found", "Cap IMU 4F2A"):
        assert words in texts
    spoken = tile.accessibleDescription()
    assert spoken.startswith("Head Cap IMU 4F2A: live; rate 100 Hz, lost 3.0 %, gaps, longest 1, 20 s, delay 0 ms, ")
    assert "signal when found −58 dBm strong. Collar" in spoken


def test_what_is_not_known_is_a_dash_never_a_nought(shown):
    live, _ = model(HEAD)
    tile = shown(LinksTile(themes.DARK))
    tile.resize(590, 90)
    tile.show_links(live.snapshot().links)
    assert tile.facts(tile.rows[0]) == ("–",) * 6
    assert tile.accessibleDescription() == "Head Cap IMU 4F2A: searching"


@pytest.mark.parametrize("size", [(590, 88), (740, 120), (1100, 160), (2250, 360)])
def test_five_sensors_fit(shown, size):
    sites = list(Site)
    live, clock = model(*(SensorInfo(s.value, s, "demo", f"IMU {i}", "", 50.0) for i, s in enumerate(sites)))
    clock.at(2)
    live.update(output(*(track(s.value, span(0, 2)) for s in sites)))
    for s in sites:
        live.link(LinkChange(s.value, 0, LinkState.CONNECTING, "", -101))
        live.update(output(quality=(quality(s.value, 103.9, 100_000, 20_000),)))
    tile = shown(LinksTile(themes.DARK))
    tile.resize(*size)
    clock.at(9)
    tile.show_links(live.snapshot().links)
    check_fits(tile)
    assert sum("no data for 7 s" in item.text for item in tile.texts()) == 5
