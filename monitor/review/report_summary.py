"""The report's first page in words: the run in a sentence, what stood out, and its facts."""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from datetime import datetime

from monitor.review.analysis import RunAnalysis
from monitor.review.ground_words import mode_words
from monitor.review.insight.breakdown import Part
from monitor.review.insight.observations import Section
from monitor.review.metrics import RunMetrics
from monitor.review.report_parts import SECONDS, degrees, measured, number, pace, para, percent, span, way, whole
from monitor.review.report_words import REASON_WORDS, SHOULDER_WORDS, clean, share_words, span_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import text
from monitor.values import Mode, Reason

RATE_MIN_S = 600.0
"""Prompts per hour are only said of at least this much running."""
TRUST_MIN_S = 10.0
SIMULATED_WORDS = "SIMULATED · this is not a real runner"
EVIDENCE_WORDS = {
    Section.TREND: "how the run drifted",
    Section.MARKS: "the minutes around your marks",
    Section.SLOPES: "uphill and downhill",
    Section.ALERTS: "what the cues did",
    Section.QUALITY: "how well the run was seen",
    Section.GAZE: "where the eyes were",
}


def headline(metrics: RunMetrics) -> str:
    """The run in one plain sentence, never saying more than the data shows."""
    if metrics.duration_s <= 0:
        return "This recording is empty."
    if metrics.running_s <= 0:
        return "No running was found in this recording."
    trusted_s = metrics.running_s * (metrics.running_valid_share or 0.0)
    if trusted_s < TRUST_MIN_S:
        reason = max(metrics.running_invalid_share.items(), key=lambda kv: kv[1], default=("", 0.0))[0]
        why = f": {REASON_WORDS[Reason[reason.upper()]]}" if reason else ""
        return f"You ran for {span_words(metrics.running_s)}, but your posture could not be seen{why}."
    if metrics.head_down is None:
        return _shoulder_headline(metrics)
    low = [bouts for mode, bouts in metrics.head_down_by_mode.items() if mode != Mode.TECHNICAL]
    overdue = metrics.head_down_by_mode.get(Mode.TECHNICAL)
    found = []
    if number := sum(bouts.number for bouts in low):
        found.append(f"the head stayed low {_times(number)}, {span_words(sum(b.total_s for b in low))} in all,")
    if overdue is not None and overdue.number:
        found.append(f"a look up was overdue {_times(overdue.number)}{' on technical ground' if low else ''}")
    if not found:
        found = ["eyes up: no long look down" if low else "you looked up often enough"]
    said = " and ".join(found)
    return f"{said[0].upper()}{said[1:]} in {span_words(trusted_s)} of running."


def _shoulder_headline(metrics: RunMetrics) -> str:
    """The run in a sentence where no sensor saw the head: of several shoulders the one longest past its limit."""
    claimed = [(s.past_share, s.site) for s in metrics.shoulder_sensors if s.past_share is not None]
    if not claimed:
        could = (
            "see the head or the shoulders" if metrics.shoulders is None else "see more than a hint of the shoulders"
        )
        return f"You ran for {span_words(metrics.running_s)}. No sensor could {could}."
    past, site = max(claimed, key=lambda part: part[0])
    whose = SHOULDER_WORDS.get(site, "shoulders").capitalize()
    return f"{whose} past the limit for {share_words(past)} of the running that could be seen."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def date_words(analysis: RunAnalysis) -> str:
    """When the run began, as people write it; as it stands where it is no date."""
    try:
        began = datetime.fromisoformat(analysis.info.started_utc)
    except ValueError:
        return clean(analysis.info.started_utc, 40)
    return clean(f"{began.day} {began:%B %Y, %H:%M} {began.tzname() or ''}", 40)


def about_words(run: ReviewedRun) -> str:
    """Date, modes and length in a line."""
    return f"{date_words(run.analysis)} · {mode_words(run.analysis.modes)} · {span_words(run.metrics.duration_s)}"


def is_simulated(analysis: RunAnalysis) -> bool:
    """Any part of the run comes from a virtual sensor."""
    return analysis.info.simulated or any(s.simulated for s in analysis.sensors)


def top(run: ReviewedRun) -> str:
    """Heading of the page: SIMULATED where so, the sentence, when it was, the runner's note."""
    info = run.analysis.info
    simulated = para(SIMULATED_WORDS, "simulated") if is_simulated(run.analysis) else ""
    recovered = (
        "The recording was not closed properly. Everything that was written is here." if run.analysis.recovered else ""
    )
    return (
        f"{simulated}<h1>{text(headline(run.metrics))}</h1>{para(about_words(run), 'dim')}"
        f"{para(clean(info.note, 400))}{para(recovered, 'warn')}"
    )


