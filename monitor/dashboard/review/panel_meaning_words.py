"""The evidence behind 'What it means' in sentences: trends, marks, cues, gaze, quality. No Qt.

Every sentence says how sure it is; what the interval does not exclude is never said to be so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.posture.gaze import FOOT_M, GazeZone
from monitor.review.insight.alert_effect import HABIT_LEAST, AlertEffect
from monitor.review.insight.around_marks import AgainstRest, AroundMarks
from monitor.review.insight.breakdown import MILE_M
from monitor.review.insight.effect import Effect, Size
from monitor.review.insight.trend import Trend
from monitor.review.insight.windows import Quantity
from monitor.review.metrics import RunMetrics
from monitor.review.report_words import REASON_WORDS, clean, clock_words, share_words, span_words, zone_words
from monitor.values import Reason


@dataclass(frozen=True, slots=True)
class Scale:
    """How changes of a quantity are said: its name, what a plain number is multiplied with, unit, and two words."""

    name: str
    factor: float
    digits: int
    unit: str
    more: str
    less: str

    def change(self, value: float) -> str:
        """'1.2° lower', 'unchanged'."""
        size = f"{abs(value) * self.factor:.{self.digits}f}"
        if float(size) == 0:
            return "unchanged"
        return f"{size}{self.unit} {self.more if value > 0 else self.less}"

    def size(self, low: float, high: float) -> str:
        """An interval that leaves out no change, without its direction: '0.8 to 1.6°'."""
        near, far = sorted((abs(low) * self.factor, abs(high) * self.factor))
        return f"{near:.{self.digits}f} to {far:.{self.digits}f}{self.unit}"

    def either(self, low: float, high: float) -> str:
        """An interval with no change in it: '0.3° higher to 0.9° lower'."""
        ends = self.change(low), self.change(high)
        return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def scale_of(quantity: Quantity, *, feet: bool) -> Scale:
    """How a quantity is said to this runner."""
    near = "4 ft" if feet else f"{4 * FOOT_M:.1f} m"
    return {
        Quantity.HEAD_PITCH: Scale("Head", 1, 1, "°", "lower", "higher"),
        Quantity.NEAR_GAZE: Scale(f"Eyes within {near}", 100, 0, " % of the time", "more", "less"),
        Quantity.SHOULDERS: Scale("Shoulders", 100, 0, " % of your shrug", "higher", "lower"),
        Quantity.CADENCE: Scale("Cadence", 1, 1, " steps a minute", "quicker", "slower"),
        Quantity.HEART: Scale("Heart rate", 1, 0, " beats a minute", "higher", "lower"),
    }[quantity]


def run_words(metrics: RunMetrics) -> str:
    """The run in one line: '44 min 40 s of running. Head past its limit for 8 % of what was seen.'"""
    if metrics.running_s <= 0:
        return f"{span_words(metrics.duration_s)} recorded, no running found."
    text = f"{span_words(metrics.running_s)} of running."
    if metrics.past_limit_share is not None:
        text += f" Head past its limit for {share_words(metrics.past_limit_share)} of what was seen."
    return text


# ---------------------------------------------------------------- as the run goes on


def trend_lines(trends: Sequence[Trend], *, feet: bool) -> tuple[str, ...]:
    """The trends that are certain, each with its interval; then in one line those that are not."""
    if not trends:
        return ("Ten minutes of running that was seen are needed to tell whether posture changes as the run goes on.",)
    said = [trend_words(trend, feet=feet) for trend in trends if trend.certain]
    open_ = [(scale_of(t.quantity, feet=feet), t.low, t.high) for t in trends if not t.certain]
    return (*said, *_unclear("No clear change every ten minutes", open_))


def _unclear(title: str, open_: Sequence[tuple[Scale, float, float]]) -> tuple[str, ...]:
    """'No clear change: Cadence (1.7 slower to 3.7 quicker), ...'; nothing where there is none."""
    if not open_:
        return ()
    return (f"{title}: {'; '.join(f'{scale.name} ({scale.either(low, high)})' for scale, low, high in open_)}.",)


def trend_words(trend: Trend, *, feet: bool) -> str:
    """A certain trend with its interval, and the last third against the first."""
    scale = scale_of(trend.quantity, feet=feet)
    text = f"{scale.name}: {scale.change(trend.per_10_min)} every ten minutes ({scale.size(trend.low, trend.high)})"
    if trend.per_km is not None and math.isfinite(trend.per_km):
        per = trend.per_km * (MILE_M / 1000 if feet else 1.0)
        text += f", {scale.change(per)} every {'mile' if feet else 'kilometre'}"
    return f"{text}.{_thirds(trend.thirds, scale)}"


def _thirds(thirds: Effect | None, scale: Scale) -> str:
    if thirds is None:
        return ""
    if not thirds.certain:
        return " The last third alone does not differ clearly from the first."
    interval = scale.size(thirds.low, thirds.high)
    return f" Last third against the first: {scale.change(thirds.difference)} ({interval})."


# ---------------------------------------------------------------- marks


NOTE = "note"
"""The label of a mark without a complaint."""


def felt_first(marks: Sequence[AroundMarks]) -> list[AroundMarks]:
    """Marks of something felt before plain notes."""
    return sorted(marks, key=lambda around: around.label == NOTE)


def marks_words(around: AroundMarks) -> str:
    """'Before and after your cramp mark at 37:43', with a word on how little one mark says."""
    label = clean(around.label, 30) or "own"
    if len(around.marks_s) == 1:
        return (
            f"Five minutes before and after your {label} mark at {clock_words(around.marks_s[0])}, against the rest of "
            f"the run. One mark may be chance{'.' if label == NOTE else f': look whether the next {label} is alike.'}"
        )
    times = ", ".join(clock_words(t) for t in around.marks_s[:5]) + (", ..." if len(around.marks_s) > 5 else "")
    n = len(around.marks_s)
    return f"Five minutes before and after your {n} {label} marks ({times}), against the rest of the run."


def side_lines(compared: Sequence[AgainstRest], *, feet: bool) -> tuple[str, ...]:
    """One side of the marks: a sentence for each clear difference, one line for the others."""
    if not compared:
        return ("Too little running was seen here to compare.",)
    said = [against_words(against, feet=feet) for against in compared if against.plain.certain]
    open_ = [(scale_of(a.quantity, feet=feet), a.plain.low, a.plain.high) for a in compared if not a.plain.certain]
    return (*said, *_unclear("No clear difference", open_))


def against_words(against: AgainstRest, *, feet: bool) -> str:
    """A clear difference: its interval, size, how rare it is in the run, and what is left without the run's drift."""
    scale, effect = scale_of(against.quantity, feet=feet), against.plain
    size = "hardly any difference" if effect.size is Size.NONE else f"a {effect.size} difference"
    text = f"{scale.name}: {scale.change(effect.difference)} ({scale.size(effect.low, effect.high)}), {size}"
    if against.rank is not None:
        more = effect.difference > 0
        share = round(100 * (against.rank if more else 1 - against.rank))
        others = "all" if share == 100 else f"{share} % of the"
        text += f"; {scale.more if more else scale.less} than {others} other stretches as long"
    return f"{text}.{_without_drift(against, scale)}"


