"""'What it means': sentences never say more than their interval, evidence is one click away, empty runs are told so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from review_panels import CRAMP_S, a_run, an_analysis, simulated

from monitor.dashboard import theme as themes
from monitor.dashboard.review import panel_meaning_words as words
from monitor.dashboard.review.panel_meaning import MeaningPage, nothing_words
from monitor.dashboard.review.review_model import ReviewModel
from monitor.dashboard.review.tables import NAME as TABLES
from monitor.review.insight.alert_effect import AlertEffect
from monitor.review.insight.around_marks import AgainstRest, AroundMarks
from monitor.review.insight.effect import Effect
from monitor.review.insight.observations import Observation, Section
from monitor.review.insight.trend import Trend
from monitor.review.insight.windows import Quantity
from monitor.review.reviewed import reviewed
from monitor.values import Reason
from tests.review.constructed_analysis import analysis, track

JUMP = Observation("Your head sank.", "Look up.", Section.MARKS, 0.9, CRAMP_S - 300, CRAMP_S + 300)
ON_SLOPES = Observation("It was on climbs.", "", Section.SLOPES, 0.5)


def texts(page) -> str:
    return "\n".join(label.text().replace("\N{NO-BREAK SPACE}", " ") for label in page.findChildren(QLabel))


@pytest.fixture
def page(shown):
    def make(run, theme=themes.DARK) -> MeaningPage:
        page = MeaningPage(ReviewModel(run), theme)
        page.resize(420, 700)
        return shown(page)

    return make


def press(page, qtbot, name: str) -> None:
    button = next(b for b in page.findChildren(QPushButton) if b.accessibleName().startswith(name))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_an_observation_jumps_to_its_stretch(page, qtbot):
    shown = page(replace(a_run(), observations=(JUMP,)))
    press(shown, qtbot, "Select 19:10–29:10")
    model = shown.model
    assert model.selection == (CRAMP_S - 300, CRAMP_S + 300)
    assert model.t_s == CRAMP_S - 300
    assert model.visible_s[0] <= CRAMP_S - 300
    assert model.visible_s[1] >= CRAMP_S + 300
    assert "Next time: Look up." in texts(shown)


def test_its_numbers_are_one_click_away(page, qtbot):
    shown = page(replace(a_run(), observations=(JUMP, ON_SLOPES)))
    press(shown, qtbot, "Show the evidence: Around your marks")
    assert shown.focusWidget() is shown.sections[Section.MARKS]
    assert shown.pile.verticalScrollBar().value() > 0
    with qtbot.waitSignal(shown.page_wanted) as asked:
        press(shown, qtbot, "Show the evidence: Tables")
    assert asked.args == [TABLES]


def test_every_section_of_an_observation_leads_somewhere(page, qtbot):
    shown = page(a_run())
    for section in Section:
        if section in shown.sections:
            shown.show_section(section)
            assert shown.focusWidget() is shown.sections[section]
        else:
            with qtbot.waitSignal(shown.page_wanted):
                shown.show_section(section)


def test_a_stretch_that_begins_before_the_run_is_shown_from_its_start(page, qtbot):
    early = replace(JUMP, start_s=-200.0, end_s=100.0)
    shown = page(replace(a_run(), observations=(early,)))
    press(shown, qtbot, "Select 0:00–1:40")
    assert shown.model.selection == (0.0, 100.0)


def test_simulated_is_said(page):
    assert "SIMULATED" in texts(page(simulated(a_run())))
    assert "SIMULATED" not in texts(page(a_run()))


def test_the_form_check_can_be_gone_to(page, qtbot):
    shown = page(a_run())
    assert "Head steady." in texts(shown)
    press(shown, qtbot, "Go to the form check at 15:00")
    assert shown.model.t_s == 900.0


def test_an_empty_recording_says_so(page):
    empty = reviewed(analysis(seconds=0.0))
    assert "no running" in nothing_words(empty)
    said = texts(page(empty))
    assert "no running" in said
    assert "Ten minutes of running" in said
    assert "You set no mark" in said


def test_a_run_that_was_not_seen_is_not_called_good():
    blind = reviewed(analysis(track("head", 900.0, valid=False, reason=Reason.CANNOT_SEE), seconds=900.0))
    assert "not seen" in nothing_words(blind)
    assert any("placement cannot see it" in line for line in words.quality_words(blind.metrics))


def test_nothing_remarkable_is_said_plainly():
    quiet = reviewed(an_analysis(350.0))
    assert "Nothing stands out" in nothing_words(quiet)


def test_hostile_marks_are_one_clean_line(page):
    label = "<b>cramp</b>\n\u202eevil" + "x" * 500
    around = AroundMarks(label, (100.0,), (), ())
    run = a_run()
    shown = page(replace(run, insight=replace(run.insight, marks=(around,))))
    line = next(text for text in texts(shown).splitlines() if "Five minutes" in text)
    assert "\u202e" not in line
    assert "<b>cramp</b>" in line  # shown as it is written, not as markup
    assert "too little running" in texts(shown).lower()
    assert all(lb.textFormat() is Qt.TextFormat.PlainText for lb in shown.findChildren(QLabel) if "cramp" in lb.text())


# ---------------------------------------------------------------- the words

numbers = st.floats(-50, 50)


def trend(per: float, low: float, high: float, quantity: Quantity = Quantity.HEAD_PITCH) -> Trend:
    return Trend(quantity, per, low, high, None, None, 20)


@given(st.sampled_from(list(Quantity)), numbers, st.floats(0, 40))
def test_a_direction_is_only_said_where_the_interval_leaves_out_zero(quantity, middle, reach):
    found = trend(middle, middle - reach, middle + reach, quantity)
    (line,) = words.trend_lines((found,), feet=True)
    assert line.startswith("No clear change") is not found.certain


def test_a_certain_trend_is_said_with_its_interval_and_per_mile():
    found = replace(trend(1.2, 0.8, 1.6), per_km=0.5, thirds=Effect(4.0, 2.0, 6.0, 1.1, 10, 10))
    (line,) = words.trend_lines((found,), feet=True)
    assert line == (
        "Head: 1.2° lower every ten minutes (0.8 to 1.6°), 0.8° lower every mile."
        " Last third against the first: 4.0° lower (2.0 to 6.0°)."
    )
    assert "every kilometre" in words.trend_lines((found,), feet=False)[0]
    up = trend(-1.2, -1.6, -0.8)
    assert "1.2° higher every ten minutes (0.8 to 1.6°)" in words.trend_lines((up,), feet=True)[0]


def against(low: float, high: float, **changes) -> AgainstRest:
    middle = (low + high) / 2
    plain = Effect(middle, low, high, 1.0, 10, 80)
    return replace(AgainstRest(Quantity.HEAD_PITCH, 20.0, 20.0 - middle, plain, None, None), **changes)


def test_marks_are_told_with_size_rarity_and_drift():
    left = Effect(3.0, 1.0, 5.0, 0.8, 10, 80)
    (line,) = words.side_lines((against(2, 6, rank=0.97, drift_removed=left),), feet=True)
    assert line == (
        "Head: 4.0° lower (2.0 to 6.0°), a large difference; lower than 97 % of the other stretches as long."
        " With the run's own drift taken out: 3.0° lower."
    )
    unsure = Effect(1.0, -1.0, 3.0, 0.2, 10, 80)
    (line,) = words.side_lines((against(2, 6, drift_removed=unsure),), feet=True)
    assert line.endswith("The run's own drift may explain it.")
    (line,) = words.side_lines((against(-2, 6),), feet=True)
    assert line == "No clear difference: Head (2.0° higher to 6.0° lower)."


def test_one_mark_is_never_more_than_chance():
    assert "may be chance" in words.marks_words(AroundMarks("cramp", (100.0,), (), ()))
    several = words.marks_words(AroundMarks("cramp", tuple(np.arange(1.0, 9.0) * 100), (), ()))
    assert "8 cramp marks" in several
    assert "..." in several


def effect_of(**changes) -> AlertEffect:
    return replace(AlertEffect(0, 0, None, None, None, None, None, None, None), **changes)


def test_cues_are_told_as_far_as_they_were_followed():
    assert "No cue" in words.cue_words(effect_of())[0]
    one = words.cue_words(effect_of(prompted=1, mended_s=4.0, lift_deg=-6.0))
    assert one[0] == "1 cue for the head: mended within 4 s."
    assert "6.0° higher" in one[1]
    assert "from 8 of them on" in one[-1]
    many = effect_of(prompted=12, silent=9, mended_s=4.0, unprompted_s=9.0, habit_per_cue=0.6, habit_low=0.2,
                     habit_high=1.0, sooner=Effect(-0.5, -0.9, -0.1, -0.8, 12, 9))  # fmt: skip
    said = " ".join(words.cue_words(many))
    assert "With a cue it was sooner." in said
    assert "may be getting used" in said
    unsure = replace(many, sooner=Effect(-0.5, -0.9, 0.1, -0.8, 12, 9), habit_low=-0.2)
    said = " ".join(words.cue_words(unsure))
    assert "do not differ clearly" in said
    assert "no sign" in said


def test_the_gaze_adds_up():
    lines = words.gaze_lines(a_run().metrics, feet=True)
    assert sum(share for _, share in lines) == pytest.approx(1.0)
    assert words.gaze_lines(reviewed(analysis(seconds=0.0)).metrics, feet=True) == ()


def test_a_neutral_that_may_be_off_is_pointed_out(page):
    run = a_run()
    assert "Cap sensor" in texts(page(run))
    well = " ".join(words.neutral_words(run.metrics, {}))
    assert "8° lower than your far gaze" in well
    assert "may be off" not in well
    off = " ".join(words.neutral_words(replace(run.metrics, head_pitch_median_deg=-20.0), {}))
    assert "20° higher" in off
    assert "may be off" in off
    assert words.neutral_words(replace(run.metrics, head_pitch_median_deg=None), {}) == ()
