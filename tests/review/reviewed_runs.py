"""Reviewed runs made by hand, with a watch beside them: a course on paper, marks, laps, slopes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from constructed_analysis import INFO, trail_run

from monitor.alignment.result import Alignment, Method, NotAligned, utc_ns
from monitor.interop.watch import WatchFile, WatchLap, WatchTrack
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.settings import Settings
from monitor.values import NS_PER_S, Mode

SURE = Alignment(12.5, 0.93, Method.CADENCE, "The cadence of both fits.", 0.2)
UNSURE = NotAligned(Method.CADENCE, "The cadence is the same all along, so nothing tells where the watch belongs.")


def watch(seconds: float = 1800.0, offset_s: float = 12.5, laps: int = 3, **changes: object) -> WatchTrack:
    """A watch on a hilly round at 3 m/s, one point a second, its clock `offset_s` ahead."""
    t_s = np.arange(0.0, seconds + 1.0)
    angle = 2 * np.pi * t_s / 900
    start_ns = utc_ns(INFO.started_utc) + round(offset_s * NS_PER_S)
    edges_ns = [start_ns + round(seconds * NS_PER_S * i / laps) for i in range(laps + 1)]
    whole = WatchTrack(
        t_ns=start_ns + (t_s * NS_PER_S).astype(np.int64),
        lat_deg=47.5 + 0.003 * np.sin(angle),
        lon_deg=8.5 + 0.005 * np.cos(angle),
        elevation_m=430.0 + 25.0 * np.sin(angle / 2) + 6.0 * np.sin(t_s / 40),
        distance_m=3.0 * t_s,
        speed_m_s=np.full(len(t_s), 3.0),
        cadence_spm=np.full(len(t_s), 168.0),
        heart_bpm=130 + t_s / 60,
        source=WatchFile.FIT,
        laps=tuple(
            WatchLap(a, b, f"Lap {i}", 3.0 * (b - a) / NS_PER_S, "manual")
            for i, (a, b) in enumerate(pairwise(edges_ns), start=1)
        ),
        device="Maker Model",
    )
    return replace(whole, **changes)


def with_watch(seconds: float = 1800.0, *, feet: bool = True, found=SURE, **changes: object) -> ReviewedRun:
    """The believable half hour with that watch beside it."""
    run = trail_run(seconds)
    run = replace(run, settings=Settings(mode=Mode.TRAIL, feet=feet))
    return reviewed(run, watch(seconds, **changes), found, "round.fit")
