"""Every check of a soak can fail: each is shown a run in which just that is wrong, and one in which nothing is."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from monitor.alerts.policy import Silence
from tests.soak.judge_events import judge_alerts, judge_equal, judge_rezeroes
from tests.soak.judge_growth import MEMORY_MB_PER_H, judge_growth
from tests.soak.judge_links import judge_calm, judge_reconnects, judge_told_once
from tests.soak.soak_gauges import Gauge
from tests.soak.soak_plan import Fault, Plan, Trouble
from tests.soak.soak_record import SoakRecord
from tests.soak.soak_runner import Bout, Runner

FAULT = Fault(300.0, Trouble.AWAY, "head", 60.0)
PLAN = Plan(1, 1200.0, 300.0, (FAULT,), ())
RUNNER = Runner(1200.0, (), None, (Bout("head", 94.0, 110.0), Bout("collar", 590.0, 610.0)))  # type: ignore[arg-type]
LINKS = [
    ("head", 1.0, "streaming", ""),
    ("collar", 1.0, "streaming", ""),
    ("head", 302.0, "lost", "the link broke"),
    ("head", 302.0, "searching", ""),
    ("head", 361.0, "streaming", ""),
]


def event(t_s, kind="head_down", sensor="head", **more):
    out = {"t_ns": round(t_s * 1e9), "kind": kind, "sensor": sensor, "prompted": True, "mode": "road"}
    return out | ({"onset_s": t_s - 6.0} if kind == "head_down" else {}) | more


def shrug(t_s, **more):
    return event(t_s, "shoulders_up", "collar", onset_s=t_s - 10.0, **more)


def run(events=(), links=LINKS, cues=None, gauges=()):
    turns = [event(302.0, "link_lost"), event(361.0, "link_back")]
    cues = {"link_lost": 1, "link_back": 1} if cues is None else cues
    return SoakRecord(1200.0, events=[*turns, *events], links=list(links), cues=cues, gauges=list(gauges))


def findings(verdicts):
    return [finding for verdict in verdicts for finding in verdict.findings]


# ------------------------------------------------------------------ links


def test_a_loss_told_once_and_mended_is_right():
    assert findings([judge_told_once(PLAN, run()), judge_reconnects(PLAN, run())]) == []


def test_a_sensor_that_does_not_come_back_is_seen():
    for links in (LINKS[:-1], [*LINKS[:-1], ("head", 400.0, "streaming", "")]):
        assert "not back 12 s after" in findings([judge_reconnects(PLAN, run(links=links))])[0]


def test_another_fault_in_its_recovery_gives_it_time():
    second = Fault(360.5, Trouble.AWAY, "head", 30.0)
    late = [*LINKS[:-1], ("head", 392.0, "streaming", "")]
    assert findings([judge_reconnects(replace(PLAN, faults=(FAULT, second)), run(links=late))]) == []
    other_sensor = replace(second, key="collar")
    assert findings([judge_reconnects(replace(PLAN, faults=(FAULT, other_sensor)), run(links=late))]) != []


def test_refused_commands_give_it_time():
    refused = Fault(300.0, Trouble.REFUSED, "head", amount=4)
    links = [*LINKS[:2], ("head", 300.0, "lost", ""), ("head", 322.0, "streaming", "")]
    assert findings([judge_reconnects(replace(PLAN, faults=(refused,)), run(links=links))]) == []


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (run(links=[*LINKS, ("head", 700.0, "lost", ""), ("head", 701.0, "streaming", "")]), "without a cause"),
        (run(links=[*LINKS, ("head", 363.0, "lost", ""), ("head", 364.0, "streaming", "")]), "told twice"),
        (run(links=LINKS[:2]), "was not told"),
        (run([event(500.0, "link_lost"), event(501.0, "link_back")]), "2 events of a loss, 1 losses"),
        (run([event(363.0, "link_lost")]), "do not take turns"),
        (run(cues={"link_lost": 2, "link_back": 1}), "2 cues for 1 events 'link_lost'"),
        (run(cues={"link_lost": 1, "link_back": 1, "low_battery": 3}), "low battery was said 3 times"),
    ],
)
def test_what_is_told_wrongly_is_seen(record, what):
    assert any(what in finding for finding in findings([judge_told_once(PLAN, record)]))


def test_a_sensor_that_is_there_but_sends_too_little_is_seen():
    good = Gauge(300.0, 100.0, 4, 10, 5, delivered={"head": 222, "collar": 200})
    assert findings([judge_calm(run(gauges=[good]))]) == []
    assert findings([judge_calm(run(gauges=[good, replace(good, delivered={"head": 222, "collar": 150})]))]) != []


# ------------------------------------------------------------------ growth


def gauges(**grow):
    """Five hours; what is named grows so much in each."""
    base = {"memory_mb": 200.0, "threads": 4, "open_files": 12, "tasks": 10}
    objects = {"builtins.dict": 5000, "bumble.device.Connection": 2}
    hours = []
    for hour in range(1, 6):
        values = {name: value + grow.get(name, 0) * hour for name, value in base.items()}
        counted = {name: n + grow.get(name, 0) * hour for name, n in objects.items()}
        hours.append(Gauge(3600.0 * hour, **values, objects=counted))
    return hours


def test_a_process_that_does_not_grow_is_right():
    assert findings(judge_growth(gauges())) == []
    assert findings(judge_growth(gauges(memory_mb=MEMORY_MB_PER_H / 2))) == []


@pytest.mark.parametrize(
    ("what", "by"),
    [
        ("memory_mb", 2 * MEMORY_MB_PER_H),
        ("threads", 1),
        ("open_files", 1),
        ("tasks", 1),
        ("builtins.dict", 50),
        ("bumble.device.Connection", 4),
    ],
)
def test_growth_is_seen(what, by):
    assert len(findings(judge_growth(gauges(**{what: by})))) == 1


# ------------------------------------------------------------------ events

REFERENCE = run([event(100.4), shrug(600.3), event(330.0, onset_s=324.0)])


def test_a_bout_missing_in_a_gap_is_right_and_outside_is_not():
    assert findings(judge_equal(PLAN, run([event(100.4), shrug(600.3)]), REFERENCE)) == []
    assert findings(judge_equal(PLAN, run([event(100.4)]), REFERENCE)) == ["missing: shoulders_up of collar at 600.3 s"]


def test_a_bout_more_or_at_another_time_is_seen():
    more = run([event(100.4), shrug(600.3), event(800.0)])
    assert findings(judge_equal(PLAN, more, REFERENCE)) == ["added: head_down of head at 800.0 s"]
    assert len(findings(judge_equal(PLAN, run([event(101.4), shrug(600.3)]), REFERENCE))) == 2


def test_the_guard_time_ends():
    for t_s, wrong in ((365.0, 0), (390.0, 1)):
        late = run([event(100.4), shrug(600.3), event(t_s)])
        assert len(findings(judge_equal(PLAN, late, REFERENCE))) == wrong


def test_a_cue_that_was_kept_back_needs_a_cause_in_the_log():
    silent = {"prompted": False, "silent": Silence.TOO_CLOSE.value}
    said = event(598.0, "loosen_up", "", what="stand_tall")
    for before, wrong in (([], 1), ([said], 0)):
        record = run([event(100.4), *before, shrug(600.3, **silent)])
        assert len([f for f in findings(judge_equal(PLAN, record, REFERENCE)) if "without cause" in f]) == wrong


def test_a_lost_mark_is_seen():
    marked = run([event(100.4), shrug(600.3), event(330.0), event(200.0, "mark", "", label="cramp")])
    assert findings(judge_equal(PLAN, REFERENCE, marked)) == ["missing: 'cramp' at 200.0 s"]


def test_a_rezero_may_be_refused_while_a_sensor_is_away():
    done = run([event(100.4), shrug(600.3), event(320.0, "mark", "", label="re-zeroed (head)")])
    refused = run([event(100.4), shrug(600.3), event(320.0, "mark", "", label="re-zero (head): too little")])
    assert findings(judge_equal(PLAN, refused, done)) == []


def test_a_rezero_of_a_sensor_that_is_away_is_seen():
    for t_s, wrong in ((200.0, []), (320.0, ["head at 320.0 s: it was away"])):
        assert findings([judge_rezeroes(run([event(t_s, "mark", "", label="re-zeroed (head)")]))]) == wrong


def test_form_checks_that_stay_away_are_seen():
    checks = [event(100.0 * n, "form_check", "head") for n in range(1, 9)]
    bouts = [event(100.4), shrug(600.3)]
    assert findings(judge_equal(PLAN, run([*bouts, *checks[:7]]), run([*bouts, *checks]))) == []
    assert findings(judge_equal(PLAN, run(bouts), run([*bouts, *checks]))) == ["form_check: 0 instead of 8"]


def test_an_alert_without_a_bout_is_false():
    assert findings([judge_alerts(PLAN, RUNNER, run([event(100.4), shrug(600.3)]), REFERENCE)]) == []
    for false in (event(97.0), event(200.0), shrug(595.0), event(500.0, "look_up_due", mode="technical")):
        assert "no such bout" in findings([judge_alerts(PLAN, RUNNER, run([false]), REFERENCE)])[0]


def test_an_alert_in_a_gap_is_false_even_of_a_true_bout():
    down = replace(RUNNER, bouts=(Bout("head", 320.0, 350.0),))
    assert "while the sensor was away" in findings([judge_alerts(PLAN, down, run([event(330.0)]), REFERENCE)])[0]


def test_a_sensor_that_is_said_to_have_moved_is_seen():
    moved = event(400.0, "sensor_moved")
    assert findings([judge_alerts(PLAN, RUNNER, run([moved]), run())]) == ["head at 400.0 s: said to have moved"]
    assert findings([judge_alerts(PLAN, RUNNER, run([moved]), run([event(400.6, "sensor_moved")]))]) == []


def test_the_runner_of_the_tests_has_bouts_in_order():
    assert all(a.off_s < b.on_s for a, b in pairwise(RUNNER.bouts))
