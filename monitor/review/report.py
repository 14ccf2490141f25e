"""The report of a run: one HTML file that stands alone, with no script and nothing loaded from elsewhere.

Every text that comes from outside (sensor names, marks, notes, reasons) is cleaned and escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from monitor.review.analysis import RunAnalysis
from monitor.review.ground_words import grade_words, lean_words, limit_words, look_ahead_words, mode_words
from monitor.review.limits import limits_deg
from monitor.review.metrics import Correction, RunMetrics
from monitor.review.modes import modes_used
from monitor.review.report_charts import LimitLabel, chart_marks, pitch_chart, strip, zone_bar
from monitor.review.report_shoulders import shoulders_section
from monitor.review.report_style import CSS
from monitor.review.report_words import (
    REASON_WORDS,
    SHOULDER_WORDS,
    SITE_WORDS,
    clean,
    clock_words,
    event_title,
    event_why,
    share_words,
    silence_words,
    span_words,
    target_words,
)
from monitor.review.svg import text
from monitor.review.table import main_track
from monitor.review.thirds import Third
from monitor.values import NS_PER_S, Event, EventKind, Mode, Reason

ROWS_MOST = 500
RATE_MIN_S = 600.0
"""Prompts per hour are only said of at least this much running."""
TRUST_MIN_S = 10.0


def report_html(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    """The whole report as one HTML text."""
    numbered = list(enumerate(analysis.events, start=1))
    parts = [
        _simulated(analysis),
        _head(analysis, metrics),
        _facts(analysis, metrics),
        _pitch(analysis, metrics, numbered),
        _gaze(analysis, metrics),
        _events(analysis, metrics, numbered),
        shoulders_section(analysis, metrics),
        _cadence(analysis, metrics),
        _thirds(metrics),
        _quality(analysis, metrics),
        _calibration(analysis),
        _how_to_read(analysis),
        _foot(analysis),
    ]
    title = f"Heads Up: {_date(analysis)}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{CSS}</style></head>\n"
        f"<body><main>{''.join(p for p in parts if p)}</main></body></html>\n"
    )


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


def _date(analysis: RunAnalysis) -> str:
    """When the run began, as people write it; as it stands where it is no date."""
    try:
        began = datetime.fromisoformat(analysis.info.started_utc)
    except ValueError:
        return clean(analysis.info.started_utc, 40)
    return f"{began.day} {began:%B %Y, %H:%M} {began.tzname() or ''}".strip()


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _degrees(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}°"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], classes: Sequence[str] = ()) -> str:
    """A table; all cells are plain text."""
    names = "".join(f'<th scope="col">{text(h)}</th>' for h in head)
    styles = classes or [""] * len(rows)
    body = "".join(
        f"<tr{f' class={style!r}' if style else ''}>{''.join(f'<td>{text(c)}</td>' for c in row)}</tr>"
        for row, style in zip(rows, styles, strict=True)
    )
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _simulated(analysis: RunAnalysis) -> str:
    if analysis.info.simulated or any(s.simulated for s in analysis.sensors):
        return '<p class="simulated">SIMULATED · this is not a real runner</p>'
    return ""


def _head(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    info = analysis.info
    about = f"{_date(analysis)} · {mode_words(analysis.modes)} · {span_words(metrics.duration_s)}"
    note = f"<p>{text(clean(info.note, 400))}</p>" if info.note else ""
    recovered = (
        '<p class="warn">The recording was not closed properly. Everything that was written is here.</p>'
        if analysis.recovered
        else ""
    )
    return f'<h1>{text(headline(metrics))}</h1><p class="dim">{text(about)}</p>{note}{recovered}'


def _facts(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    rate = metrics.prompts_per_hour if metrics.running_s >= RATE_MIN_S else None
    seen = metrics.running_valid_share
    facts = [
        ("Running", span_words(metrics.running_s), f"{share_words(seen)} of it seen well" if seen is not None else ""),
        ("Head, typical", _degrees(metrics.head_pitch_median_deg), "nose down from your far gaze"),
    ]
    if metrics.past_limit_share is not None:
        limit = "the limit"  # one that changes has no number
        if metrics.limit_deg is not None and len(analysis.modes) == 1 and analysis.ground is None:
            limit = f"{metrics.limit_deg:.0f}°"
        past = f"Past {limit}"
        facts.append((past, share_words(metrics.past_limit_share), "of the running seen"))
    if metrics.head_down is not None and metrics.head_down.number:
        bouts = metrics.head_down
        facts.append(("Longest head down", span_words(bouts.longest_s), "counted from the limit's dwell"))
    facts += [
        ("Prompts", str(metrics.prompts), f"{rate:.0f} per hour of running" if rate is not None else ""),
        ("Until corrected", span_words(_or_nan(metrics.correction_median_s)), "median after a prompt"),
        ("Cadence", _whole(metrics.cadence_median_spm), "steps/min, median"),
    ]
    cells = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(value)}<small>{text(small)}</small></dd></div>"
        for name, value, small in facts
        if value != "–"
    )
    return f'<dl class="facts">{cells}</dl>'


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value


def _whole(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _pitch(analysis: RunAnalysis, metrics: RunMetrics, numbered: list[tuple[int, Event]]) -> str:
    track = main_track(analysis)
    if track is None or metrics.head_down is None:
        return "<h2>Head pitch</h2><p>No sensor of this run could see the head.</p>"
    limits = limits_deg(track, analysis)
    chart = pitch_chart(track, metrics.duration_s, limits, _limit_labels(analysis), chart_marks(numbered))
    smooth = (
        "One-stride means, smoothed in both directions (best estimate)."
        if analysis.estimate == "best"
        else "One-stride means, as they were known during the run."
    )
    return (
        f"<h2>Head pitch</h2>{chart}<p>{text(lean_words(metrics.trunk_lean))}</p>"
        f'<p class="dim">{smooth} ▼ a cue, ◇ your own mark, numbered as in the table below. Shaded: low for too long. '
        "Where the line is broken, nothing could be trusted. The bar below: filled = running, outline = walking.</p>"
    )


def _limit_labels(analysis: RunAnalysis) -> list[LimitLabel]:
    """The words on the limit's line, one for each span of a mode."""
    labels = []
    for span in analysis.modes:
        mode = f"{span.mode.value}: " if len(analysis.modes) > 1 else ""
        if span.mode is Mode.TECHNICAL:
            labels.append(LimitLabel(span.start_s, span.end_s, None, f"{mode}no limit" if mode else ""))
        else:
            deg = analysis.settings.head_rule(span.mode).on_deg
            level = " on the level" if analysis.ground else ""
            labels.append(LimitLabel(span.start_s, span.end_s, deg, f"{mode}limit {deg:.0f}°{level}"))
    return labels


