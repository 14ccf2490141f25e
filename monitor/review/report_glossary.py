"""How to read the report: its rules and limits, and one line on each number that it shows."""

from __future__ import annotations

from collections.abc import Mapping

from monitor.review.ground_words import limit_words
from monitor.review.modes import modes_used
from monitor.review.report_parts import section
from monitor.review.report_words import target_words
from monitor.review.reviewed import ReviewedRun
from monitor.review.svg import text

TERMS: Mapping[str, tuple[str, str]] = {
    "head": (
        "Head",
        "Mean head pitch of one stride at a time, while running and seen well. 0° is your own far gaze; positive is "
        "nose down.",
    ),
    "neutral": (
        "Head pitch, drift and marks",
        "From the neutral as it was calibrated: what the following of a creeping cap took off is put back. So a "
        "head that sinks and a cap that creeps look alike here.",
    ),
    "p95": ("95 % below", "For 95 % of that time the head was higher than this."),
    "seen": ("Seen", "Running time in which the head could be trusted; only this counts for the head's numbers."),
    "past": (
        "Past the limit",
        "Share of that time with the head beyond the limit in force, however short. A bout starts only after the dwell "
        "time.",
    ),
    "raised": (
        "Shoulders up",
        "Share of the running with a shoulder clearly seen and past its limit; 100 % of a shrug is your own full one.",
    ),
    "zone": ("Eyes", "Share of the running seen, by where a gaze at this head angle most likely met the ground."),
    "cadence": ("Cadence", "Steps of both feet a minute: the median while running."),
    "heart": ("Heart", "Mean beats a minute, from the strap or the watch."),
    "slope": (
        "Per ten minutes",
        "Slope of the straight line through the minutes of the run. In brackets the range it lies in with 95 % "
        "confidence; neighbouring minutes count as less than two.",
    ),
    "thirds": ("Last third against first", "Difference of the means of the first and last third, with its 95 % range."),
    "difference": (
        "Difference",
        "Mean there less mean of the rest, in half-minute windows, with its 95 % range. A range that holds zero may be "
        "chance. The small picture shows the range against zero.",
    ),
    "effect": (
        "Effect size",
        "The difference in standard deviations of the half-minutes (Hedges' g): 0.2 is small, 0.5 medium, 0.8 large.",
    ),
    "drift": (
        "Without the drift",
        "The same difference after the straight line through the rest of the run is taken out.",
    ),
    "rank": (
        "Rank",
        "Share of all other stretches of the same length whose mean was smaller; near 0 or 100 % is rare.",
    ),
    "mended": (
        "Mended after",
        "From the cue until the detector let go, up to 2 s after you moved; “not seen” where the data ended first.",
    ),
    "clipped": ("Clipped", "Samples that ran into the end of the sensor's range."),
    "confidence": ("Confidence", "0 to 1, to tell a sure fit from a guess; it is not a probability."),
}


def glossary(run: ReviewedRun, body: str) -> str:
    """The rules of this run, and a line for each term that `body` (markup) leads to."""
    settings = run.analysis.settings
    modes, rules = modes_used(run.analysis.modes), []
    for mode in modes:
        where = f"in {mode.value} mode" if len(modes) > 1 else "here"
        rules.append(limit_words(mode, settings, named=len(modes) > 1))
        rules.append(f"What to aim for {where}: {target_words(mode, settings.feet).lower()}.")
    lines = (
        "0° is your own far gaze; a positive angle is nose down.",
        *rules,
        "Only running that was seen well is counted. This is a coaching aid, not a medical device.",
    )
    terms = [
        f'<div id="g-{anchor}"><dt>{text(name)}</dt><dd>{text(words)}</dd></div>'
        for anchor, (name, words) in TERMS.items()
        if f'"#g-{anchor}"' in body
    ]
    listed = f'<dl class="glossary">{"".join(terms)}</dl>' if terms else ""
    return section(
        "reading", "How to read this", f"<ul>{''.join(f'<li>{text(line)}</li>' for line in lines)}</ul>", listed
    )
