"""The report's pictures: lines of any length, the limit as it was in force, bouts, ticks."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
from constructed_analysis import cut, seconds_where
from report_page import level

from monitor.review.report_axes import time_frame
from monitor.review.report_charts import LimitLabel, pitch_of, pitch_panel
from monitor.review.svg import Frame, line_path, tag, time_ticks

PITCH = time_frame(820.0, 34.0, 220.0, 100.0, -15.0, 45.0)
FRAME = Frame(0.0, 0.0, 100.0, 100.0, 1000.0, 0.0, 100.0)


def test_a_line_is_broken_at_nan_and_at_holes():
    t_s = np.array([0.0, 0.1, 0.2, 0.3, 5.0, 5.1])
    values = np.array([1.0, 2.0, np.nan, 4.0, 5.0, 6.0])
    path = line_path(FRAME, t_s, values)
    assert path.count("M") == 3  # two first values; one alone; two after the hole
    assert "h0" in path
    assert line_path(FRAME, t_s, np.full(6, np.nan)) == ""
    assert line_path(FRAME, np.empty(0), np.empty(0)) == ""


def test_a_long_line_keeps_its_extremes_and_stays_short():
    t_s = np.arange(0, 1000, 0.04)
    values = np.full(len(t_s), 50.0)
    values[12_345], values[20_000] = 99.0, 1.0
    path = line_path(FRAME, t_s, values)
    rows = [float(y) for _, y in re.findall(r"[ML](\S+?) ([0-9.]+)", path)]
    assert len(rows) <= 200
    assert max(rows) == 99.0
    assert min(rows) == 1.0
    assert path.count("M") == 1


def test_a_gap_in_a_long_run_is_seen():
    run_s = 36_000.0
    t_s = np.arange(0, run_s, 0.04)
    keep = (t_s < 10_000) | (t_s > 10_600)
    frame = replace(FRAME, span_s=run_s, width=900.0)
    path = line_path(frame, t_s[keep], np.full(int(keep.sum()), 5.0))
    assert path.count("M") == 2


def test_pitch_chart_shades_bouts_and_breaks_at_the_lost_link():
    over = seconds_where(100, (20, 30), (60, 62))
    head = cut(level(100, over=over), 40, 50)
    svg = pitch_svg(head, np.full(len(head), 20.0), [LimitLabel(0.0, 100.0, 20.0, "limit 20°")], ())
    assert svg.count('class="bout"') == 2
    path = re.search(r'<path d="([^"]*)" class="trace"', svg)
    assert path is not None
    assert path.group(1).count("M") == 2
    assert "limit 20°" in svg


def pitch_svg(head, limits_deg, labels, marks):
    return "".join(pitch_panel(PITCH, pitch_of(head, limits_deg, 100.0), labels, marks))


def limit_path(svg: str) -> str:
    found = re.search(r'<path d="([^"]*)" class="limit"', svg)
    return found.group(1) if found else ""


def test_the_limit_is_drawn_as_it_was_in_force():
    t_s = np.arange(2500) / 25
    limits = np.where(t_s < 30, 20.0, np.where(t_s < 60, np.nan, 36.0))
    labels = [
        LimitLabel(0, 30, 20.0, "road: limit 20°"), LimitLabel(30, 60, None, "technical: no limit"),
        LimitLabel(60, 95, 36.0, "trail: limit 36°"), LimitLabel(95, 100, 20.0, "road: limit 20°, again"),
    ]  # fmt: skip
    svg = pitch_svg(level(100), limits, labels, ())
    path = limit_path(svg)
    assert path.count("M") == 2  # open on technical ground
    assert len(re.findall(r"[ML]", path)) == 4  # two level pieces need four ends
    rows = [float(y) for y in re.findall(r"[ML]\S+ ([0-9.]+)", path)]
    assert rows[0] == rows[1] < rows[2] == rows[3]
    assert "technical: no limit" in svg
    assert "again" not in svg  # no room for it
    # A lost link is no hole in the limit.
    lost = cut(level(100), 40, 50)
    assert limit_path(pitch_svg(lost, np.full(len(lost), 20.0), labels, ())).count("M") == 1
    assert limit_path(pitch_svg(level(100), np.full(2500, np.nan), labels, ())) == ""
    one = level(0.04)
    assert "limit" in pitch_svg(one, np.array([20.0]), labels[:1], ())


def test_the_chart_shows_the_neck_not_the_lean():
    bent, leaning = level(100, 30.0), level(100, 30.0, lean_deg=25.0)
    limits = np.full(2500, 20.0)
    rows = [
        float(re.search(r'd="M\S+ ([0-9.]+)[^"]*" class="trace"', pitch_svg(t, limits, (), ())).group(1))
        for t in (bent, leaning)
    ]
    assert rows[0] > rows[1]


def test_ticks_and_tags():
    assert time_ticks(100) == [0, 30, 60, 90]
    for span_s in (1.0, 59.0, 3600.0, 86_400.0, 1e7):
        assert 1 <= len(time_ticks(span_s)) <= 10
    assert tag("p", class_='a"b', text_anchor="end") == '<p class="a&quot;b" text-anchor="end"/>'
