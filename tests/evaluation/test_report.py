"""The report's text: targets are met, missed or not measured as the figures say, and every table can be written."""

import math

import numpy as np

from tests.evaluation import tables, targets
from tests.evaluation.__main__ import report
from tests.evaluation.cases import case
from tests.evaluation.judge import Judged, Recovery
from tests.evaluation.peers import RULES
from tests.evaluation.plan import LOSSY, NO_LOSS, QUIET
from tests.evaluation.scenarios import OURS, Row, Told, as_wanted
from tests.evaluation.scorer import EventScore, Matches, PitchErrors


def judged(row: str, outing: str, head: Matches, error_deg: float, **more: object) -> Judged:
    return Judged(
        case=case(row, "treadmill", outing, 1),
        eligible_h=4.0,
        calm_h=3.5,
        invalid_part=0.01,
        prompts=8,
        head=EventScore(head, head, 90.0, 5.0, 5.0),
        pitch=PitchErrors(np.full(100, error_deg), 0.1),
        steady=PitchErrors(np.full(50, error_deg), 0.1),
        peers=dict.fromkeys(RULES, Matches(1, 1, 1)),
        **more,  # type: ignore[arg-type]
    )


def shrugging(found: Matches, d_prime: float) -> Judged:
    run = case("shoulders: collar", "collar", "shrugs", 2)
    return Judged(run, 1.0, 1.0, 0.0, 0, shoulders=EventScore(found, found), d_prime=d_prime)


def everything(found: Matches, error_deg: float, false: int, hole_s: float) -> list[Judged]:
    return [
        *(judged(row, "events", found, error_deg, cadence_spm=np.full(10, 0.3)) for row in NO_LOSS),
        *(judged(row, "events", found, 3 * error_deg) for row in LOSSY),
        *(judged(row, "hills", Matches(false=false), error_deg) for row in QUIET[:3]),
        judged("holes of the link", "gaps", Matches(), error_deg, recoveries=(Recovery(0.5, hole_s, 4.0, 0),)),
        judged("sensor slips by 18 deg", "slip", Matches(), error_deg),
        shrugging(found, 2.5),
        shrugging(Matches(missed=9), 0.5),
    ]


GOOD = everything(Matches(100, 1, 0, 0, (0.3,) * 100), 0.2, 1, 1.5)
POOR = everything(Matches(100, 10, 20, 0, (0.3,) * 80 + (1.5,) * 20), 1.2, 9, 2.5)


def row(name: str, alerts: int, hint_s: float = math.nan) -> Row:
    told = Told(alerts, 0, 0, alerts, (), hint_s)
    return Row(name, "road mode", dict.fromkeys((OURS, *RULES), told))


def test_targets_are_met_or_short_as_the_figures_say():
    good = {t.what: t.met for t in targets.targets(GOOD, [row("A", 0), row("E", 1, 40.0)])}
    assert set(good.values()) == {True}
    poor = {t.what: t.met for t in targets.targets(POOR, [row("A", 1)])}
    always = {"shoulders where d' < 1.2", "cadence (gait model)", "alerts caused by holes"}
    assert {what for what, met in poor.items() if met} == always


def test_what_was_not_measured_is_not_passed():
    assert {t.met for t in targets.targets([], [])} == {None}


def test_scenario_rows():
    assert as_wanted(row("A", 0)) is True
    assert as_wanted(row("G", 1)) is False
    assert as_wanted(row("E", 1)) is False
    assert as_wanted(row("E", 1, 61.0)) is False
    assert as_wanted(row("E", 0, 59.0)) is True
    assert as_wanted(row("H", 3)) is None
    for delays, met in (((6.4,), True), ((7.1,), False)):
        stare = Row("D", "road mode", {OURS: Told(1, 1, 1, 0, delays)})
        assert as_wanted(stare) is met
    assert as_wanted(Row("D", "trail mode", {OURS: Told(1, 1, 1, 0, (10.6,))})) is True
    assert as_wanted(Row("C", "road mode", {OURS: Told(1, 2, 1, 0, (8.0,))})) is False


def test_the_whole_report_can_be_written():
    text = report(GOOD, ["a refusal"], [row("A", 0)], quick=False, real=True, took_s=60)
    assert "SIMULATED" in text
    assert "a refusal" in text
    assert "re-implemented rule, not the product" in text
    assert "nan" not in text
    for line in text.splitlines():
        assert not line.startswith("|") or line.endswith("|")


def test_a_table_is_markdown():
    assert tables.table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---|\n| 1 | 2 |"
