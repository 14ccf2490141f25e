"""The report: well-formed, self-contained, escaped, and its numbers are the metrics'."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from constructed_analysis import COLLAR, HEAD, INFO, analysis, prompt, site, track, trail_run
from report_page import LINKING, html_of, level, page

from monitor.alerts.policy import Silence
from monitor.review.metrics import summarise
from monitor.review.report_summary import headline
from monitor.review.report_words import event_title, silence_words
from monitor.settings import Settings
from monitor.values import NS_PER_S, Event, EventKind, Mode, Reason, SensorInfo, Site, Track

RUNS = {
    "trail": lambda: trail_run(600),
    "empty": lambda: analysis(seconds=0.0),
    "no valid second": lambda: analysis(level(60, valid=False, reason=Reason.NOT_CALIBRATED), seconds=60.0),
    "no head sensor": lambda: analysis(track("collar", 60, shoulder=0.2), seconds=60.0),
    "nobody sees anything": lambda: analysis(track("collar", 60), seconds=60.0),
    "one sample": lambda: analysis(level(0.04), seconds=0.0),
    "technical": lambda: analysis(level(60), seconds=60.0, settings=Settings(mode=Mode.TECHNICAL)),
    "absurd angles": lambda: analysis(level(60, np.linspace(-500, 500, 1500)), seconds=60.0),
}


@pytest.mark.parametrize("name", RUNS)
def test_well_formed_and_alone(name):
    run = RUNS[name]()
    html, parsed = html_of(run), page(run)
    assert html.startswith("<!DOCTYPE html>")
    assert not {t for t, _ in parsed.tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    for _, attributes in parsed.tags:
        assert not LINKING & set(attributes)
        assert not [a for a in attributes if a.startswith("on")]
    anchors = parsed.anchors()
    assert len(anchors) == len(set(anchors))
    assert parsed.targets() <= {f"#{anchor}" for anchor in anchors}
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"https?://", html)
    assert not re.search(r"\b(nan|inf)\b", " ".join(str(v) for _, a in parsed.tags for v in a.values()).lower())
    assert not re.search(r"\b(nan|None|inf)\b", parsed.text)
    assert [t for t, _ in parsed.tags].count("h1") == 1


def test_foreign_text_is_shown_and_never_obeyed():
    evil = '"><script>alert(1)</script><b>&amp;'
    sensors = (replace(HEAD, name=evil), replace(COLLAR, name=evil))
    events = (
        Event(1, EventKind.MARK, "", False, {"label": evil}),
        Event(2, EventKind.LINK_LOST, "head", True, {"why": evil}),
        Event(3, EventKind.HEAD_DOWN, "head", False, {"silent": evil, "pitch_deg": float("nan")}),
    )
    run = analysis(
        level(60), track("collar", 60, shoulder=0.1), seconds=60.0, events=events, sensors=sensors,
        info=replace(INFO, note=evil, run_id=evil, app_version=evil, started_utc=evil),
        sites={
            "head": replace(site(HEAD), sees=evil), "collar": replace(site(COLLAR, 3.0), sees="\ud800\x00\u202eevil"),
        },
    )  # fmt: skip
    html = html_of(run)
    html.encode("utf-8")
    assert "<script" not in html
    assert "\u202e" not in html
    parsed = page(run)
    assert not {t for t, _ in parsed.tags} & {"script"}
    assert parsed.text.count("<script>alert(1)</script>") >= 5


def test_numbers_are_the_metrics():
    run = trail_run(1800)
    metrics = summarise(run)
    text = page(run).text
    assert metrics.head_pitch_median_deg is not None
    assert metrics.past_limit_share is not None
    assert metrics.shoulders is not None
    assert f"Head, typical {metrics.head_pitch_median_deg:.1f}°" in text
    assert f"Past 36° {100 * metrics.past_limit_share:.0f} %" in text
    assert f"Prompts {metrics.prompts} " in text
    assert f"{metrics.cadence_median_spm:.0f} steps/min" in text
    assert f"Mean {100 * metrics.shoulders.mean:.0f} % of your own shrug" in text
    assert f"No data at all for {metrics.no_data_s:.0f} s" in text
    assert "The head stayed low twice, 1 min 45 s in all" in text
    for correction in metrics.corrections:
        assert f"{correction.seconds:.1f} s" in text
    total = sum(metrics.zone_s.values())
    assert f"beyond 15 ft: {100 * metrics.zone_s['far'] / total:.0f} %" in text


def test_every_prompt_and_silence_has_its_reason():
    text = page(trail_run(1800)).text
    assert "42° down, low for 10 s (limit 36°)" in text
    assert "no cue: told a moment ago" in text
    assert "out of range" in text
    assert "Mark: cramp" in text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("empty", "This recording is empty."),
        ("no valid second", "You ran for 1 min, but your posture could not be seen: not calibrated."),
        ("no head sensor", "Shoulders past the limit for 0 % of the running that could be seen."),
        ("nobody sees anything", "You ran for 1 min. No sensor could see the head or the shoulders."),
        ("technical", "You looked up often enough in 1 min of running."),
    ],
)
def test_headline_says_no_more_than_was_seen(name, words):
    run = RUNS[name]()
    assert headline(summarise(run)) == words


def test_headline_of_a_good_run_and_of_a_walk():
    run = analysis(level(600), seconds=600.0)
    assert headline(summarise(run)) == "Eyes up: no long look down in 10 min of running."
    walk = analysis(level(600, activity=2), seconds=600.0)
    assert headline(summarise(walk)) == "No running was found in this recording."


def test_rates_are_not_made_of_a_few_minutes():
    run = analysis(level(120), seconds=120.0, events=(prompt(60),))
    assert "per hour" not in page(run).text
    assert summarise(run).prompts_per_hour == pytest.approx(30.0)


def test_simulated_recovered_and_best_are_said():
    assert "SIMULATED" in page(trail_run(300)).text
    assert "SIMULATED" not in page(trail_run(300, simulated=False)).text
    by_sensor = analysis(level(10), seconds=10.0, sensors=(replace(HEAD, simulated=True),))
    assert "SIMULATED" in page(by_sensor).text
    assert "not closed properly" in page(analysis(level(10), seconds=10.0, recovered=True)).text
    assert "best estimate" in page(analysis(level(10), seconds=10.0, estimate="best")).text


def test_shoulders_not_visible():
    assert "Shoulders: not visible from here." in page(analysis(level(60), seconds=60.0)).text


LEFT = SensorInfo("left_shoulder", Site.LEFT_SHOULDER, "demo", "Left IMU", "1", 100.0)
RIGHT = SensorInfo("right", Site.RIGHT_SHOULDER, "demo", "Right IMU", "2", 100.0)


def both_worn(*tracks: Track, d_primes: tuple[float | None, float | None] = (3.0, 3.0), **changes: object):
    sites = {s.key: site(s, d) for s, d in zip((LEFT, RIGHT), d_primes, strict=True)}
    return analysis(*tracks, seconds=60.0, sensors=(HEAD, LEFT, RIGHT), sites=sites, quality=(), **changes)


def test_each_shoulder_and_the_difference_are_shown():
    events = (prompt(30, EventKind.SHOULDERS_UP, LEFT.key), prompt(50, EventKind.SHOULDERS_UP, RIGHT.key))
    run = both_worn(
        level(60), track(LEFT.key, 60, shoulder=0.8), track(RIGHT.key, 60, shoulder=0.1), events=events
    )  # fmt: skip
    parsed = page(run)
    assert [t for t, _ in parsed.tags].count("h3") == 3
    assert "Left shoulder sensor 0 % 50 % 100 % limit" in parsed.text
    assert "Mean 80 % of your own shrug; above 50 % for 100 % of the running seen." in parsed.text
    assert "Right shoulder sensor" in parsed.text
    assert "Mean 10 % of your own shrug; above 50 % for 0 % of the running seen." in parsed.text
    assert "Left against right Your left shoulder was higher on average: by 70 % of a shrug" in parsed.text
    # By the sensor's site, whatever its key.
    assert "Left shoulder up" in parsed.text
    assert "Right shoulder up" in parsed.text
    assert "Shoulders up" not in parsed.text


def test_a_weak_shoulder_has_no_limit_and_no_claim():
    weak = track(RIGHT.key, 60, shoulder=0.8, valid=False, reason=Reason.CANNOT_SEE)
    run = both_worn(level(60), track(LEFT.key, 60, shoulder=0.1), weak, d_primes=(3.0, 1.5))
    html, text = html_of(run), page(run).text
    assert html.count('aria-label="Shoulder score"') == 2  # one for wide pages, one for phones
    assert html.count('aria-label="Shoulder score, weakly seen"') == 2
    assert "Weak (d' 1.5): a shrug hardly shows from here, so there is no limit and no cue. Mean 80 %" in text
    assert text.count("above 50 %") == 1
    assert "that can be told: the right sensor sees its shoulder only weakly." in text


def test_a_shoulder_that_cannot_be_seen_says_so_beside_one_that_can():
    blind = track(RIGHT.key, 60, valid=False, reason=Reason.CANNOT_SEE)
    text = page(both_worn(level(60), track(LEFT.key, 60, shoulder=0.1), blind, d_primes=(3.0, 0.9))).text
    assert "Not visible from here (d' 0.9): nothing is said of this shoulder." in text
    assert "Left against right" not in text


def test_a_shoulder_without_a_shrug_or_without_trusted_running():
    late = track(LEFT.key, 60, shoulder=0.1, valid=False, reason=Reason.STARTING)
    seen = track(RIGHT.key, 60, shoulder=0.1)
    assert "No running was seen well enough." in page(both_worn(level(60), late, seen)).text
    bare = both_worn(level(60), track(LEFT.key, 60), seen, d_primes=(None, 3.0))
    assert "No shrug was shown to this sensor" in page(bare).text


def test_the_headline_of_two_shoulders_is_of_the_higher():
    left, right = track(LEFT.key, 60, shoulder=0.1), track(RIGHT.key, 60, shoulder=0.8)
    run = both_worn(left, right)
    assert headline(summarise(run)) == "Right shoulder past the limit for 100 % of the running that could be seen."


@pytest.mark.parametrize(
    ("sensor", "site", "title"),
    [
        ("left_shoulder", None, "Left shoulder up"),
        ("right_shoulder", None, "Right shoulder up"),
        ("imu 7", Site.RIGHT_SHOULDER, "Right shoulder up"),
        ("collar", None, "Shoulders up"),
        ("left_shoulder", Site.COLLAR, "Shoulders up"),
        ("", None, "Shoulders up"),
    ],
)
def test_an_event_names_its_shoulder(sensor, site, title):
    assert event_title(Event(0, EventKind.SHOULDERS_UP, sensor), site) == title
    assert event_title(Event(0, EventKind.LINK_LOST, sensor), site) == "Sensor lost"


def test_thousands_of_events_stay_readable():
    events = tuple(prompt(k / 2, pitch_deg=30.0) for k in range(3000))
    run = analysis(level(1500), seconds=1500.0, events=events)
    html = html_of(run)
    assert len(html) < 600_000
    assert "2500 more events" in page(run).text


def test_a_hint_that_was_only_shown_says_why():
    moved = Event(NS_PER_S, EventKind.SENSOR_MOVED, "head", detail={"silent": Silence.SHOWN.value})
    assert silence_words(moved) == "on this ground it may be right: shown, not said"
    assert silence_words(replace(moved, detail={})) == ""
    assert silence_words(replace(moved, prompted=True)) == ""
    assert silence_words(replace(moved, kind=EventKind.HEAD_DOWN, detail={})) == "no cue"
    text = page(analysis(level(60), seconds=60.0, events=(moved,))).text
    assert "check how it sits; on this ground it may be right" in text
