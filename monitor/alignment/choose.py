"""One offset from several ways of finding it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.alignment.result import Alignment, Method, NotAligned, offset_words

_RANK = (Method.BY_HAND, Method.MARKS, Method.CADENCE, Method.START_TIMES)
_CLEARLY = 0.3
"""So much more confidence lets one way overrule another that contradicts it."""
_ALIKE_S = 3.0
_CLOCKS_ALIKE_S = 60.0


def by_hand(offset_s: float) -> Alignment:
    """What the runner set."""
    return Alignment(offset_s, 1.0, Method.BY_HAND, "Set by hand.", 0.5)


def choose(found: Sequence[Alignment | NotAligned]) -> Alignment | NotAligned:
    """The offset to use. What was set by hand wins; ways that agree strengthen each other; ways that contradict each
    other and are about as sure are refused, with both offsets named. Start times count only where nothing else does.
    """
    usable = sorted((f for f in found if isinstance(f, Alignment)), key=lambda f: _RANK.index(f.method))
    if not usable:
        reasons = [f.reason for f in found if isinstance(f, NotAligned)]
        return NotAligned(Method.BY_HAND, " ".join(reasons) or "There is nothing to align by; please set the offset.")
    if usable[0].method is Method.BY_HAND:
        return usable[0]
    clocks = next((f for f in usable if f.method is Method.START_TIMES), None)
    seen = [f for f in usable if f.method is not Method.START_TIMES]
    if not seen:
        return usable[0]
    surest = max(seen, key=lambda f: f.confidence)
    best = surest
    for other in (f for f in seen if f is not surest):
        if abs(other.offset_s - best.offset_s) <= _ALIKE_S + best.uncertainty_s + other.uncertainty_s:
            best = _together(best, other)
        elif surest.confidence - other.confidence < _CLEARLY:
            return NotAligned(
                Method.BY_HAND,
                f"By {best.method.value} the watch is at {offset_words(best.offset_s)}, by {other.method.value} at "
                f"{offset_words(other.offset_s)}: please choose one.",
            )
    if clocks is not None and abs(clocks.offset_s - best.offset_s) <= _CLOCKS_ALIKE_S:
        best = replace(best, confidence=_joined(best.confidence, clocks.confidence))
    return best


def _together(best: Alignment, other: Alignment) -> Alignment:
    """Two that agree: the offset of the surer one, with the evidence of both."""
    confidence = _joined(best.confidence, other.confidence)
    return replace(best, confidence=confidence, evidence=f"{best.evidence} {other.evidence}")


def _joined(a: float, b: float) -> float:
    return round(1.0 - (1.0 - a) * (1.0 - b), 3)
