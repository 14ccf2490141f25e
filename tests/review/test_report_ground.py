"""What the report says of modes, lean, speed and slope."""

from __future__ import annotations

import numpy as np
from constructed_analysis import analysis, seconds_where, track
from report_page import html_of, level, page

from monitor.posture.slope import GroundLine
from monitor.review.metrics import summarise
from monitor.review.modes import ModeSpan
from monitor.review.report_summary import headline
from monitor.values import NS_PER_S, Ground, Mode


def switched(*spans: ModeSpan, **changes: object):
    return analysis(level(600, **changes), seconds=600.0, modes=spans)


def test_a_switch_of_the_mode_is_shown_and_explained():
    run = switched(ModeSpan(0, 300, Mode.ROAD), ModeSpan(300, 600, Mode.TRAIL))
    text = page(run).text
    assert "road, trail from 5:00" in text
    assert "road: limit 20°" in text
    assert "trail: limit 36°" in text
    assert "Past the limit 0 %" in text
    assert "Past 20°" not in text
    assert "In road mode your head counts as low above 20°" in text
    assert "What to aim for in trail mode: look 4–7 ft ahead." in text
    plain = page(analysis(level(600), seconds=600.0)).text
    assert "Past 20° 0 %" in plain
    assert "Your head counts as low above 20°" in plain
    assert "What to aim for here: look about 30 ft down the road." in plain


def test_headline_of_a_run_in_several_modes():
    spans = (ModeSpan(0, 300, Mode.TRAIL), ModeSpan(300, 600, Mode.TECHNICAL))

    def said(*over):
        return headline(summarise(switched(*spans, over=seconds_where(600, *over))))

    assert said() == "Eyes up: no long look down in 10 min of running."
    assert said((100, 130)) == "The head stayed low once, 30 s in all, in 10 min of running."
    assert said((400, 410)) == "A look up was overdue once on technical ground in 10 min of running."
    assert said((100, 130), (400, 410), (420, 430)) == (
        "The head stayed low once, 30 s in all, and a look up was overdue twice on technical ground "
        "in 10 min of running."
    )


def test_thousands_of_switches_stay_readable():
    modes = (Mode.ROAD, Mode.TRAIL, Mode.TECHNICAL)
    run = switched(*(ModeSpan(k / 10, (k + 1) / 10, modes[k % 3]) for k in range(6000)))
    html = html_of(run)
    assert len(html) < 300_000
    assert "road, trail, technical (5999 switches)" in page(run).text


def test_what_became_of_the_lean_is_said():
    assert "a second sensor on the back tells them apart" in page(analysis(level(60), seconds=60.0)).text
    leaning = page(analysis(level(60, lean_deg=6.4), seconds=60.0)).text
    assert "Your trunk leaned 6° forward on average." in leaning
    assert "It was known for" not in leaning
    half = np.where(seconds_where(60, (0, 30)), np.nan, 0.3)
    text = page(analysis(level(60, lean_deg=half), seconds=60.0)).text
    assert "Your trunk hardly leaned" in text
    assert "It was known for 50 % of the running seen; in the rest it counts." in text
    assert "lean of the trunk" not in page(analysis(track("collar", 60, shoulder=0.2), seconds=60.0)).text


def test_speed_and_slope_are_said_in_a_sentence_each():
    def told(grade: float, speed: float, deg: float = 24.0, since_s: float = 0.0) -> str:
        ground = GroundLine([Ground(round(since_s * NS_PER_S), speed, grade)])
        return page(analysis(level(60, deg), seconds=60.0, ground=ground)).text

    text = told(0.05, 2.5)
    assert "You ran 100 % uphill; the limit and the distances follow the slope." in text
    assert "At your speed you looked about 0.7 s ahead" in text
    assert "limit 20° on the level" in text
    assert "and the slope of the ground, while running" in text
    assert "You ran on level ground." in told(0.0, float("nan"))
    assert "At your speed" not in told(0.0, float("nan"))
    assert "far ahead most of the time: at your speed, at least 6.0 s of running." in told(0.0, 2.5, -5.0)
    assert "Where the slope was known, 50 % of the running, you ran 100 % downhill" in told(-0.05, 2.5, since_s=30.0)
    plain = page(analysis(level(60), seconds=60.0)).text
    assert "slope" not in plain
    assert "on level ground, while running" in plain