def stood_out(run: ReviewedRun) -> str:
    """The observations, each with what to try and a link to its numbers; '' for none."""
    items = []
    for i, said in enumerate(run.observations):
        next_time = f"<b>Next time: {text(clean(said.next_time, 300))}</b>" if said.next_time else ""
        items.append(
            f'<li><span data-at="observations.{i}.text">{text(clean(said.text, 600))}</span> '
            f'<a href="#{text(said.section.value)}">See {EVIDENCE_WORDS[said.section]}</a>{next_time}</li>'
        )
    return f'<ol class="said">{"".join(items)}</ol>' if items else ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the first page. All three are markup."""

    name: str
    value: str
    note: str

    @property
    def words(self) -> tuple[str, str, str]:
        """The same as plain text."""
        return _plain(self.name), _plain(self.value), _plain(self.note)


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def facts(run: ReviewedRun) -> list[Fact]:
    """What is known of the run at a glance."""
    analysis, m = run.analysis, run.metrics
    seen = f"{percent('metrics.running_valid_share', m.running_valid_share)} of it seen well"
    found = [Fact("Running", span("metrics.running_s", m.running_s), seen if m.running_valid_share is not None else "")]
    running = next((p for p in run.insight.gaits if p.name == "running"), None)
    if running is not None:
        found += _of_watch(running, feet=analysis.settings.feet)
    if m.head_pitch_median_deg is not None:
        value = degrees("metrics.head_pitch_median_deg", m.head_pitch_median_deg)
        found.append(Fact("Head, typical", value, "nose down from your far gaze"))
    if m.past_limit_share is not None:
        limit = "the limit"  # one that changes has no number
        if (
            m.limit_deg is not None
            and len(analysis.modes) == 1
            and (analysis.ground is None or analysis.ground_of_watch)
        ):
            limit = number("metrics.limit_deg", m.limit_deg, f"{m.limit_deg:.0f}°", "deg")
        value = percent("metrics.past_limit_share", m.past_limit_share)
        found.append(Fact(f"Past {limit}", value, "of the running seen"))
    if m.head_down is not None and m.head_down.number:
        value = span("metrics.head_down.longest_s", m.head_down.longest_s)
        found.append(Fact("Longest head down", value, "counted from the limit's dwell"))
    rate = m.prompts_per_hour if m.running_s >= RATE_MIN_S else None
    hourly = f"{whole('metrics.prompts_per_hour', rate)} per hour of running" if rate is not None else ""
    found.append(Fact("Prompts", whole("metrics.prompts", m.prompts), hourly))
    if m.correction_median_s is not None:
        value = measured("metrics.correction_median_s", m.correction_median_s, SECONDS)
        found.append(Fact("Until corrected", value, "median after a prompt"))
    if m.cadence_median_spm is not None:
        found.append(
            Fact("Cadence", whole("metrics.cadence_median_spm", m.cadence_median_spm, "spm"), "steps/min, median")
        )
    return found


def _of_watch(running: Part, *, feet: bool) -> list[Fact]:
    """What only a watch, a strap or a treadmill tells; its place in the JSON is that of the first gait."""
    at, n, found = "insight.gaits.0.numbers", running.numbers, []
    if n.distance_m is not None:
        found.append(Fact("Distance run", way(f"{at}.distance_m", n.distance_m, feet=feet), "walking not counted"))
    if n.speed_mean_m_s is not None and math.isfinite(n.speed_mean_m_s):
        value = pace(f"{at}.speed_mean_m_s", n.speed_mean_m_s, feet=feet)
        found.append(Fact("Pace", value, f"min/{'mi' if feet else 'km'}, running"))
    if n.heart_mean_bpm is not None:
        found.append(Fact("Heart rate", whole(f"{at}.heart_mean_bpm", n.heart_mean_bpm, "bpm"), "beats/min, running"))
    return found


def facts_list(run: ReviewedRun) -> str:
    """The facts as HTML."""
    cells = "".join(
        f"<div><dt>{fact.name}</dt><dd>{fact.value}<small>{fact.note}</small></dd></div>" for fact in facts(run)
    )
    return f'<dl class="facts">{cells}</dl>'
