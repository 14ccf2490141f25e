"""Which SIMULATED runs the report is made of. Seeds come from `seeds.REPORT`; each run has its own.

Seeds are given in order: a row added at the end leaves the figures of all others as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from monitor.values import Mode
from tests.evaluation.cases import Case, case
from tests.evaluation.seeds import REPORT

REAL = (("head_back", 100.0), ("ear_r", 100.0), ("forehead", 52.0), ("head_back", 52.0))
NO_LOSS = ("real motion, 52-100 Hz", "treadmill, 100 Hz", "trail, 100 Hz", "treadmill, 52 Hz")
"""The rows that the event and pitch targets are about."""
LEVEL, TRAIL = (NO_LOSS[0], NO_LOSS[1], NO_LOSS[3]), (NO_LOSS[2],)
LOSSY = ("real motion, 5 % loss", "treadmill, 5 % loss", "trail, 5 % loss")
QUIET = (
    "quiet: real motion, hills",
    "quiet: treadmill, hills",
    "quiet: trail, hills",
    "quiet: stops, bends, walking",
    "quiet: treadmill, 52 Hz",
    "quiet: real motion, no hills",
    "quiet: trail, stops, 52 Hz",
)
HARSH = {"scale_error": 0.01, "dps_per_g": 0.05, "warming_dps": 0.3, "gyr_bias_dps": 1.0}
"""A cheap gyroscope that warms by 10 degrees C."""


def report(*, real: bool = True, quick: bool = False) -> list[Case]:
    """All cases, or about a tenth of them. `real`: the motion recordings are here."""
    seeds = iter(REPORT.start + k for k in count())
    cases = [c for c in _all(seeds) if real or not c.real_motion]
    if not quick:
        return cases
    chosen: dict[str, list[Case]] = {}
    for c in cases:
        chosen.setdefault(c.row, []).append(c)
    keep = {row: 2 if row in NO_LOSS else 1 for row in chosen}
    return [c for row, of in chosen.items() for c in of[: keep[row]]]


def _all(seeds: Iterator[int]) -> Iterator[Case]:
    def events(row: str, source: str, times: int, **more: float | str | Mode) -> Iterator[Case]:
        for _ in range(times):
            yield case(row, source, "events", next(seeds), **more)  # type: ignore[arg-type]

    def real(row: str, times: int, **more: float | str) -> Iterator[Case]:
        for k in range(times):
            source, rate_hz = REAL[k % len(REAL)]
            yield from events(row, source, 1, **{"rate_hz": rate_hz, **more})

    yield from real(NO_LOSS[0], 12)
    yield from events(NO_LOSS[1], "treadmill", 8)
    yield from events(NO_LOSS[2], "trail", 8)
    yield from events(NO_LOSS[3], "treadmill", 3, rate_hz=52.0)
    yield from real("real motion, 2 % loss", 3, loss=0.02)
    yield from events("trail, 2 % loss", "trail", 3, loss=0.02)
    yield from real("real motion, 5 % loss", 4, loss=0.05)
    yield from events("treadmill, 5 % loss", "treadmill", 4, loss=0.05)
    yield from events("trail, 5 % loss", "trail", 4, loss=0.05)
    yield from events("treadmill, 25 Hz", "treadmill", 2, rate_hz=25.0)
    yield from events("treadmill, 200 Hz", "treadmill", 2, rate_hz=200.0)
    yield from events("treadmill, soft runner (bounce 0.25)", "treadmill", 3, bounce=0.25)
    yield from events("treadmill, cheap gyroscope, +10 C", "treadmill", 3, **HARSH)
    yield from real("real motion, range +-2 g", 3, full_scale_g=2.0)
    yield from events("treadmill, neutral 3 deg too low", "treadmill", 2, neutral_off_deg=3.0)
    yield from events("treadmill, neutral 3 deg too high", "treadmill", 2, neutral_off_deg=-3.0)
    yield from events("treadmill, clock +200 ppm", "treadmill", 1, clock_ppm=200.0)
    yield from events("treadmill, clock -200 ppm", "treadmill", 1, clock_ppm=-200.0)
    yield from events("treadmill, no time stamps (WitMotion), 2 %", "treadmill", 2, family="witmotion", loss=0.02)
    yield from events("accelerometer only: treadmill", "treadmill", 3, family="table-acc")
    yield from events("accelerometer only: trail", "trail", 3, family="table-acc")
    yield from real("accelerometer only: real motion", 3, family="table-acc")
    yield from events("trail mode (36 deg, 10 s), trail", "trail", 4, mode=Mode.TRAIL)

    def quiet(row: str, source: str, outing: str, times: int, **more: float | str) -> Iterator[Case]:
        for _ in range(times):
            yield case(row, source, outing, next(seeds), minutes=20.0, **more)  # type: ignore[arg-type]

    for k in range(6):
        source, rate_hz = REAL[k % len(REAL)]
        yield from quiet(QUIET[0], source, "hills", 1, rate_hz=rate_hz)
    yield from quiet(QUIET[1], "treadmill", "hills", 5)
    yield from quiet(QUIET[2], "trail", "hills", 5)
    yield from quiet(QUIET[3], "treadmill", "stops", 3)
    yield from quiet(QUIET[3], "trail", "stops", 3)
    yield from quiet("quiet: trail, stops, 5 % loss", "trail", "stops", 5, loss=0.05)
    yield from quiet("quiet: soft runner, stops", "treadmill", "stops", 2, bounce=0.25)
    yield from quiet("quiet: cheap gyroscope, +10 C", "treadmill", "hills", 2, **HARSH)
    yield from quiet("quiet: accelerometer only, stops", "trail", "stops", 3, family="table-acc")

    for source in ("treadmill", "treadmill", "trail", "trail", "head_back", "ear_r"):
        yield case("holes of the link", source, "gaps", next(seeds))
    for source in ("treadmill", "treadmill", "trail", "head_back", "ear_r"):
        yield case("sensor slips by 18 deg", source, "slip", next(seeds), minutes=8.0)

    for source, arcs, times in (
        ("collar", (16, 12, 8, 5, 2), 3),
        ("collar trail", (16, 12), 3),
        ("clav_r", (16, 12, 8), 2),
    ):
        for arc in arcs:
            for _ in range(times):
                yield case(f"shoulders: {source}", source, "shrugs", next(seeds), shrug_deg=arc)

    yield from quiet(QUIET[4], "treadmill", "quiet", 4, rate_hz=52.0)
    for k in range(4):
        source, rate_hz = REAL[k]
        yield from quiet(QUIET[5], source, "quiet", 1, rate_hz=rate_hz)
    yield from quiet(QUIET[6], "trail", "stops", 4, rate_hz=52.0)
