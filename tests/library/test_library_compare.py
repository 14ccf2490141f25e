"""Runs side by side: numbers, differences, and words that never exceed the evidence."""

from dataclasses import replace

import numpy as np
import pytest
from small_runs import RULER, compared, record, row

from monitor.library.compare import MOST_RUNS, Comparison, compare, reasons_of, said_of
from monitor.library.compare import compared as from_run
from monitor.library.compare_charts import Over, chart, quantities
from monitor.library.compare_report import compare_html
from monitor.library.compare_text import compare_lines
from monitor.library.measures import BY_KEY, MEASURES, Ruler
from monitor.library.rulers import differences
from monitor.library.summary import open_run
from monitor.review.insight.windows import Quantity
from monitor.values import Mode


def wander(seed: int, mean: float, k: int = 60, alike: float = 0.6, sd: float = 2.0) -> np.ndarray:
    """Window means of a run that wanders about its mean, each knowing the one before."""
    rng = np.random.default_rng(seed)
    out, last = np.empty(k), rng.normal(0, sd)
    for i in range(k):
        last = alike * last + rng.normal(0, sd * (1 - alike**2) ** 0.5)
        out[i] = mean + last
    return out


def two(first: float, second: float, seed: int = 1, ruler=RULER, **numbers: float) -> Comparison:
    one = compared(row("one.headsup", head_from_calibration_deg=first), head_pitch=wander(seed, first))
    other = compared(row("two.headsup", day=3, ruler=ruler, head_from_calibration_deg=second, **numbers),
                     head_pitch=wander(seed + 1000, second))  # fmt: skip
    return compare([one, other])


def head(comparison: Comparison):
    return next(v for v in comparison.verdicts if v.quantity is Quantity.HEAD_PITCH)


def test_numbers_with_their_differences():
    comparison = two(12.0, 9.5)
    line = next(line for line in comparison.lines if line.measure.key == "head_from_calibration_deg")
    assert line.values == (12.0, 9.5)
    assert line.differences == (None, -2.5)
    assert line.same_ruler == (True, True)
    assert not any(line.measure.key == "heart_mean_bpm" for line in comparison.lines), "nothing is known of it"


def test_a_real_difference_is_said_with_its_interval():
    found = head(two(10.0, 15.0))
    assert found.differs
    assert found.effect.low < 5.0 < found.effect.high
    assert said_of(two(10.0, 15.0), 1)[0].startswith("Head: lower, by more than the runs' own ups and downs (+")


def test_two_runs_of_one_habit_are_seldom_said_to_differ():
    """One in twenty may be wrong: that is what the interval promises, with neighbours that know each other."""
    wrong = sum(head(two(10.0, 10.0, seed)).differs for seed in range(300))
    assert wrong <= 15, f"{wrong} of 300 claimed a difference that is not there"


def test_the_verdict_does_not_depend_on_which_run_is_first():
    for seed in range(40):
        runs = [
            compared(row("a.headsup"), head_pitch=wander(seed, 10.0, alike=0.3)),
            compared(row("b.headsup", day=1), head_pitch=wander(seed + 500, 11.5, alike=0.9)),
        ]
        one, other = head(compare(runs)), head(compare(runs[::-1]))
        assert one.differs is other.differs
        assert (one.effect.low, one.effect.high) == pytest.approx((-other.effect.high, -other.effect.low))


def test_equal_runs_are_said_to_be_the_same():
    runs = [compared(row(n, day=i), near_gaze=np.zeros(20)) for i, n in enumerate(("a.headsup", "b.headsup"))]
    assert said_of(compare(runs), 1) == ["Eyes near the feet: the same in both."]


def test_a_real_difference_of_one_and_a_half_spreads_is_usually_found():
    """Of one spread it is about every second: the more cautious of the two intervals has its price."""
    assert sum(head(two(10.0, 13.0, seed)).differs for seed in range(100)) >= 80


def test_too_little_running_says_so():
    short = compared(row("a.headsup"), head_pitch=wander(1, 10.0, k=9))
    comparison = compare([short, compared(row("b.headsup"), head_pitch=wander(2, 20.0))])
    assert not head(comparison).differs
    assert said_of(comparison, 1) == ["Head: too little running in one of the two to tell."]


@pytest.mark.parametrize(
    ("change", "word", "kinds"),
    [
        ({"head": "c2", "made_utc": "2026-06-02T08:00:00"}, "calibrated anew (2026-05-01 against 2026-06-02)", "hlc"),
        ({"head_sensor": "Other (EE:FF)"}, "Another head sensor", "hlc"),
        ({"modes": "road"}, "Another mode (trail against road)", "ghlcs"),
        ({"simulated": True}, "SIMULATED", "ghlcs"),
        ({"rezeroed": True}, "set anew during one of the two", "hlcs"),
        ({"limits": "l2"}, "Other limits", "lc"),
        ({"cues": "q2"}, "Other settings decided on the cues", "c"),
        ({"trunk_seen": True}, "trunk's lean", "lc"),
        ({"shoulders": "s2"}, "shoulders were calibrated anew", "s"),
        ({"shoulder_sensor": "X"}, "Another shoulder sensor", "s"),
        ({"head": "", "head_sensor": ""}, "no sensor was calibrated for the head", "hlc"),
        ({"shoulders": "", "shoulder_sensor": ""}, "no sensor saw the shoulders", "s"),
    ],
)
def test_not_the_same_ruler(change, word, kinds):
    other = replace(RULER, **change)
    letters = {Ruler.GROUND: "g", Ruler.HEAD: "h", Ruler.LIMIT: "l", Ruler.CUES: "c", Ruler.SHOULDERS: "s"}
    apart = {letters.get(ruler, "") for ruler, said in differences(RULER, other).items() if said}
    assert apart == set(kinds)
    assert any(word in said for reasons in differences(RULER, other).values() for said in reasons)
    same = {letter for ruler, letter in letters.items() if RULER.key(ruler) == other.key(ruler)}
    if change != {"rezeroed": True}:
        assert same == set("ghlcs") - set(kinds), "the key and the words agree"
    comparison = two(10.0, 20.0, ruler=other)
    assert head(comparison).differs is ("h" not in kinds)
    assert word in reasons_of(comparison, 1)


