"""What a placement can see, in words the wearer understands."""

from __future__ import annotations

from calibration.model import HeadCalibration, ShoulderCalibration

CLAIM_D = 2.0
WEAK_D = 1.2


def in_words(
    head: HeadCalibration | None,
    shoulders: ShoulderCalibration | None,
    stare_d: float | None = None,
    *,
    leans: bool = False,
) -> str:
    """One or two sentences on what this sensor, worn there, can tell.

    stare_d : how well a sensor that is not on the head tells a lowered head; None where that was not tried
    leans : it tells a lean of the trunk, which is then taken off the head's pitch
    """
    parts = []
    if head is not None:
        parts.append("Sees a lowered head." if not head.separation_d < CLAIM_D else "Cannot see a lowered head.")
    elif stare_d is not None:
        parts.append(f"Cannot see a lowered head from here (d' {stare_d:.1f}).")
    if shoulders is not None:
        d = f"d' {shoulders.d_prime:.1f}"
        if shoulders.d_prime >= CLAIM_D:
            parts.append(f"Sees raised shoulders ({d}).")
        elif shoulders.d_prime >= WEAK_D:
            parts.append(f"Sees raised shoulders only weakly ({d}), so it makes no claim about them.")
        else:
            parts.append(f"Cannot see raised shoulders from here ({d}).")
    if leans:
        parts.append("Sees a lean of the trunk.")
    return " ".join(parts) or "Not calibrated."
