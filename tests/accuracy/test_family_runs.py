"""Every family's sensor gives the posture of the same SIMULATED run: over the virtual radio, recorded, analysed."""

from __future__ import annotations

import pytest

from tests.accuracy.family_runs import FAMILIES, SCENARIO, FamilyResult, evaluate
from tests.accuracy.real_motion import workspace

RMSE_DEG = 0.35
"""The design's target."""
LATE_S = 8.0
"""After a bout's begin: the road's dwell of 6 s and its second, and the virtual radio's start."""


@pytest.fixture(scope="module")
def results() -> dict[str, FamilyResult]:
    with workspace() as folder:
        return {key: evaluate(key, rate_hz, folder) for key, rate_hz in FAMILIES}


@pytest.mark.slow
@pytest.mark.parametrize("key", ["movesense", "dot"])
def test_the_sustained_pitch_agrees_with_the_truth_as_well_as_for_witmotion(
    key: str, results: dict[str, FamilyResult]
) -> None:
    found = results[key]
    assert found.rmse_deg <= RMSE_DEG
    assert found.rmse_deg <= 1.25 * results["witmotion"].rmse_deg


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key, _ in FAMILIES])
def test_both_bouts_are_told_and_nothing_else(key: str, results: dict[str, FamilyResult]) -> None:
    bouts = [event.on_s for event in SCENARIO.head[1:]]
    found = results[key]
    assert len(found.told_s) == len(bouts)
    assert all(on_s + 5.0 <= told <= on_s + LATE_S for on_s, told in zip(bouts, found.told_s, strict=True))
    assert found.others == []
