"""Every number of the report is that of `headsup analyze --json`: in the machine's form, and as people read it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from constructed_analysis import analysis, prompt, trail_run
from report_page import Printed, level, page
from reviewed_runs import UNSURE, with_watch

from monitor.cli import main
from monitor.commands.analyze import as_json
from monitor.review.reviewed import ReviewedRun, reviewed

MILE_M = 1609.344
PER_JSON = {
    "deg": 1.0, "%": 100.0, "spm": 1.0, "bpm": 1.0, "": 1.0, "s": 1.0, "mi": 1 / MILE_M, "km": 1e-3, "ft": 1 / 0.3048,
    "m": 1.0, "g": 1.0, "Hz": 1.0, "lost": 1.0, "plain": 1.0, "log ratio": 1.0,
}  # fmt: skip
"""Printed units for one of the JSON's."""
SECONDS = {"h": 3600.0, "min": 60.0, "s": 1.0}


def table_of(run: ReviewedRun) -> dict:
    """What `headsup analyze --json` writes."""
    return as_json(run.analysis, run.metrics) | run.as_json()


def at(table: object, place: str) -> object:
    """The value at a place such as 'insight.laps.0.numbers.running_s'."""
    for key in place.split("."):
        if isinstance(table, list) and key.isdigit():
            table = table[int(key)]
        elif isinstance(table, dict):
            # Zones are called '4-7 ft', and no key has a point in it.
            assert key in table, place
            table = table[key]
        else:
            raise AssertionError(f"nothing at {place}")
    return table


def seconds_of(words: str) -> tuple[float, float]:
    """Seconds and how far off they may be."""
    if ":" in words:
        parts = [int(p) for p in words.split(":")]
        return float(sum(p * 60**i for i, p in enumerate(reversed(parts)))), 0.5
    pieces = re.findall(r"([0-9.]+) (h|min|s)\b", words)
    sign = -1.0 if words.startswith(("-", "−")) else 1.0
    off = 30.0 if "h" in words else 0.05 if "." in words else 0.5
    return sign * sum(float(n) * SECONDS[unit] for n, unit in pieces), off


def check(printed: Printed, value: object) -> None:
    """The printed words say this value of the JSON, to their last digit."""
    words = printed.words.strip()
    if value is None:
        assert (words, printed.value) == ("–", "")
        return
    if isinstance(value, str):
        assert " ".join(words.split()) == " ".join(value.split())
        return
    assert isinstance(value, (int, float))
    assert printed.value is not None
    assert float(printed.value) == pytest.approx(value, abs=6e-4)
    if words == "under 1 %":
        assert 0 < value < 0.005
    elif words == "standing":
        assert value < 0.1
    elif printed.unit in ("time", "offset"):
        seconds, off = seconds_of(words)
        assert seconds == pytest.approx(value, abs=off + 1e-3)
    elif printed.unit == "clock":
        assert 0 <= value - seconds_of(words)[0] < 1.0 + 1e-3
    elif printed.unit in ("min/mi", "min/km"):
        seconds = (MILE_M if printed.unit == "min/mi" else 1000.0) / value
        assert seconds_of(words)[0] == pytest.approx(seconds, abs=0.51)
    else:
        unit, per_way = printed.unit, 1.0
        if unit.endswith("/mi"):
            unit, per_way = unit[:-3], MILE_M / 1000
        elif unit.endswith("/km"):
            unit = unit[:-3]
        found = re.match(r"[+−±]?([0-9.]+)", words)
        assert found, printed
        assert not words.startswith("-"), "a minus as people write it"
        shown = float(found.group(1)) * (-1 if words.startswith("−") else 1)
        digits = len(found.group(1).partition(".")[2])
        assert shown == pytest.approx(value * PER_JSON[unit] * per_way, abs=0.5 * 10**-digits + 1e-3), printed
        if words.startswith("±"):
            assert shown == 0


def compare(run: ReviewedRun) -> list[Printed]:
    parsed, table = page(run), table_of(run)
    for printed in parsed.printed:
        check(printed, at(table, printed.at))
    return parsed.printed


RUNS = {
    "with a watch, feet": lambda: with_watch(),
    "with a watch, metres": lambda: with_watch(feet=False),
    "watch not aligned": lambda: with_watch(found=UNSURE),
    "alone": lambda: reviewed(trail_run(1800)),
    "many cues": lambda: reviewed(
        analysis(level(1200), seconds=1200.0, events=tuple(prompt(60.0 * k + 5, pitch_deg=30.0) for k in range(15)))
    ),
    "empty": lambda: reviewed(analysis(seconds=0.0)),
    "short": lambda: reviewed(analysis(level(30), seconds=30.0)),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_number_is_that_of_the_json(name):
    printed = compare(RUNS[name]())
    assert all(p.words.strip() for p in printed)
    assert len(printed) >= (300 if "watch," in name else 1)


def test_no_number_of_a_table_goes_without_its_place():
    parsed = page(with_watch())
    # The events' own words (limits, durations) and their row numbers are not measured anew here.
    loose = [w.strip() for w in parsed.loose if re.search(r"\d", w)]
    allowed = re.compile(r"^(\d+° down, low for .*|Shoulders|after 30 s)")
    assert [w for w in loose if not allowed.match(w)] == []


def test_both_systems_of_units_say_the_same_run():
    feet, metres = with_watch(), with_watch(feet=False)
    us, si = page(feet), page(metres)
    for words in ("min/mi", "Mile 1", "4–7 ft", "Elevation, ft", "Eyes within 4 ft"):
        assert words in us.text, words
        assert words not in si.text, words
    for words in ("min/km", "Km 1", "1.2–2.1 m", "Elevation, m", " km", "Eyes within 1.2 m"):
        assert words in si.text, words
        assert words not in us.text, words


def test_a_wrong_number_would_be_found():
    run = with_watch()
    printed = next(p for p in page(run).printed if p.at == "metrics.head_pitch_median_deg")
    value = at(table_of(run), printed.at)
    assert isinstance(value, float)
    for wrong in (value + 0.2, -value, None):
        with pytest.raises(AssertionError):
            check(printed, wrong)
    assert math.isfinite(value)


@pytest.mark.slow
def test_the_commands_agree_on_a_run_beside_a_real_watch(shared_data, tmp_path):
    """A whole SIMULATED trail run on a real watch's cadence and slope, through both commands."""
    import json

    from trail_run import make

    from monitor.interop.reading import read_watch

    fit = shared_data / "watch" / "activity-small-fenix2-run.fit"
    made = make(read_watch(fit), tmp_path / "run.headsup")
    table, html = tmp_path / "a.json", tmp_path / "r.html"
    beside = ["--watch", str(fit)]
    assert main(["analyze", str(made.recording), *beside, "--json", str(table)]) == 0
    assert main(["review", str(made.recording), *beside, "--report", str(html)]) == 0
    parsed = _parsed(html)
    numbers = json.loads(table.read_text("utf-8"))
    assert len(parsed.printed) > 500
    for printed in parsed.printed:
        check(printed, at(numbers, printed.at))
    assert "SIMULATED" in parsed.text
    assert html.stat().st_size < 500_000


def _parsed(html: Path):
    from report_page import Page

    parsed = Page()
    parsed.feed(html.read_text("utf-8"))
    return parsed
