"""The report of a run: one HTML file that stands alone, with no script and nothing loaded from elsewhere.

Every text that comes from outside (sensor names, marks, notes, reasons, file names) is cleaned and escaped. Every
number is that of `headsup analyze --json`, and says where it stands there (`report_parts`).
"""

from __future__ import annotations

import re

from monitor.review.ground_words import lean_words
from monitor.review.report_around import marks_section
from monitor.review.report_cues import cues_section, events_section
from monitor.review.report_gaze import breakdown_sections, gaze_section
from monitor.review.report_glossary import glossary
from monitor.review.report_parts import figure, para, section
from monitor.review.report_quality import calibration_section, quality_section, watch_section
from monitor.review.report_shoulders import shoulders_section
from monitor.review.report_style import CSS
from monitor.review.report_summary import date_words, facts_list, stood_out, top
from monitor.review.report_timeline import timeline
from monitor.review.report_track import track_picture
from monitor.review.report_trend import trend_section
from monitor.review.report_words import clean
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import text

CONTENTS_LEAST = 4
"""A shorter report needs no table of contents."""


def report_html(run: ReviewedRun) -> str:
    """The whole report as one HTML text. Pure."""
    body = "".join(
        (
            _timeline(run),
            _track(run),
            gaze_section(run),
            breakdown_sections(run),
            trend_section(run),
            marks_section(run),
            cues_section(run),
            events_section(run),
            shoulders_section(run),
            quality_section(run),
            watch_section(run),
            calibration_section(run),
        )
    )
    body += glossary(run, body)
    title = f"Heads Up: {date_words(run.analysis)}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)}</title><style>{CSS}</style></head>\n"
        f"<body><main>{top(run)}{stood_out(run)}{facts_list(run)}{_contents(body)}{body}{_foot(run)}</main></body></html>\n"
    )


def _contents(body: str) -> str:
    """Links to the sections that there are."""
    found = re.findall(r'<section id="([^"]*)"><h2>(.*?)</h2>', body)
    if len(found) < CONTENTS_LEAST:
        return ""
    return "<nav>" + "".join(f'<a href="#{anchor}">{title}</a>' for anchor, title in found) + "</nav>"


def _timeline(run: ReviewedRun) -> str:
    chart = figure(timeline(run))
    title = "The run over time"
    if run.metrics.head_down is None:
        return section("timeline", title, chart, para("No sensor of this run could see the head."))
    smooth = (
        "Head pitch: one-stride means, smoothed in both directions (best estimate)."
        if run.analysis.estimate == "best"
        else "Head pitch: one-stride means, as they were known during the run."
    )
    key = (
        f"{smooth} ▼ a cue, numbered as in the table of events; ◇ your own mark. Shaded: low for too long. "
        "Where the line is broken, nothing could be trusted. First bar below: filled = running, outline = walking. "
        "Second: a thin line where all was seen, filled as far as it was in doubt, boxes where there was no data."
    )
    bracket = any(o.start_s is not None for o in run.observations)
    key += " A numbered bracket is the stretch of that sentence above." if bracket else ""
    return section("timeline", title, chart, para(lean_words(run.metrics.trunk_lean)), para(key, "dim"))


def _track(run: ReviewedRun) -> str:
    chart = figure(lambda width: track_picture(run, width))
    if not chart:
        return ""
    key = (
        "Drawn from the watch's positions, north up. Each stretch shows what most of its moments were; ◇ your own mark."
    )
    return section("track", "Where on the way", chart, para(key, "dim"))


def _foot(run: ReviewedRun) -> str:
    info = run.analysis.info
    words = f"Heads Up {clean(info.app_version, 20)} · run {clean(info.run_id, 60)}"
    return f"<footer>{text(words)}</footer>"
