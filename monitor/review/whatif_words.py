"""What other settings would have changed, in words for a runner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.review.analysis import RunAnalysis
from monitor.review.modes import ModeSpan
from monitor.review.report_words import clock_words, event_title, event_why, share_words
from monitor.review.splits import NO_EDITS, Edits
from monitor.review.whatif_change import Compared
from monitor.values import NS_PER_S, Event, Mode

MODE_WORDS = {Mode.ROAD: "Road or treadmill", Mode.TRAIL: "Trail", Mode.TECHNICAL: "Technical ground"}


def readout(change: Compared) -> tuple[tuple[str, str, str], ...]:
    """Rows of what, then, and now."""
    then, now = change.then, change.now
    return (
        ("Cues", str(then.cues), str(now.cues)),
        ("Bouts", str(then.bouts), str(now.bouts)),
        ("Running time past the limit", _share(then.past_limit_share), _share(now.past_limit_share)),
    )


def in_a_sentence(change: Compared) -> str:
    """All of it in one sentence, as a screen reader says it."""
    return ". ".join(f"{what}: {then}, would be {now}" for what, then, now in readout(change)) + "."


def labelled(now: RunAnalysis, was: RunAnalysis, edits: Edits = NO_EDITS) -> RunAnalysis:
    """The analysis with a note that says, wherever it is shown, that it is not the run as it was."""
    note = [was.info.note] if was.info.note else []
    if edits:
        note.insert(0, "other neutral")
    if now.settings.replaced(own_limits=False) != was.settings.replaced(own_limits=False):
        note.insert(0, "WHAT IF")
    return replace(now, info=replace(was.info, note=" · ".join(note)))


def in_lines(change: Compared) -> list[str]:
    """The same for the command line, with every cue that comes or goes."""
    lines = [f"What if: {what.lower()}: {then} -> {now}" for what, then, now in readout(change)]
    lines += [f"What if: cue gained at {cue_words(event)}" for event in change.gained]
    return lines + [f"What if: cue lost at {cue_words(event)}" for event in change.lost]


def cue_words(event: Event) -> str:
    """When, what, and why, on one line."""
    return " · ".join(filter(None, (clock_words(event.t_ns / NS_PER_S), event_title(event), event_why(event))))


def switched_words(modes: Sequence[ModeSpan]) -> str:
    """Where the runner switched modes: what a question about the mode leaves alone; '' where there is nothing."""
    if len(modes) < 2:
        return ""
    return f"Your switches of mode from {clock_words(modes[1].start_s)} on stay as they were."


def _share(share: float | None) -> str:
    return "no limit" if share is None else share_words(share)
