"""Sentences on lean, slope and look-ahead for the report and the summary: plain text, none that claims more."""

from __future__ import annotations

from monitor.review.ground_metrics import GradeMetrics, Lean, LeanMetrics
from monitor.review.metrics import RunMetrics
from monitor.review.modes import ModeSpan, modes_used
from monitor.review.report_words import clock_words, share_words
from monitor.settings import Settings
from monitor.values import Mode

NEARLY_ALL = 0.95
"""A number that is known for so much of the running needs no word on the rest."""
HARDLY_DEG = 1.0
"""A smaller mean lean is within what a sensor can tell."""
SPANS_MOST = 6
"""More switches of the mode than this are counted, not listed."""


def lean_words(lean: LeanMetrics | None) -> str:
    """What became of the trunk's lean; '' where no head was seen."""
    if lean is None:
        return ""
    if lean.treatment is Lean.NO_SENSOR:
        return "A lean of the trunk counts as head pitch here; a second sensor on the back tells them apart."
    if lean.mean_deg is None:
        return "A lean of the trunk counts as head pitch here: the second sensor could not tell it."
    part = ""
    if lean.known_share < NEARLY_ALL:
        part = f" It was known for {share_words(lean.known_share)} of the running seen; in the rest it counts."
    if lean.mean_deg < HARDLY_DEG:
        return f"Your trunk hardly leaned, so the head pitch is your neck's own.{part}"
    return (
        f"Your trunk leaned {lean.mean_deg:.0f}° forward on average. "
        f"That is no bent neck, so it is taken off before the limit is looked at.{part}"
    )


def grade_words(grade: GradeMetrics | None) -> str:
    """How much of the running went uphill and downhill; '' where the slope was never known."""
    if grade is None:
        return ""
    you = "You"
    if grade.known_share < NEARLY_ALL:
        you = f"Where the slope was known, {share_words(grade.known_share)} of the running, you"
    hills = [
        f"{share_words(share)} {way}"
        for share, way in ((grade.uphill_share, "uphill"), (grade.downhill_share, "downhill"))
        if share > 0
    ]
    if not hills:
        return f"{you} ran on level ground."
    follows = "the distances follow" if grade.afterwards else "the limit and the distances follow"
    return f"{you} ran {' and '.join(hills)}; {follows} the slope."


def look_ahead_words(metrics: RunMetrics) -> str:
    """How many seconds ahead the gaze met the ground; '' where the speed was never known."""
    seconds, far = metrics.look_ahead_median_s, metrics.look_ahead_far_share
    if seconds is None or far is None:
        return ""
    if far > 0.5:
        return f"You looked far ahead most of the time: at your speed, at least {seconds:.1f} s of running."
    return f"At your speed you looked about {seconds:.1f} s ahead, as often farther as nearer."


def mode_words(spans: tuple[ModeSpan, ...]) -> str:
    """The modes of a run: 'road', 'road, trail from 12:30, road from 20:00', or which there were with many switches."""
    if len(spans) <= SPANS_MOST:
        later = [f"{span.mode.value} from {clock_words(span.start_s)}" for span in spans[1:]]
        return ", ".join([spans[0].mode.value, *later])
    return f"{', '.join(mode.value for mode in modes_used(spans))} ({len(spans) - 1} switches)"


def limit_words(mode: Mode, settings: Settings, *, named: bool) -> str:
    """What the head's rule asks in a mode, in a sentence; `named`: one that says which mode."""
    rule = settings.head_rule(mode)
    if mode is Mode.TECHNICAL:
        return f"On technical ground you may look down; {rule.dwell_s:.0f} s without a look up brings a reminder."
    whose = f"In {mode.value} mode your" if named else "Your"
    return (
        f"{whose} head counts as low above {rule.on_deg:.0f}° and as up again below {rule.off_deg:.0f}°; "
        f"{rule.dwell_s:.0f} s of it bring a prompt, short glances do not."
    )