def test_both_rezeroed_is_no_common_ruler():
    again = replace(RULER, rezeroed=True)
    assert "both runs" in differences(again, again)[Ruler.HEAD][0]


def test_a_difference_across_rulers_is_marked():
    comparison = two(10.0, 20.0, ruler=replace(RULER, head="c2"))
    lines = compare_lines(comparison, feet=True)
    assert any("≠ +10.0°" in line for line in lines)
    assert any("Head: not the same ruler, so nothing is claimed." in line for line in lines)
    page = compare_html(comparison, Over.TIME, feet=True)
    assert "≠ +10.0°" in page
    assert "not the same ruler, so nothing is claimed" in page


def test_a_copy_of_the_same_run_is_said_to_be_one():
    one = compared(row(), head_pitch=wander(1, 9.0))
    comparison = compare([one, compared(replace(row(), name="copy.headsup"), head_pitch=wander(1, 9.0))])
    assert said_of(comparison, 1) == ["Both are recordings of one and the same run."]


def test_several_runs_each_against_the_first():
    runs = [compared(row(f"{i}.headsup", day=i), head_pitch=wander(i, 10.0 + 4 * i)) for i in range(4)]
    comparison = compare(runs)
    assert {v.run for v in comparison.verdicts} == {1, 2, 3}
    page = compare_html(comparison, Over.TIME, feet=False)
    assert page.count("against run 1</h3>") == 3
    with pytest.raises(ValueError, match="between 2"):
        compare(runs[:1])
    with pytest.raises(ValueError, match="between 2"):
        compare(runs * MOST_RUNS)


def test_hostile_words_do_not_reach_the_page():
    bad = replace(row('<script>alert("x")</script>.headsup'), note="<img src=x onerror=y>")
    comparison = compare([compared(bad, head_pitch=wander(1, 9.0)), compared(row(), head_pitch=wander(2, 9.0))])
    page = compare_html(comparison, Over.TIME, feet=True)
    assert "<script" not in page
    assert "<img" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_a_run_that_was_not_seen_is_an_empty_row_of_the_chart():
    blind = compared(row("b.headsup"), head_pitch=np.full(60, np.nan), cadence=wander(3, 170.0))
    seen = [compared(row(n), head_pitch=wander(1, 9.0), cadence=wander(2, 168.0)) for n in ("a.headsup", "c.headsup")]
    comparison = compare([seen[0], blind, seen[1]])
    assert list(quantities(comparison)) == [Quantity.HEAD_PITCH, Quantity.CADENCE]
    drawn = chart(comparison, Quantity.HEAD_PITCH, Over.TIME, 800.0, feet=True)
    assert "&lt;" not in drawn, "plain words, no markup"
    assert drawn.count("not seen in this run") == 1
    assert "nan" not in drawn.lower().replace("unan", "")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    paths = [
        record(folder / "a.headsup", day=0, down_deg=8.0),
        record(folder / "b.headsup", day=4, down_deg=14.0),
        record(folder / "c.headsup", day=5, down_deg=14.0, mode=Mode.ROAD),
    ]
    return [from_run(open_run(path)) for path in paths]


def test_recordings_are_compared_by_their_own_numbers(recorded):
    comparison = compare(recorded)
    line = next(line for line in comparison.lines if line.measure.key == "head_from_calibration_deg")
    assert line.differences[1] == pytest.approx(6.0, abs=1.2)
    assert comparison.simulated
    assert "Another mode (trail against road)" in reasons_of(comparison, 2)
    assert reasons_of(comparison, 1) == ""
    assert not comparison.has_distance
    for run in recorded:
        assert run.curves.t_s[0] >= 0


def test_the_page_holds_the_numbers_of_the_json(recorded):
    import re

    comparison = compare(recorded)
    table = comparison.as_json()
    page = compare_html(comparison, Over.TIME, feet=True)
    found = re.findall(r'<data value="([^"]*)" data-at="measures\.(\d+)\.(values|differences)\.(\d+)"', page)
    assert len(found) >= 5 * len(table["measures"])
    for value, line, part, run in found:
        expected = table["measures"][int(line)][part][int(run)]
        assert (float(value) if value else None) == expected
    assert "SIMULATED" in page


def test_every_measure_is_known_by_one_name():
    assert len(BY_KEY) == len(MEASURES)
    assert set(row().numbers) == set(BY_KEY)


def test_a_neutral_that_follows_the_wearer_hides_no_slow_change(tmp_path):
    """The number beside the verdict counts from the calibration, as the verdict does."""
    opened = open_run(record(tmp_path / "long.headsup", seconds=400.0, down_deg=6.0))
    run = from_run(opened)
    windows = run.windows.means[Quantity.HEAD_PITCH]
    assert opened.row.number("head_from_calibration_deg") == pytest.approx(float(np.nanmean(windows)), abs=0.4)
