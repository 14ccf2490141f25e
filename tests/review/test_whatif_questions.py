"""What if: the near answer, the comparison, what may be asked, and questions one after the other."""

from __future__ import annotations

import threading

import pytest
from constructed_analysis import analysis, prompt, track
from whatif_run import record

from monitor.errors import SettingsError
from monitor.recording.reader import open_recording
from monitor.review import whatif_session
from monitor.review.analyse import analyse, recorded_profile, recorded_settings
from monitor.review.splits import Edits
from monitor.review.whatif import rescorer_of
from monitor.review.whatif_change import POSTURE, compared, tally
from monitor.review.whatif_once import what_if
from monitor.review.whatif_quick import QuickLook
from monitor.review.whatif_session import Answer, WhatIfSession
from monitor.review.whatif_settings import asked, bounds, held, with_rule
from monitor.review.whatif_words import in_lines
from monitor.settings import Settings
from monitor.settings_keys import changed
from monitor.values import NS_PER_S, EventKind, Mode


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    return record(tmp_path_factory.mktemp("whatif") / "run.headsup")


@pytest.fixture(scope="module")
def as_it_was(recording):
    with open_recording(recording) as opened:
        return analyse(opened)


@pytest.fixture(scope="module")
def quick(recording, as_it_was):
    with open_recording(recording) as opened:
        return QuickLook(as_it_was, recorded_profile(opened), opened.controls())


def bouts(run) -> list[tuple[EventKind, str, float]]:
    return [(e.kind, e.sensor, e.t_ns / NS_PER_S) for e in run.events if e.kind in POSTURE and "repeat" not in e.detail]


# ------------------------------------------------------------------ the near answer


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"road.on_deg": 17.0},
        {"road.on_deg": 26.0, "road.dwell_s": 4.0},
        {"mode": "trail"},
        {"mode": "technical"},
        {"shoulders.on": 0.4, "adapt_neutral": False},
        {"road.cooldown_s": 5.0, "road.prompts_per_hour": 3},
    ],
)
def test_the_near_answer_is_near(recording, as_it_was, quick, changes):
    rescorer = rescorer_of(recording, as_it_was)
    other = changed(rescorer.settings, changes)
    near, exact = quick.look(other), rescorer.rescore(other)
    ours, theirs = bouts(near), bouts(exact)
    assert [(kind, sensor) for kind, sensor, _ in ours] == [(kind, sensor) for kind, sensor, _ in theirs]
    assert len(theirs) >= 2
    for (_, _, a), (_, _, b) in zip(ours, theirs, strict=True):
        assert a == pytest.approx(b, abs=0.2)
    assert near.modes == exact.modes
    assert abs(tally(near).cues - tally(exact).cues) <= 1
    assert tally(near).past_limit_share == pytest.approx(tally(exact).past_limit_share or 0, abs=0.002) or (
        tally(exact).past_limit_share is None
    )


def test_the_near_answer_tells_the_run_as_it_was(as_it_was, quick):
    found = quick.look(held(as_it_was.settings, None))
    others = [e for e in as_it_was.events if e.kind not in POSTURE and e.kind is not EventKind.SENSOR_MOVED]
    assert [e for e in found.events if e.kind not in POSTURE and e.kind is not EventKind.SENSOR_MOVED] == others


# ------------------------------------------------------------------ the comparison


