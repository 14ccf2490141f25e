"""What the cues did, and every prompt and event with its reason."""

from __future__ import annotations

from monitor.review.insight.observations import Section
from monitor.review.metrics import Correction
from monitor.review.report_parts import (
    DEG,
    SECONDS,
    Unit,
    interval,
    measured,
    more,
    number,
    para,
    section,
    signed,
    table,
    term,
    whole,
)
from monitor.review.report_words import clock_words, event_title, event_why, silence_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import text
from monitor.values import NS_PER_S, Event, EventKind

EVENTS_MOST = 500
PER_CUE = Unit("s", " s", 2)


def cues_section(run: ReviewedRun) -> str:
    """Whether the head's cues helped."""
    a, at = run.insight.alerts, "insight.alerts"
    anchor, title = Section.ALERTS.value, "What the cues did"
    if a.prompted + a.silent == 0:
        return section(
            anchor, title, para("No look down was mended while it could be seen, so there is nothing to say.")
        )
    rows = [
        ["With a cue", whole(f"{at}.prompted", a.prompted), measured(f"{at}.mended_s", a.mended_s, SECONDS)],
        ["Without a cue", whole(f"{at}.silent", a.silent), measured(f"{at}.unprompted_s", a.unprompted_s, SECONDS)],
    ]
    lines = []
    if a.sooner is not None:
        ratio = Unit("log ratio", "", 2)
        words = "sooner" if a.sooner.high < 0 else "later" if a.sooner.low > 0 else "no difference that can be told"
        lines.append(
            f"Mending with a cue against without, in logarithms of seconds: "
            f"{signed(f'{at}.sooner.difference', a.sooner.difference, ratio)} "
            f"{interval(f'{at}.sooner', a.sooner.low, a.sooner.high, ratio)}: {words}."
        )
    if a.lift_deg is not None:
        lines.append(f"Head 10–40 s after a cue against just before: {signed(f'{at}.lift_deg', a.lift_deg, DEG)}.")
    if a.habit_per_cue is not None and a.habit_low is not None and a.habit_high is not None:
        used = "you may be getting used to them" if a.habit_low > 0 else "no sign of getting used to them"
        ends = (
            f"{signed(f'{at}.habit_low', a.habit_low, PER_CUE)} to {signed(f'{at}.habit_high', a.habit_high, PER_CUE)}"
        )
        more_s = signed(f"{at}.habit_per_cue", a.habit_per_cue, PER_CUE)
        lines.append(f"From cue to cue mending took {more_s} longer ({ends}): {used}.")
    head = ["Looks down", "Number", term("Mended after, median", "mended")]
    return section(anchor, title, table(head, rows, class_="left"), "".join(f"<p>{line}</p>" for line in lines))


def events_section(run: ReviewedRun) -> str:
    """Every event with its reason, numbered as in the chart."""
    analysis = run.analysis
    numbered = list(enumerate(analysis.events, start=1))
    title = "Prompts and events"
    if not numbered:
        return section("events", title, para("No prompts and no events."))
    corrections = {(c.t_s, c.kind): (i, c) for i, c in enumerate(run.metrics.corrections)}
    sites = {sensor.key: sensor.site for sensor in analysis.sensors}
    shown = numbered[:EVENTS_MOST]
    rows, styles = [], []
    for n, event in shown:
        t_s = event.t_ns / NS_PER_S
        what = "; ".join(w for w in (event_why(event), silence_words(event)) if w)
        rows.append(
            [
                str(n),
                number(f"events.{n - 1}.t_s", t_s, clock_words(t_s), "clock"),
                text(event_title(event, sites.get(event.sensor))),
                text(what),
                _cue(event),
                _mended(corrections.get((t_s, event.kind))),
            ]
        )
        styles.append("told" if event.prompted else "")
    head = ["#", "Time", "What", "Why", "Cue", term("Mended after", "mended")]
    return section("events", title, table(head, rows, styles, "events"), more(len(numbered), len(shown), "events"))


def _cue(event: Event) -> str:
    if event.prompted:
        return "yes"
    return "" if event.kind is EventKind.MARK else "no"


def _mended(found: tuple[int, Correction] | None) -> str:
    if found is None:
        return ""
    i, correction = found
    if correction.seconds is None:
        return "not seen"
    return measured(f"metrics.corrections.{i}.seconds", correction.seconds, SECONDS)
