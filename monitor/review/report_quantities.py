"""What the compared quantities are called in the report, and in what they are printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.review.insight.windows import Quantity
from monitor.review.report_parts import BPM, DEG, SHARE, SPM, Unit, term

NAMES: Mapping[Quantity, Callable[[bool], str]] = {
    Quantity.HEAD_PITCH: lambda _: term("Head pitch", "neutral"),
    Quantity.NEAR_GAZE: lambda feet: f"Eyes within {'4 ft' if feet else '1.2 m'}",
    Quantity.SHOULDERS: lambda _: "Shoulders, of your shrug",
    Quantity.CADENCE: lambda _: "Cadence, steps/min",
    Quantity.HEART: lambda _: "Heart rate, beats/min",
}
"""Markup, by whether distances are in feet."""
UNITS: Mapping[Quantity, Unit] = {
    Quantity.HEAD_PITCH: DEG,
    Quantity.NEAR_GAZE: SHARE,
    Quantity.SHOULDERS: SHARE,
    Quantity.CADENCE: SPM,
    Quantity.HEART: BPM,
}
