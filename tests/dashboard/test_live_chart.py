"""The view model: the chart it serves, and many threads at once."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from constructed_runs import HEAD, feed, model, output, span, track

from monitor.dashboard.ring import TrackRing
from monitor.values import (
    BatteryLevel,
    LinkChange,
    LinkState,
    Reason,
)

# ---------------------------------------------------------------- the chart


def test_chart_shows_the_last_minute_and_breaks_at_gaps():
    live, clock = model(HEAD)
    clock.at(100)
    t_s = np.concatenate([span(0, 80), span(90, 100)])
    live.update(output(track("head", t_s, pitch=t_s)))
    chart = live.chart()
    assert chart.head_x.dtype == np.float64
    assert chart.head_x[0] == pytest.approx(-60.0, abs=0.05)
    assert chart.head_x[-1] == pytest.approx(-0.0, abs=0.05)
    hole = (chart.head_x > -19.9) & (chart.head_x < -10.1)
    assert np.isnan(chart.sustained_deg[hole]).all()
    assert hole.sum() == 1
    # x = 0 is the newest sample, at 99.96 s.
    known = np.isfinite(chart.sustained_deg)
    assert chart.sustained_deg[known] == pytest.approx(99.96 + chart.head_x[known], abs=1e-6)


def test_chart_has_nan_where_not_valid():
    live, clock = model(HEAD)
    for second in range(4):
        clock.at(second + 1)
        reason = Reason.GAP if second == 2 else Reason.OK
        live.update(output(track("head", span(second, second + 1), pitch=7.0, reason=reason)))
    chart = live.chart()
    assert np.isnan(chart.pitch_deg).sum() == 25
    assert np.isfinite(chart.pitch_deg).sum() == 75


def test_ring_keeps_the_newest_in_order_whatever_the_blocks():
    rng = np.random.default_rng(5)
    ring, start = TrackRing(100, 1), 0
    for size in rng.integers(0, 260, 60).tolist():
        t_ns = np.arange(start, start + size, dtype=np.int64)
        ring.append(t_ns, t_ns.astype(float))
        start += size
        kept, values = ring.since(-1)
        assert len(kept) == min(100, start)
        assert np.array_equal(kept, np.arange(start - len(kept), start))
        assert np.array_equal(values[0], kept)
    assert ring.since(start - 3)[0].tolist() == [start - 3, start - 2, start - 1]


# ---------------------------------------------------------------- threads


def test_a_writer_and_readers_at_once():
    live, clock = model()
    errors: list[BaseException] = []
    done = threading.Event()

    def write() -> None:
        try:
            for k in range(300):
                feed(live, clock, k / 5, (k + 1) / 5, pitch=float(k))
                live.link(LinkChange("head", 0, LinkState.STREAMING))
                live.battery(BatteryLevel("head", 0, k % 100))
        except BaseException as error:  # handed to the test's own thread
            errors.append(error)
        finally:
            done.set()

    def read() -> None:
        try:
            while not done.is_set():
                view, chart = live.snapshot(), live.chart()
                assert len(chart.head_x) == len(chart.sustained_deg) == len(chart.pitch_deg)
                assert np.all(np.diff(chart.head_x) > 0)
                assert view.pitch_deg == int(view.pitch_deg) if math.isfinite(view.pitch_deg) else True
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write), threading.Thread(target=read), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert live.snapshot().pitch_deg == 299.0
    assert live.snapshot().links[0].battery_pct == 99


def test_what_was_polled_does_not_change_afterwards():
    live, clock = model(HEAD)
    clock.at(1)
    live.update(output(track("head", span(0, 1), pitch=1.0)))
    chart, view = live.chart(), live.snapshot()
    before = chart.sustained_deg.copy()
    for second in range(1, 700):
        clock.at(second + 1)
        live.update(output(track("head", span(second, second + 1), pitch=9.0)))
    assert np.array_equal(chart.sustained_deg, before)
    assert view.pitch_deg == 1.0


def test_a_doubt_stands_behind_any_other_remark():
    live, _ = model(HEAD)
    live.doubt("The head calibration was made with another sensor: calibrate anew.")
    assert "another sensor" in live.snapshot().notice
    live.notice("No sound: nothing is connected")
    assert "No sound" in live.snapshot().notice
    live.notice("")
    assert "another sensor" in live.snapshot().notice
