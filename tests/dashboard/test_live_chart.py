"""The view model: the chart it serves, and many threads at once."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from constructed_runs import HEAD, feed, long_run, model, output, span, track

from monitor.dashboard import chart_series
from monitor.dashboard.ring import TrackRing
from monitor.dashboard.watch import Watch
from monitor.values import (
    NS_PER_S,
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
    head = live.chart().head
    assert head.x.dtype == np.float64
    assert head.x[0] == pytest.approx(-60.0, abs=0.1)
    assert head.x[-1] == pytest.approx(-0.0, abs=0.1)
    [hole] = np.flatnonzero(np.isnan(head.sustained_deg))
    assert head.x[hole - 1 : hole + 2] == pytest.approx([-20, -20, -10], abs=0.1)
    # x = 0 is the newest sample, at 99.96 s; a point is the mean of its bucket.
    known = np.isfinite(head.sustained_deg)
    assert head.sustained_deg[known] == pytest.approx(99.96 + head.x[known], abs=0.06)


def test_chart_has_nan_where_not_valid():
    live, clock = model(HEAD)
    for second in range(4):
        clock.at(second + 1)
        reason = Reason.GAP if second == 2 else Reason.OK
        live.update(output(track("head", span(second, second + 1), pitch=7.0, reason=reason)))
    head = live.chart().head
    lost = np.isnan(head.sustained_deg)
    assert np.array_equal(lost, np.isnan(head.low_deg))
    assert head.x[lost] == pytest.approx(np.arange(-1.91, -0.95, 0.1), abs=0.06)


@pytest.mark.parametrize("seconds", [60.0, 120.0, 300.0, 600.0])
def test_long_spans_have_few_points_and_keep_the_extremes(seconds):
    live, clock = model(HEAD)
    for start in range(0, 700, 5):
        clock.at(start + 5)
        t_s = span(start, start + 5)
        live.update(output(track("head", t_s, pitch=np.where(np.isclose(t_s, 690.0), 80.0, 5.0), bounce=3.0)))
    head = live.chart(seconds).head
    assert seconds <= 60 or len(head.x) <= chart_series.MOST_POINTS + 2
    assert np.all(np.diff(head.x) > 0)
    assert head.x[0] == pytest.approx(-seconds, abs=1.0)
    assert head.high_deg.max() >= 77.0  # one sample of thousands
    calm = head.x < -30
    assert np.all(head.high_deg[calm] - head.low_deg[calm] <= 6.1)
    assert head.high_deg[calm].max() == pytest.approx(8.0, abs=0.2)


def test_points_stay_what_they_are_while_time_goes_on():
    """Buckets lie at fixed times: a curve that moves must not flicker."""
    rng = np.random.default_rng(3)
    t_ns = (np.arange(2500) * NS_PER_S // 25).astype(np.int64)
    values = np.vstack([rng.normal(size=(5, 2500)), np.zeros((1, 2500))])
    each_ns = chart_series.bucket_ns(600.0)
    early = chart_series.series(t_ns[:2000], values[:, :2000], int(t_ns[1999]), each_ns)
    late = chart_series.series(t_ns, values, int(t_ns[-1]), each_ns)
    assert np.array_equal(early.sustained_deg[:-1], late.sustained_deg[: len(early.x) - 1])


def test_a_bucket_with_one_untrusted_sample_is_a_hole():
    t_ns = (np.arange(250) * NS_PER_S // 25).astype(np.int64)
    values = np.zeros((6, 250))
    values[:5, 100] = np.nan
    values[5, 100] = Watch.LINK_GAP
    part = chart_series.series(t_ns, values, int(t_ns[-1]), NS_PER_S // 2)
    assert np.flatnonzero(np.isnan(part.sustained_deg)).tolist() == [8]
    [stretch] = chart_series.stretches(part, 0.0, 60.0)
    assert stretch.watch is Watch.LINK_GAP
    assert part.x[8] == stretch.start_x < stretch.end_x == part.x[9]


def test_stretches_say_where_and_why_nothing_was_watched():
    live, clock = long_run()
    told = live.chart(600.0).unwatched
    assert [s.watch for s in told] == [Watch.NOT_RUNNING, Watch.LINK_GAP, Watch.WARMING_UP]
    assert [s.start_x for s in told] == pytest.approx([-360, -210, -190], abs=0.5)
    assert [s.end_x for s in told] == pytest.approx([-325, -190, -185], abs=0.9)
    clock.at(680.0)
    assert live.chart(60.0).unwatched[-1].watch is Watch.LINK_GAP
    assert live.chart(60.0).unwatched[-1].start_x == pytest.approx(-20.0, abs=0.1)


def test_cues_and_marks_have_ticks_in_the_span_only():
    live, clock = long_run()
    clock.at(660.0)
    chart = live.chart(600.0)
    assert np.round(chart.cue_x).tolist() == [-556, -446, -336, -226, -116, -6]
    assert np.round(chart.mark_x).tolist() == [-480, -140]
    assert np.round(live.chart(120.0).cue_x).tolist() == [-116, -6]
    assert live.chart(120.0).mark_x.size == 0


def test_the_dwell_clock_is_a_part_of_its_limit_and_only_the_heads():
    live, clock = model()
    feed(live, clock, 0, 5, dwell=3.0)
    chart = live.chart()
    assert np.unique(chart.head.dwell) == pytest.approx([0.5])  # of 6 s on the road
    assert np.isnan(chart.shoulder.dwell).all()


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
                assert len(chart.head.x) == len(chart.head.sustained_deg) == len(chart.shoulder.x)
                assert np.all(np.diff(chart.head.x) > 0)
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
    before = chart.head.sustained_deg.copy()
    for second in range(1, 700):
        clock.at(second + 1)
        live.update(output(track("head", span(second, second + 1), pitch=9.0)))
    assert np.array_equal(chart.head.sustained_deg, before)
    assert view.pitch_deg == 1.0


def test_a_doubt_stands_behind_any_other_remark():
    live, _ = model(HEAD)
    live.doubt("The head calibration was made with another sensor: calibrate anew.")
    assert "another sensor" in live.snapshot().notice
    live.notice("No sound: nothing is connected")
    assert "No sound" in live.snapshot().notice
    live.notice("")
    assert "another sensor" in live.snapshot().notice
