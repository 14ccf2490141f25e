"""How far the report may be trusted: the data, the watch's place beside the run, and the calibration."""

from __future__ import annotations

from monitor.alignment.result import Alignment, offset_words
from monitor.review.insight.observations import Section
from monitor.review.metrics import LinkMetrics
from monitor.review.report_parts import Unit, measured, number, para, percent, section, span, table, term, whole
from monitor.review.report_words import REASON_WORDS, SITE_WORDS, clean
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import text
from monitor.values import Reason

HERTZ, LOST = Unit("Hz", " Hz", 1), Unit("lost", " %", 2)
SURE, FAIRLY = 0.8, 0.5
NOTES_MOST = 12


def quality_section(run: ReviewedRun) -> str:
    """Rates and losses of each sensor, and why running was not seen."""
    m = run.metrics
    names = {s.key: f"{SITE_WORDS[s.site].capitalize()}, {clean(s.name, 40)}" for s in run.analysis.sensors}
    rows = [_link(f"metrics.links.{i}", names.get(q.sensor, clean(q.sensor, 40)), q) for i, q in enumerate(m.links)]
    head = ["Sensor", "Rate", "Lost", term("Clipped", "clipped"), "Not understood"]
    sensors = table(head, rows, class_="left") if rows else para("No sensor sent data.")
    reasons = [
        f"{text(REASON_WORDS[Reason[name.upper()]])} {percent(f'metrics.running_invalid_share.{name}', share)}"
        for name, share in sorted(m.running_invalid_share.items(), key=lambda kv: -kv[1])
    ]
    unseen = f"<p>Running time not seen well: {', '.join(reasons)}.</p>" if reasons else ""
    holes = f"<p>No data at all for {span('metrics.no_data_s', m.no_data_s)}.</p>" if m.no_data_s >= 1 else ""
    return section(Section.QUALITY.value, "Data quality", sensors, unseen, holes)


def _link(at: str, name: str, link: LinkMetrics) -> list[str]:
    return [
        text(name),
        measured(f"{at}.rate_hz", link.rate_hz, HERTZ),
        measured(f"{at}.loss_pct", link.loss_pct, LOST),
        whole(f"{at}.clipped", link.clipped),
        whole(f"{at}.rejected", link.rejected),
    ]


def watch_section(run: ReviewedRun) -> str:
    """How the watch's file was laid beside the run, and how sure that is; '' without a watch."""
    beside = run.watch
    if beside is None:
        return ""
    track, found = beside.track, beside.alignment
    name = clean(beside.name, 60) or "the watch's file"
    device = f", {clean(track.device, 60)}" if track.device else ""
    lines = [para(f"{name} ({track.source.value}{device}).")]
    if isinstance(found, Alignment):
        sure = "sure" if found.confidence >= SURE else "fairly sure" if found.confidence >= FAIRLY else "a guess"
        offset = number("watch.offset_s", found.offset_s, offset_words(found.offset_s), "offset")
        confidence = measured("watch.confidence", found.confidence, Unit("plain", "", 2))
        lines.append(para(clean(found.evidence, 400)))
        lines.append(
            f"<p>Laid beside the run by {text(found.method.value)}, its clock {offset} against the recording's: "
            f"{sure} ({term('confidence', 'confidence')} {confidence}).</p>"
        )
    else:
        lines.append(para(f"It is not used: {clean(found.reason, 400)}", "warn"))
    lines += [para(clean(warning, 300), "warn") for warning in track.warnings[:NOTES_MOST]]
    return section("watch", "The watch beside the run", *lines)


def calibration_section(run: ReviewedRun) -> str:
    """What each sensor learned of its wearer; '' for a run without sensors."""
    analysis, items = run.analysis, []
    for sensor in analysis.sensors:
        sees = clean(analysis.calibrated.get(sensor.key, ""), 300)
        words = [sees or "not calibrated, so it says nothing about posture"]
        site = analysis.sites.get(sensor.key)
        if site is not None and site.head is not None:
            words.append(
                "Gaze distances follow your own floor marks."
                if site.gaze is not None and analysis.settings.own_limits
                else "No floor marks were shown, so gaze distances rest on what is usual between people."
            )
        if site is not None:
            words += [clean(note, 300) for note in site.notes[:NOTES_MOST]]
        said = " ".join(words)
        items.append(f"<li>{text(f'{SITE_WORDS[sensor.site].capitalize()} ({clean(sensor.name, 40)}): {said}')}</li>")
    return section("calibration", "Calibration", f"<ul>{''.join(items)}</ul>") if items else ""
