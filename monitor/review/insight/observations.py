"""Two or three plain sentences about a run, each with the evidence it rests on. Words never exceed the evidence.

A sentence is said only where the numbers behind it are certain (their interval leaves out zero) and large enough to
matter to a runner. What is merely possible is left to the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.review.insight.around_marks import AgainstRest, AroundMarks
from monitor.review.insight.breakdown import Part, Slope
from monitor.review.insight.effect import Size
from monitor.review.insight.insight import Insight
from monitor.review.insight.trend import Trend
from monitor.review.insight.windows import Quantity
from monitor.review.report_words import clean, clock_words, share_words, span_words

MOST = 3
FELT_DEG = 2.0
"""Head angles that differ by less are within what a calibration repeats."""
FELT_SCORE = 0.1
FELT_SPM = 2.0
SEEN_LEAST = 0.8
CUES_LEAST = 3
SLOPE_LEAST_S = 120.0


class Section(StrEnum):
    """Where the evidence of a sentence is shown; the anchors of the report and pages of the window."""

    TREND = "trend"
    MARKS = "marks"
    SLOPES = "slopes"
    ALERTS = "alerts"
    QUALITY = "quality"
    GAZE = "gaze"


@dataclass(frozen=True, slots=True)
class Observation:
    """One sentence.

    text : what was seen; `next_time` : what to try, '' for nothing
    section : where its numbers are shown; `start_s`, `end_s` the stretch to look at, None for the whole run
    weight : how much it matters, 0..1, for the order
    """

    text: str
    next_time: str
    section: Section
    weight: float
    start_s: float | None = None
    end_s: float | None = None


def observations(
    insight: Insight, duration_s: float, seen_share: float | None, *, feet: bool = True
) -> tuple[Observation, ...]:
    """At most three, the weightiest first; before them a word of warning where much was not seen."""
    found = sorted(
        (
            *_marks(insight.marks, feet),
            *_trends(insight.trends, duration_s),
            *_slopes(insight.slopes, feet),
            *_alerts(insight),
        ),
        key=lambda o: -o.weight,
    )
    warning = []
    if seen_share is not None and seen_share < SEEN_LEAST:
        warning.append(
            Observation(
                f"Only {share_words(seen_share)} of the running was seen well: take the numbers of this run with care.",
                "Clip the sensor firmly and keep the phone or computer near.",
                Section.QUALITY,
                1.0,
            )
        )
    return (*warning, *found[:MOST])


# ---------------------------------------------------------------- the run's drift


def _trends(trends: Sequence[Trend], duration_s: float) -> Iterator[Observation]:
    by_quantity = {trend.quantity: trend for trend in trends}
    head, shoulders = by_quantity.get(Quantity.HEAD_PITCH), by_quantity.get(Quantity.SHOULDERS)
    cadence = by_quantity.get(Quantity.CADENCE)
    tens = duration_s / 600
    if head and head.certain and abs(head.per_10_min) * tens >= FELT_DEG:
        sank = head.per_10_min > 0
        change = _range(head, "°")
        yield Observation(
            f"Your head {'sank' if sank else 'came up'} as the run went on: {change} every ten minutes{_thirds(head)}.",
            f"Check your form around {clock_words(duration_s / 2)} and towards the end, and that the cap has not crept."
            if sank
            else "",
            Section.TREND,
            min(1.0, abs(head.per_10_min) * tens / 10) if sank else 0.3,
        )
    if shoulders and shoulders.certain and shoulders.per_10_min * tens >= FELT_SCORE:
        change = _range(shoulders, " % of your shrug", 100)
        yield Observation(
            f"Your shoulders tightened as the run went on: {change} every ten minutes.",
            "Drop and shake the wrists now and then, before it starts.",
            Section.TREND,
            min(1.0, shoulders.per_10_min * tens),
        )
    if cadence and cadence.certain and -cadence.per_10_min * tens >= FELT_SPM:
        yield Observation(
            f"Your steps grew slower: {_range(cadence, ' steps a minute')} every ten minutes.",
            "",
            Section.TREND,
            0.2,
        )


def _range(trend: Trend, unit: str, scale: float = 1.0) -> str:
    """'1.2° (0.8–1.6)', without a sign."""
    low, high = sorted((abs(trend.low) * scale, abs(trend.high) * scale))
    return f"{abs(trend.per_10_min) * scale:.1f}{unit} ({low:.1f}–{high:.1f})"


def _thirds(trend: Trend) -> str:
    """', 4.1° (2.0–6.2) lower in the last third than in the first', where that is certain."""
    if trend.thirds is None or not trend.thirds.certain or abs(trend.thirds.difference) < FELT_DEG:
        return ""
    if (trend.thirds.difference > 0) is not (trend.per_10_min > 0):
        return ""
    way = "lower" if trend.thirds.difference > 0 else "higher"
    low, high = sorted((abs(trend.thirds.low), abs(trend.thirds.high)))
    change = f"{abs(trend.thirds.difference):.1f}° ({low:.1f}–{high:.1f})"
    return f", {change} {way} in the last third than in the first"


# ---------------------------------------------------------------- marks

FELT = {
    Quantity.HEAD_PITCH: FELT_DEG,
    Quantity.NEAR_GAZE: 0.15,
    Quantity.SHOULDERS: FELT_SCORE,
    Quantity.CADENCE: FELT_SPM,
    Quantity.HEART: 5.0,
}


def _marks(marks: Sequence[AroundMarks], feet: bool) -> Iterator[Observation]:
    for around in marks:
        if around.label == "note":
            continue
        told = [a for a in around.before if _worth_telling(a)]
        if not told:
            continue
        best = max(told, key=lambda a: abs(a.plain.g))
        label, first_s = clean(around.label, 30), around.marks_s[0]
        n = len(around.marks_s)
        when = f"the five minutes before your {label} mark at {clock_words(first_s)}"
        if n > 1:
            when = f"the five minutes before your {n} {label} marks"
        little = f"One mark may be chance: compare it with the next {label}." if n == 1 else ""
        drift = "" if _beyond_drift(best) else " The run's own drift explains part of it."
        yield Observation(
            f"In {when} {_difference(best, feet)} than in the rest of the run"
            f" ({best.plain.size} difference).{drift} {little}".rstrip(),
            "Look up and drop the shoulders when it begins to tighten." if best.quantity in _POSTURE else "",
            Section.MARKS,
            0.95 if best.quantity in _POSTURE else 0.5,
            first_s - 300.0,
            first_s + 300.0,
        )


_POSTURE = (Quantity.HEAD_PITCH, Quantity.NEAR_GAZE, Quantity.SHOULDERS)


def _worth_telling(against: AgainstRest) -> bool:
    effect = against.plain
    large = effect.size in (Size.MEDIUM, Size.LARGE) and abs(effect.difference) >= FELT[against.quantity]
    rare = against.rank is None or against.rank >= 0.9 or against.rank <= 0.1
    return effect.certain and large and rare


def _beyond_drift(against: AgainstRest) -> bool:
    """The same way, and still certain, with the run's drift taken out."""
    left = against.drift_removed
    return left is None or (left.certain and (left.difference > 0) is (against.plain.difference > 0))