def _gaze(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    if sum(metrics.zone_s.values()) <= 0:
        return "<h2>Where the eyes were</h2><p>No head angle could be trusted while running, so nothing is said.</p>"
    said = "".join(f"<p>{text(w)}</p>" for w in (look_ahead_words(metrics), grade_words(metrics.grade)) if w)
    ground = "on level ground" if metrics.grade is None else "and the slope of the ground"
    return (
        f"<h2>Where the eyes were</h2>{zone_bar(metrics, analysis.settings.feet)}{said}"
        f'<p class="dim">Estimated from the head angle {ground}, while running. The eyes move too, so these '
        "are likely distances, not measured ones.</p>"
    )


def _events(analysis: RunAnalysis, metrics: RunMetrics, numbered: list[tuple[int, Event]]) -> str:
    if not numbered:
        return "<h2>Prompts and events</h2><p>No prompts and no events.</p>"
    corrections = {(c.t_s, c.kind): c for c in metrics.corrections}
    sites = {sensor.key: sensor.site for sensor in analysis.sensors}
    shown = numbered[:ROWS_MOST]
    rows, styles = [], []
    for number, event in shown:
        t_s = event.t_ns / NS_PER_S
        what = "; ".join(w for w in (event_why(event), silence_words(event)) if w)
        after = _corrected(corrections.get((t_s, event.kind)))
        rows.append(
            (str(number), clock_words(t_s), event_title(event, sites.get(event.sensor)), what, _cue(event), after)
        )
        styles.append("told" if event.prompted else "")
    table = _table(("#", "Time", "What", "Why", "Cue", "Mended after"), rows, styles)
    more = len(numbered) - len(shown)
    rest = f'<p class="dim">{more} more events are in the JSON of headsup analyze.</p>' if more else ""
    return f'<h2>Prompts and events</h2><div class="wide">{table}</div>{rest}'


def _cue(event: Event) -> str:
    if event.prompted:
        return "yes"
    return "" if event.kind is EventKind.MARK else "no"


def _corrected(correction: Correction | None) -> str:
    if correction is None:
        return ""
    return "not seen" if correction.seconds is None else f"{correction.seconds:.1f} s"


def _cadence(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    track = main_track(analysis)
    if track is None or metrics.cadence_median_spm is None:
        return "<h2>Cadence</h2><p>No running rhythm was found.</p>"
    known = track.cadence_spm[np.isfinite(track.cadence_spm)]
    low, high = 20 * np.floor(known.min() / 20), 20 * np.ceil(known.max() / 20)
    high = max(high, low + 20)
    chart = strip(
        track, track.cadence_spm, metrics.duration_s, float(high), float(low), "", "Cadence, steps per minute"
    )
    return f"<h2>Cadence</h2>{chart}<p>Median while running: {metrics.cadence_median_spm:.0f} steps/min.</p>"


def _thirds(metrics: RunMetrics) -> str:
    first, last = metrics.first_third, metrics.last_third
    if first is None or last is None:
        return ""

    def row(name: str, third: Third) -> tuple[str, ...]:
        past = share_words(third.past_limit_share)
        return (name, _degrees(third.head_pitch_mean_deg), past, _whole(third.cadence_median_spm))

    table = _table(
        ("", "Head, mean", "Past the limit", "Cadence"), [row("First third", first), row("Last third", last)]
    )
    return f"<h2>Start against end</h2>{table}<p class='dim'>Thirds of the running that was seen well.</p>"


def _quality(analysis: RunAnalysis, metrics: RunMetrics) -> str:
    names = {s.key: f"{SITE_WORDS[s.site]}, {clean(s.name, 40)}" for s in analysis.sensors}
    rows = [
        (
            names.get(q.sensor, clean(q.sensor, 40)),
            "–" if q.rate_hz is None else f"{q.rate_hz:.1f} Hz",
            "–" if q.loss_pct is None else f"{q.loss_pct:.2f} %",
            str(q.clipped),
            str(q.rejected),
        )
        for q in metrics.links
    ]
    table = (
        _table(("Sensor", "Rate", "Lost", "Clipped", "Not understood"), rows) if rows else "<p>No sensor sent data.</p>"
    )
    reasons = [
        f"{REASON_WORDS[Reason[name.upper()]]} {share_words(share)}"
        for name, share in sorted(metrics.running_invalid_share.items(), key=lambda kv: -kv[1])
    ]
    unseen = f"<p>Running time not seen well: {text(', '.join(reasons))}.</p>" if reasons else ""
    holes = f"<p>No data at all for {span_words(metrics.no_data_s)}.</p>" if metrics.no_data_s >= 1 else ""
    return f'<h2>Data quality</h2><div class="wide">{table}</div>{unseen}{holes}'


def _calibration(analysis: RunAnalysis) -> str:
    lines = []
    for sensor in analysis.sensors:
        sees = clean(analysis.calibrated.get(sensor.key, ""), 300)
        words = sees or "not calibrated, so it says nothing about posture"
        lines.append(f"<li>{text(f'{SITE_WORDS[sensor.site].capitalize()} ({clean(sensor.name, 40)}): {words}')}</li>")
    return f"<h2>Calibration</h2><ul>{''.join(lines)}</ul>" if lines else ""


def _how_to_read(analysis: RunAnalysis) -> str:
    settings = analysis.settings
    modes, rules = modes_used(analysis.modes), []
    for mode in modes:
        where = f"in {mode.value} mode" if len(modes) > 1 else "here"
        rules.append(limit_words(mode, settings, named=len(modes) > 1))
        rules.append(f"What to aim for {where}: {target_words(mode, settings.feet).lower()}.")
    lines = (
        "0° is your own far gaze; a positive angle is nose down.",
        *rules,
        "“Past the limit” counts every moment beyond it; a bout starts only after the dwell time.",
        "“Mended after” runs until the detector let go, up to 2 s after you moved.",
        "Only running that was seen well is counted. This is a coaching aid, not a medical device.",
    )
    return f"<h2>How to read this</h2><ul>{''.join(f'<li>{text(line)}</li>' for line in lines)}</ul>"


def _foot(analysis: RunAnalysis) -> str:
    words = f"Heads Up {clean(analysis.info.app_version, 20)} · run {clean(analysis.info.run_id, 60)}"
    return f"<footer>{text(words)}</footer>"
