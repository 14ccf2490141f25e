"""Times on the command line: 'A:B' in seconds."""

from __future__ import annotations

import math

from monitor.errors import SettingsError
from monitor.review.poses import PoseSpans, Span

LOOKS = ("4ft", "7ft", "feet", "down")


def span(option: str, text: str) -> Span:
    """'12:20' -> (12.0, 20.0). Raises SettingsError."""
    parts = text.split(":")
    try:
        start, end = (float(part) for part in parts)
    except ValueError:
        raise SettingsError(option, f"must be two times in seconds such as 12:20, not '{text}'") from None
    if not (math.isfinite(start) and math.isfinite(end) and 0 <= start < end):
        raise SettingsError(option, f"must go from an earlier to a later time, not '{text}'")
    return start, end


def look(text: str) -> tuple[str, Span]:
    """'4ft=20:25' -> ('4ft', (20.0, 25.0)). Raises SettingsError."""
    name, _, rest = text.partition("=")
    if name not in LOOKS or not rest:
        raise SettingsError(
            "--look", f"must be one of {', '.join(LOOKS)} and its seconds, such as down=20:25; not '{text}'"
        )
    return name, span("--look", rest)


def pose_spans(
    neutral: str | None, looks: list[str], shrugs: list[str], lean: str | None, run: str | None = None
) -> PoseSpans:
    """All poses named on the command line. Raises SettingsError where the neutral is missing."""
    if neutral is None:
        raise SettingsError("--neutral", "is missing: name the seconds in which the wearer looked far ahead, A:B")
    return PoseSpans(
        neutral=span("--neutral", neutral),
        looks=dict(look(text) for text in looks),
        shrugs=[span("--shrug", text) for text in shrugs],
        lean=span("--lean", lean) if lean else None,
        run=span("--run", run) if run else None,
    )
