"""What foreign files and odd runs may do to the report: nothing but be shown, in bounded size."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from constructed_analysis import COLLAR, HEAD, RATE_HZ, analysis, prompt, site, trail_run
from report_page import LINKING, html_of, level, page
from reviewed_runs import SURE, watch, with_watch

from monitor.alignment.result import Method, NotAligned
from monitor.review.report_style import CSS, DARK, LIGHT, PAPER
from monitor.review.reviewed import reviewed
from monitor.values import NS_PER_S, Event, EventKind, Reason

EVIL = '"><script>alert(1)</script><style>*{}</style>&amp;\u202e\x00' + "e" * 2000


def sound(parsed) -> None:
    """No script, nothing loaded, every link leads to a place of the page."""
    assert not {t for t, _ in parsed.tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert [t for t, _ in parsed.tags].count("style") == 1
    for _, attributes in parsed.tags:
        assert not LINKING & set(attributes)
        assert not [a for a in attributes if a.startswith("on") or a == "style"]
    anchors = parsed.anchors()
    assert len(anchors) == len(set(anchors))
    assert parsed.targets() <= {f"#{anchor}" for anchor in anchors}


def test_every_text_of_a_watch_is_shown_and_never_obeyed():
    marks = tuple(Event(round(t * NS_PER_S), EventKind.MARK, "", False, {"label": EVIL}) for t in (900, 1200))
    noted = replace(site(HEAD), notes=(EVIL,) * 50, sees=EVIL)
    base = replace(trail_run(1800), events=marks, sites={"head": noted, "collar": site(COLLAR, 3.0)})
    beside = watch(device=EVIL, warnings=(EVIL,) * 50)
    for found in (replace(SURE, evidence=EVIL), NotAligned(Method.CADENCE, EVIL)):
        run = reviewed(base, beside, found, EVIL)
        html, parsed = html_of(run), page(run)
        html.encode("utf-8")
        sound(parsed)
        assert "<script" not in html
        assert "\u202e" not in html
        assert "\x00" not in html
        assert len(html) < 400_000
        assert parsed.text.count("<script>alert(1)</script>") >= 5


def test_the_observations_lead_to_their_evidence():
    parsed = page(with_watch())
    said = [a["href"] for t, a in parsed.tags if t == "a" and a.get("href", "").startswith("#") and "class" not in a]
    assert said
    assert "Next time:" in parsed.text
    sound(parsed)


@pytest.mark.parametrize("found", ["marks", "slopes", "trend", "alerts", "quality", "gaze"])
def test_every_section_that_an_observation_names_is_there(found):
    from monitor.review.insight.observations import Observation, Section

    run = with_watch()
    run = replace(run, observations=(Observation("Seen.", "Try.", Section(found), 1.0, 100.0, 400.0),))
    parsed = page(run)
    sound(parsed)
    assert f"#{found}" in parsed.targets()


def test_a_watch_that_knows_nothing_adds_no_empty_charts():
    n = len(watch())
    nothing = {
        name: np.full(n, np.nan)
        for name in ("lat_deg", "lon_deg", "elevation_m", "distance_m", "speed_m_s", "cadence_spm", "heart_bpm")
    }
    text = page(with_watch(laps=1, **nothing)).text
    for absent in ("Where on the way", "Elevation", "Speed,", "Heart rate, beats", "Mile by mile", "Uphill"):
        assert absent not in text, absent
    assert "Lap by lap" in text
    assert "The watch beside the run" in text


def test_a_watch_with_values_beyond_reason_stays_a_page():
    n = len(watch())
    odd = {"elevation_m": np.linspace(-500, 9000, n), "speed_m_s": np.full(n, 0.0), "heart_bpm": np.full(n, 250.0)}
    parsed = page(with_watch(laps=300, **odd))
    sound(parsed)
    assert "standing" in parsed.text
    assert not re.search(r"\b(nan|inf)\b", parsed.text)
    assert re.search(r"1[78]\d more laps are in the JSON", parsed.text)


def test_cues_that_helped_are_told_with_their_numbers():
    over = np.zeros(round(1200 * RATE_HZ), bool)
    for k in range(18):
        over[round((60 * k + 5) * RATE_HZ) : round((60 * k + 5 + 4 + (k % 3)) * RATE_HZ)] = True
    pitch = np.where(over, 40.0, 5.0)
    cues = tuple(
        prompt(60.0 * k + 6, pitch_deg=40.0) if k % 2 else replace(prompt(60.0 * k + 6), prompted=False)
        for k in range(18)
    )
    text = page(analysis(level(1200, pitch, over=over), seconds=1200.0, events=cues)).text
    assert "With a cue 9" in text
    assert "Without a cue 9" in text
    assert "From cue to cue mending took" in text
    assert "no sign of getting used to them" in text
    # One of the five seconds before a cue is low: (40 + 4 x 5) / 5 = 12, and 5 afterwards.
    assert "Head 10–40 s after a cue against just before: −7.0°" in text


def test_a_glossary_line_for_every_term_and_none_for_others():
    parsed = page(with_watch())
    terms = {a["href"] for t, a in parsed.tags if t == "a" and a.get("class") == "term"}
    lines = {f"#{i}" for i in parsed.anchors() if i.startswith("g-")}
    assert terms == lines
    assert len(terms) > 12
    few = page(analysis(seconds=0.0))
    assert not [i for i in few.anchors() if i.startswith("g-")]


def test_what_is_doubted_and_what_is_missing_have_their_own_shapes():
    t_s = np.arange(600 * RATE_HZ) / RATE_HZ
    doubt = (t_s >= 100) & (t_s < 200)
    blank = (t_s >= 300) & (t_s < 400)
    reason = np.where(doubt, Reason.GAP, np.where(blank, Reason.NO_DATA, Reason.OK))
    head = level(600, valid=~(doubt | blank), reason=reason, activity=np.where(blank, 0, 3))
    html = html_of(analysis(head, seconds=600.0))
    # One stretch each, wide and narrow; its ends may share a column with what was seen.
    assert 2 <= html.count('class="doubt"') <= 6
    assert 2 <= html.count('class="blank"') <= 6
    clear = html_of(analysis(level(600), seconds=600.0))
    assert 'class="doubt"' not in clear
    assert 'class="blank"' not in clear


def test_colours_can_be_read_on_screen_and_paper():
    def bright(colour: str) -> float:
        hexes = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
        channels = [int(hexes[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    def contrast(a: str, b: str) -> float:
        low, high = sorted((bright(a), bright(b)))
        return (high + 0.05) / (low + 0.05)

    for colours in (LIGHT, DARK, PAPER):
        for ground in ("bg", "panel"):
            for ink in ("ink", "dim", "limit", "trace"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        assert contrast(colours["on-sim"], colours["sim"]) >= 4.5
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", CSS))
    assert used <= set(LIGHT)
    assert set(LIGHT) == set(DARK) == set(PAPER)


@pytest.mark.slow
def test_a_whole_day_stays_small():
    seconds = 86_400.0
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    rng = np.random.default_rng(1)
    over = (t_s % 20) < 8
    reason = np.where((t_s % 7) < 1, Reason.GAP, Reason.OK)
    pitch = 10 + 5 * np.sin(t_s / 90) + rng.normal(0, 3, len(t_s)) + 32 * over
    head = level(seconds, pitch, over=over, valid=reason == Reason.OK, reason=reason)
    columns = [name for name in head.__slots__ if name != "sensor"]
    head = replace(head, **{name: getattr(head, name)[::5] for name in columns})  # enough for every chart
    marks = [Event(round((280 * k + 3) * NS_PER_S), EventKind.MARK, "", False, {"label": EVIL}) for k in range(300)]
    events = sorted([*marks, *(prompt(4000 * k + 8, pitch_deg=42.0) for k in range(20))], key=lambda e: e.t_ns)
    beside = watch(seconds, laps=200)
    beside = replace(beside, lat_deg=beside.lat_deg + rng.normal(0, 3e-5, len(beside)))
    run = reviewed(analysis(head, seconds=seconds, events=tuple(events)), beside, SURE, "day.fit")
    html = html_of(run)
    assert len(html.encode()) < 2_000_000
    sound(page(run))
