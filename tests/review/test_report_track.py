"""The way as it is drawn: north up, each stretch by what its moments were, and no way at all where there is none."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from constructed_analysis import analysis, seconds_where, track
from report_page import level, page
from reviewed_runs import SURE, UNSURE, watch, with_watch

from monitor.review.report_track import HIGHEST, PIECES_MOST, Seen, track_picture, way_of
from monitor.review.reviewed import reviewed
from monitor.settings import Settings
from monitor.values import Activity, Mode

S = 900.0
WIDTH = 800.0


def run_with(head, **watch_changes: object):
    base = analysis(head, seconds=S, settings=Settings(mode=Mode.TRAIL))
    return reviewed(base, watch(S, **watch_changes), SURE, "w.fit")


def pieces(svg: str) -> dict[int, list[tuple[float, float]]]:
    """Per kind of line the points of its path."""
    found = {}
    for d, kind in re.findall(r'<path d="([^"]*)" class="way w(\d)"', svg):
        points = [(float(x), float(y)) for x, y in re.findall(r"[ML]([-0-9.]+) ([-0-9.]+)", d)]
        if len(points) > 1:
            found.setdefault(int(kind), points)
    return found


def test_every_stretch_shows_what_most_of_its_moments_were():
    pitch = np.where(seconds_where(S, (300, 450)), 28.0, np.where(seconds_where(S, (450, 600)), 50.0, 0.0))
    walk = seconds_where(S, (600, 700))
    hidden = seconds_where(S, (700, 800))
    head = level(
        S, pitch, activity=np.where(walk, Activity.WALK, Activity.RUN), valid=~hidden, reason=np.where(hidden, 4, 0)
    )
    run = run_with(head)
    way = way_of(run.course, run.columns, WIDTH)
    assert way is not None

    def at(t_s: float) -> int:
        return int(way.seen[np.searchsorted(way.t_s, t_s)])

    assert at(100) == Seen.AHEAD
    assert at(500) == Seen.PAST
    assert at(650) == Seen.ON_FOOT
    assert at(750) == Seen.UNSEEN
    assert at(850) == Seen.AHEAD
    assert at(350) == Seen.TARGET
    words = track_picture(run, WIDTH)
    for said in ("head past its limit", "walking or standing", "head not seen", "eyes beyond 7 ft"):
        assert said in words


def test_a_shoulder_up_is_dotted_along_the_line():
    shoulder = np.where(seconds_where(S, (300, 600)), 0.9, 0.1)
    base = analysis(level(S), track("collar", S, shoulder=shoulder), seconds=S, settings=Settings(mode=Mode.TRAIL))
    run = reviewed(base, watch(S), SURE, "w.fit")
    way = way_of(run.course, run.columns, WIDTH)
    assert way is not None
    inside = (way.t_s > 305) & (way.t_s < 595)
    assert way.raised[inside].all()
    assert not way.raised[(way.t_s < 295) | (way.t_s > 605)].any()
    assert "a shoulder up" in track_picture(run, WIDTH)
    assert "a shoulder up" not in track_picture(run_with(level(S)), WIDTH)


def test_north_is_up_east_is_right_and_distances_are_true():
    # A quarter of the round: from the east point up to the north point.
    run = run_with(level(S))
    way = way_of(run.course, run.columns, WIDTH)
    assert way is not None
    start, quarter = 0, int(np.searchsorted(way.t_s, 225 - 12.5))
    assert way.x[quarter] < way.x[start]
    assert way.y[quarter] < way.y[start]
    wide_m = np.ptp(way.x) * way.metres_per_pixel
    high_m = np.ptp(way.y) * way.metres_per_pixel
    assert high_m == pytest.approx(2 * 0.003 * 111_195, rel=0.02)
    assert wide_m == pytest.approx(2 * 0.005 * 111_195 * np.cos(np.radians(47.5)), rel=0.02)
    assert way.height <= HIGHEST + 1


def test_a_wild_jump_of_the_receiver_does_not_shrink_the_way():
    plain = run_with(level(S))
    lat = watch(S).lat_deg.copy()
    lat[400] = 52.0
    jumped = run_with(level(S), lat_deg=lat)
    a, b = (way_of(r.course, r.columns, WIDTH) for r in (plain, jumped))
    assert a is not None
    assert b is not None
    assert b.metres_per_pixel == pytest.approx(a.metres_per_pixel, rel=0.01)


def test_across_the_date_line_and_near_a_pole():
    t_s = np.arange(0.0, S + 1)
    lon = (180 + 0.005 * np.sin(t_s / 50) + 180) % 360 - 180
    way = way_of((run := run_with(level(S), lon_deg=lon)).course, run.columns, WIDTH)
    assert way is not None
    assert np.ptp(way.x) * way.metres_per_pixel < 2000
    for lat in (89.9999, -90.0, 90.0):
        svg = track_picture(run_with(level(S), lat_deg=np.full(len(t_s), lat) - 0.002 * np.sin(t_s)), WIDTH)
        assert "<svg" in svg
        assert "nan" not in svg


def test_no_place_no_way():
    n = len(watch(S))
    nowhere = np.full(n, np.nan)
    assert track_picture(run_with(level(S), lat_deg=nowhere, lon_deg=nowhere), WIDTH) == ""
    still = {"lat_deg": np.full(n, 47.0), "lon_deg": np.full(n, 8.0)}
    assert track_picture(run_with(level(S), **still), WIDTH) == ""
    one = nowhere.copy()
    one[5] = 47.0
    assert track_picture(run_with(level(S), lat_deg=one), WIDTH) == ""
    assert track_picture(with_watch(found=UNSURE), WIDTH) == ""
    assert track_picture(reviewed(analysis(level(60), seconds=60.0)), WIDTH) == ""
    assert "Where on the way" not in page(with_watch(found=UNSURE)).text


def test_many_laps_of_one_track_stay_bounded():
    n = len(watch(S))
    rng = np.random.default_rng(2)
    wild = {"lat_deg": 47 + rng.normal(0, 1e-3, n), "lon_deg": 8 + rng.normal(0, 1e-3, n)}
    run = run_with(level(S), **wild)
    way = way_of(run.course, run.columns, WIDTH)
    assert way is not None
    assert len(way.x) <= PIECES_MOST + 10
    assert "nan" not in track_picture(run, WIDTH)


def test_a_long_pause_of_the_watch_is_no_straight_line():
    t_ns = watch(S).t_ns.copy()
    t_ns[400:] += 200 * 10**9
    run = run_with(level(S), t_ns=t_ns)
    way = way_of(run.course, run.columns, WIDTH)
    assert way is not None
    assert way.begins.sum() == 2  # the first piece, and the one behind the pause


def test_marks_and_laps_are_named_where_there_is_room():
    text = track_picture(with_watch(), WIDTH)
    for said in (">cramp<", ">lap 2<", ">lap 3<", "mile<", "N ↑"):
        assert said in text, said
    many = track_picture(with_watch(laps=300), WIDTH)
    assert many.count(">lap ") <= 40
    assert replace(with_watch(), watch=None).course is None
