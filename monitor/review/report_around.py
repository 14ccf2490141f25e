"""The five minutes before and after each kind of mark against the rest of the run, in honest words."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.review.insight.around_marks import AgainstRest, AroundMarks
from monitor.review.insight.effect import Effect, Size
from monitor.review.insight.observations import Section
from monitor.review.insight.windows import Quantity
from monitor.review.report_parts import (
    Unit,
    interval,
    measured,
    number,
    para,
    percent,
    section,
    signed,
    table,
    term,
)
from monitor.review.report_quantities import NAMES, UNITS
from monitor.review.report_words import clean, clock_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import tag, text

MARKS_LISTED = 20
G = Unit("g", "", 2)
DIRECTIONS = {
    Quantity.HEAD_PITCH: ("head lower", "head higher"),
    Quantity.NEAR_GAZE: ("eyes nearer", "eyes farther"),
    Quantity.SHOULDERS: ("shoulders higher", "shoulders lower"),
    Quantity.CADENCE: ("quicker steps", "slower steps"),
    Quantity.HEART: ("faster heart", "slower heart"),
}
"""What a larger and a smaller value mean."""


def marks_section(run: ReviewedRun) -> str:
    """The section as HTML; '' for a run without marks."""
    feet = run.analysis.settings.feet
    # A plain note says nothing of the body, so it comes last.
    order = sorted(enumerate(run.insight.marks), key=lambda pair: pair[1].label == "note")
    parts = [_label(f"insight.marks.{i}", around, feet) for i, around in order]
    if not parts:
        return ""
    care = (
        "Cramps come late and heads tire anyway, so each difference is shown again with the run's own drift taken out. "
        "Of twenty such comparisons one looks clear by chance alone. "
        "One run cannot tell what causes what: look for the same in the next ones."
    )
    return section(Section.MARKS.value, "Around your marks", *parts, para(care, "dim"))


def verdict(against: AgainstRest) -> str:
    """What one comparison says, claiming no more than its interval does."""
    plain, left = against.plain, against.drift_removed
    if plain.low == plain.high == 0:
        return "the same"
    if not plain.certain:
        return "may be chance"
    way = DIRECTIONS[against.quantity][0 if plain.difference > 0 else 1]
    if plain.size is Size.NONE:
        return f"{way}, but hardly"
    if left is not None and not (left.certain and (left.difference > 0) is (plain.difference > 0)):
        return f"{way}; the run's drift may explain it"
    return f"{way}: a {plain.size.value} difference"


def _label(at: str, around: AroundMarks, feet: bool) -> str:
    label, n = clean(around.label, 40) or "mark", len(around.marks_s)
    shown = [
        number(f"{at}.marks_s.{i}", t_s, clock_words(t_s), "clock")
        for i, t_s in enumerate(around.marks_s[:MARKS_LISTED])
    ]
    rest = f" and {n - MARKS_LISTED} more" if n > MARKS_LISTED else ""
    once = para("One mark may be chance: compare it with the next one.") if n == 1 else ""
    title = f"<h3>{text(label)}: {n} {'mark' if n == 1 else 'marks'} at {', '.join(shown)}{rest}</h3>"
    before = _side(f"{at}.before", "Five minutes before", around.before, feet)
    after = _side(f"{at}.after", "Five minutes after", around.after, feet)
    if not before and not after:
        return title + para("Too little running was seen around it to compare anything.")
    return f"{title}{once}{before}{after}"


def _side(at: str, name: str, compared: Sequence[AgainstRest], feet: bool) -> str:
    if not compared:
        return ""
    rows = []
    for i, against in enumerate(compared):
        here, unit, plain = f"{at}.{i}", UNITS[against.quantity], against.plain
        rows.append(
            [
                NAMES[against.quantity](feet),
                measured(f"{here}.mean", against.mean, unit),
                measured(f"{here}.rest_mean", against.rest_mean, unit),
                _difference(f"{here}.plain", plain, unit) + _whiskers(against),
                signed(f"{here}.plain.g", plain.g, G),
                _difference(f"{here}.drift_removed", against.drift_removed, unit),
                percent(f"{here}.rank", against.rank),
                text(verdict(against)),
            ]
        )
    head = [
        text(name), "There", "Rest of the run", term("Difference (95 %)", "difference"), term("Effect size", "effect"),
        term("Without the drift", "drift"), term("Rank", "rank"), "In words",
    ]  # fmt: skip
    return table(head, rows, class_="left")


def _difference(at: str, effect: Effect | None, unit: Unit) -> str:
    """A difference with its interval."""
    if effect is None:
        return "–"
    return (
        f"{signed(f'{at}.difference', effect.difference, unit)} "
        f'<span class="range">{interval(at, effect.low, effect.high, unit)}</span>'
    )


def _whiskers(against: AgainstRest) -> str:
    """The interval against zero as a small picture."""
    low, high, middle = against.plain.low, against.plain.high, against.plain.difference
    reach = max(abs(low), abs(high))
    if reach <= 0:
        return ""

    def x(value: float) -> float:
        return 60.0 + 54.0 * value / reach

    body = [
        tag("line", x1=60.0, x2=60.0, y1=1.0, y2=15.0, class_="zero"),
        tag("line", x1=x(low), x2=x(high), y1=8.0, y2=8.0, class_="whisker"),
        tag("circle", cx=x(middle), cy=8.0, r=3.5, class_="mean"),
    ]
    return tag("svg", "".join(body), viewBox="0 0 120 16", aria_hidden="true", class_="whiskers")