def test_cues_that_come_and_go_are_told_apart_from_those_that_only_shift():
    run = track("head", 600.0, sustained_deg=10.0)
    was = analysis(run, seconds=600.0, events=(prompt(100), prompt(200), prompt(300, repeat=True)))
    now = analysis(run, seconds=600.0, events=(prompt(104), prompt(420)))
    change = compared(was, now)
    assert (change.then.cues, change.now.cues) == (3, 2)
    assert (change.then.bouts, change.now.bouts) == (2, 2)
    assert [e.t_ns // NS_PER_S for e in change.lost] == [200, 300]
    assert [e.t_ns // NS_PER_S for e in change.gained] == [420]
    assert change.as_json()["then"]["cues"] == 3


def test_two_cues_close_together_are_two():
    run = track("head", 600.0, sustained_deg=10.0)
    was = analysis(run, seconds=600.0, events=(prompt(100),))
    now = analysis(run, seconds=600.0, events=(prompt(98), prompt(108), prompt(100, EventKind.SHOULDERS_UP, "collar")))
    change = compared(was, now)
    assert [e.t_ns // NS_PER_S for e in change.gained] == [108, 100]
    assert not change.lost


def test_the_share_past_the_limit_is_of_the_limit_in_force():
    run = track("head", 100.0, sustained_deg=[22.0] * 1000 + [10.0] * 1500)
    was = analysis(run, seconds=100.0)
    assert tally(was).past_limit_share == pytest.approx(0.4, abs=0.001)
    lax = with_rule(Settings(), Mode.ROAD, on_deg=25.0)
    assert tally(analysis(run, seconds=100.0, settings=lax)).past_limit_share == 0.0
    assert tally(analysis(run, seconds=100.0, settings=Settings(mode=Mode.TECHNICAL))).past_limit_share is None
    assert tally(analysis(seconds=0.0)).past_limit_share is None


# ------------------------------------------------------------------ what may be asked


def test_the_command_line_takes_the_keys_of_the_settings():
    found = asked(Settings(), None, ["road.on_deg=25", "road.off_deg = 19,5", "mode=trail", "adapt_neutral=off"])
    assert (found.road.on_deg, found.road.off_deg, found.mode, found.adapt_neutral) == (25.0, 19.5, Mode.TRAIL, False)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("road.on_deg", "key and a value"),
        ("road.on_deg=", "key and a value"),
        ("road.on_dge=25", "is not a setting"),
        ("road=25", "is a group"),
        ("road.on_deg=steep", "must be a number"),
        ("road.on_deg=12", "below on_deg"),
        ("road.on_deg=nan", "must lie between"),
        ("=3", "is not a setting"),
        ("mode=sand", "must be road"),
        ("\x1b[31m=2", "is not a setting"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(text, word):
    with pytest.raises(SettingsError, match=word) as refused:
        asked(Settings(), None, [text])
    assert "\x1b" not in str(refused.value)


def test_a_flood_of_changes_is_refused():
    with pytest.raises(SettingsError, match="at most"):
        asked(Settings(), None, ["grace_s=3"] * 1000)


def test_a_moved_limit_takes_the_lower_one_along():
    found = with_rule(Settings(), Mode.ROAD, on_deg=27.0)
    assert (found.road.on_deg, found.road.off_deg) == (27.0, 22.0)
    lowest = with_rule(Settings(), Mode.ROAD, on_deg=-3.0)
    assert (lowest.road.on_deg, lowest.road.off_deg) == (bounds("on_deg")[0], 0.0)
    assert with_rule(Settings(), Mode.TRAIL, dwell_s=1e9).trail.dwell_s == bounds("dwell_s")[1]


def test_one_question_from_the_command_line(recording, as_it_was):
    texts = ["road.on_deg=29", "road.off_deg=24"]
    with open_recording(recording) as opened:
        now, change = what_if(opened, texts)
        whole = analyse(opened, settings=asked(recorded_settings(opened), None, texts))
        trail, _ = what_if(opened, ["grace_s=20"], mode=Mode.TRAIL)
        with pytest.raises(SettingsError):
            what_if(opened, ["road.on_deg=500"])
    assert now.events == whole.events
    assert now.info.note == "WHAT IF · SIMULATED"
    assert change == compared(as_it_was, whole)
    assert trail.modes[0].mode is Mode.TRAIL
    lines = in_lines(change)
    assert lines[0] == f"What if: cues: {change.then.cues} -> {change.now.cues}"
    assert len(lines) == 3 + len(change.gained) + len(change.lost)


# ------------------------------------------------------------------ one question after the other


def test_the_latest_question_is_answered_exactly(recording, as_it_was):
    answers: list[Answer] = []
    came = threading.Event()

    def answered(answer: Answer) -> None:
        answers.append(answer)
        if answer.question.settings.road.on_deg == 27.0:
            came.set()

    session = WhatIfSession(recording, as_it_was, answered)
    try:
        last = 0
        for limit in (18.0, 21.0, 24.0, 27.0):
            last = session.ask(with_rule(session.settings, Mode.ROAD, on_deg=limit))
        assert came.wait(60)
    finally:
        session.close()
    final = answers[-1]
    assert final.question.number == last
    with open_recording(recording) as opened:
        whole = analyse(opened, settings=final.question.settings)
    assert final.analysis is not None
    assert final.analysis.events == whole.events
    assert final.change == compared(as_it_was, whole)
    assert [a.question.number for a in answers] == sorted({a.question.number for a in answers})


def test_a_question_that_cannot_be_answered_says_why(recording, as_it_was):
    answers: list[Answer] = []
    came = threading.Event()
    session = WhatIfSession(recording, as_it_was, lambda answer: (answers.append(answer), came.set()))
    try:
        session.ask(session.settings, Edits().neutral("head", (1.0, 4.0)))
        assert came.wait(60)
        assert answers[-1].analysis is None
        assert "running" in answers[-1].refused
        came.clear()
        session.ask(session.settings)  # and goes on
        assert came.wait(60)
        assert answers[-1].analysis is not None
    finally:
        session.close()


def test_a_fault_of_our_own_is_said_too(recording, as_it_was, monkeypatch):
    answers: list[Answer] = []
    came = threading.Event()
    session = WhatIfSession(recording, as_it_was, lambda answer: (answers.append(answer), came.set()))
    monkeypatch.setattr(whatif_session, "rescorer_of", lambda *_, **__: 1 / 0)
    try:
        session.ask(session.settings)
        assert came.wait(60)
        assert "did not work" in answers[-1].refused
    finally:
        session.close()


def test_a_closed_session_answers_no_more(recording, as_it_was):
    answers: list[Answer] = []
    session = WhatIfSession(recording, as_it_was, answers.append)
    session.close()
    session.ask(session.settings)
    assert not answers
    assert not any(t.name == "what-if" and t.is_alive() for t in threading.enumerate())