def _without_drift(against: AgainstRest, scale: Scale) -> str:
    left = against.drift_removed
    if left is None:
        return ""
    if left.certain and (left.difference > 0) is (against.plain.difference > 0):
        return f" With the run's own drift taken out: {scale.change(left.difference)}."
    return " The run's own drift may explain it."


# ---------------------------------------------------------------- cues


def cue_words(alerts: AlertEffect) -> tuple[str, ...]:
    """What the cues for the head did."""
    if alerts.mended_s is None:
        return ("No cue for the head was given in this run that could be followed to its end.",)
    n = alerts.prompted
    said = [f"{n} cue{'' if n == 1 else 's'} for the head: mended within {span_words(alerts.mended_s)}"
            + (" (median)." if n > 1 else ".")]  # fmt: skip
    if alerts.lift_deg is not None:
        way = "higher" if alerts.lift_deg < 0 else "lower"
        said.append(f"Half a minute after a cue the head was {abs(alerts.lift_deg):.1f}° {way} than just before it.")
    if alerts.unprompted_s is not None:
        said.append(f"{alerts.silent} times without a cue it took {span_words(alerts.unprompted_s)} (median). "
                    + _sooner_words(alerts.sooner))  # fmt: skip
    said.append(_habit_words(alerts))
    return tuple(said)


def _sooner_words(sooner: Effect | None) -> str:
    if sooner is None:
        return "That is too few to compare."
    if not sooner.certain:
        return "The two do not differ clearly."
    return "With a cue it was sooner." if sooner.difference < 0 else "With a cue it was later."


def _habit_words(alerts: AlertEffect) -> str:
    slope, low, high = alerts.habit_per_cue, alerts.habit_low, alerts.habit_high
    if slope is None or low is None or high is None:
        return f"Whether you get used to the cues shows from {HABIT_LEAST} of them on."
    if low > 0:
        return (
            f"From cue to cue it took {slope:.1f} s longer ({low:.1f} to {high:.1f}): you may be getting used to them."
        )
    if high < 0:
        return f"From cue to cue it took {-slope:.1f} s less ({-high:.1f} to {-low:.1f})."
    return "There is no sign that you get used to the cues."


# ---------------------------------------------------------------- gaze and quality


def gaze_lines(metrics: RunMetrics, *, feet: bool) -> tuple[tuple[str, float], ...]:
    """Each zone of the ground in words, with its share 0..1 of the running that was seen; empty where none was."""
    total_s = sum(metrics.zone_s.values())
    if total_s <= 0:
        return ()
    return tuple((zone_words(zone, feet), metrics.zone_s.get(zone.value, 0.0) / total_s) for zone in GazeZone)


FAR_OFF_DEG = 12.0
"""A head that was so far from the neutral for half of the run may have had another neutral."""


def neutral_words(metrics: RunMetrics, sees: Mapping[str, str]) -> tuple[str, ...]:
    """What each sensor (`sees`: by name) could see as it was calibrated, and whether the neutral looks right."""
    said = [f"{name.capitalize()}: {what.rstrip('.')}." for name, what in sees.items()]
    middle_deg = metrics.head_pitch_median_deg
    if middle_deg is not None:
        way = "lower" if middle_deg >= 0 else "higher"
        said.append(f"Half of the time your head was at least {abs(middle_deg):.0f}° {way} than your far gaze.")
        if abs(middle_deg) > FAR_OFF_DEG:
            said.append("If that surprises you, the neutral may be off: 'What if' takes another one from a stretch.")
    return tuple(said)


def quality_words(metrics: RunMetrics) -> tuple[str, ...]:
    """How much of the running was seen well, and why the rest was not."""
    if metrics.running_valid_share is None:
        return ("No running was found in this recording.",)
    said = [f"{share_words(metrics.running_valid_share)} of {span_words(metrics.running_s)} of running was seen well."]
    for name, share in sorted(metrics.running_invalid_share.items(), key=lambda kv: -kv[1]):
        said.append(f"{share_words(share)}: {REASON_WORDS[Reason[name.upper()]]}.")
    return tuple(said)