def _difference(against: AgainstRest, feet: bool) -> str:
    """'your head was 4.1° lower (2.0–6.2)', to be followed by 'than in ...'."""
    effect = against.plain
    more, amount = effect.difference > 0, abs(effect.difference)
    low, high = sorted((abs(effect.low), abs(effect.high)))
    match against.quantity:
        case Quantity.HEAD_PITCH:
            return f"your head was {amount:.1f}° ({low:.1f}–{high:.1f}) {'lower' if more else 'higher'}"
        case Quantity.NEAR_GAZE:
            near = "4 ft" if feet else "1.2 m"
            return f"your eyes were within {near} for {100 * amount:.0f} % {'more' if more else 'less'} of the time"
        case Quantity.SHOULDERS:
            return f"your shoulders were {100 * amount:.0f} % of your shrug {'higher' if more else 'lower'}"
        case Quantity.CADENCE:
            return f"your cadence was {amount:.0f} steps a minute {'higher' if more else 'lower'}"
        case Quantity.HEART:
            return f"your heart rate was {amount:.0f} beats {'higher' if more else 'lower'}"


# ---------------------------------------------------------------- the ground

UPHILL, DOWNHILL = (Slope.UP, Slope.STEEP_UP), (Slope.DOWN, Slope.STEEP_DOWN)


def _slopes(slopes: Sequence[Part], feet: bool) -> Iterator[Observation]:
    """The kind of ground that holds more than its share of the time past the limit."""
    usable = [p for p in slopes if p.numbers.seen_s >= SLOPE_LEAST_S and p.numbers.past_limit_share is not None]
    past = {p.name: p.numbers.seen_s * (p.numbers.past_limit_share or 0.0) for p in usable}
    seen_s, past_s = sum(p.numbers.seen_s for p in usable), sum(past.values())
    if len(usable) < 2 or past_s < SLOPE_LEAST_S:
        return
    for words, group in (("climbs", UPHILL), ("descents", DOWNHILL)):
        time = sum(p.numbers.seen_s for p in usable if p.name in group) / seen_s
        share = sum(past[p.name] for p in usable if p.name in group) / past_s
        if time > 0 and share >= 0.5 and share >= 1.5 * time:
            yield Observation(
                f"{share_words(share)} of the time your head was too low was on {words},"
                f" which were {share_words(time)} of the running.",
                f"On {words} look {'4–7 ft' if feet else '1–2 m'} ahead, not at the feet.",
                Section.SLOPES,
                min(0.8, share),
            )


# ---------------------------------------------------------------- cues


def _alerts(insight: Insight) -> Iterator[Observation]:
    alerts = insight.alerts
    if alerts.prompted < CUES_LEAST or alerts.mended_s is None:
        return
    lift = f" and by {-alerts.lift_deg:.0f}°" if alerts.lift_deg is not None and alerts.lift_deg <= -FELT_DEG else ""
    yield Observation(
        f"After a cue you lifted your head within {span_words(max(1.0, alerts.mended_s))}{lift}"
        f" (median of {alerts.prompted}){_than_without(insight)}.",
        "",
        Section.ALERTS,
        0.4,
    )
    if alerts.habit_low is not None and alerts.habit_low > 0 and alerts.habit_per_cue is not None:
        yield Observation(
            f"You may be getting used to the cues: each took {alerts.habit_per_cue:.1f} s longer to work.",
            "Try fewer cues, or another sound.",
            Section.ALERTS,
            0.6,
        )


def _than_without(insight: Insight) -> str:
    """', without one within 9 s', only where the two certainly differ."""
    alerts = insight.alerts
    if alerts.sooner is None or alerts.sooner.high >= 0 or alerts.unprompted_s is None:
        return ""
    return f"; without one it took {span_words(max(1.0, alerts.unprompted_s))} (median of {alerts.silent})"
