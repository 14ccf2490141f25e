"""Reviewed runs for the tests of the pages: a SIMULATED half hour on a square course, with marks, cues and laps."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from monitor.alignment.choose import by_hand
from monitor.alignment.result import Alignment, NotAligned
from monitor.interop.watch import WatchFile, WatchLap, WatchTrack
from monitor.posture.gait import DELAY_S
from monitor.review.analysis import RunAnalysis
from monitor.review.insight.from_watch import run_started_ns
from monitor.review.reviewed import ReviewedRun, reviewed
from monitor.values import NS_PER_S, Event, EventKind
from tests.review.constructed_analysis import RATE_HZ, analysis, prompt, seconds_where, track

SECONDS = 1800.0
SIDE_M = 300.0
SPEED_M_S = 3.0
LOW = ((400.0, 500.0), (1300.0, 1400.0))
"""When the head of `a_run` is past its limit."""
CRAMP_S = 1450.0


def an_analysis(seconds: float = SECONDS, **changes: object) -> RunAnalysis:
    """A runner on the road whose head is low in `LOW`, with a cue, a cramp mark and a form check."""
    low = seconds_where(seconds, *LOW)
    t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    wave = 2 * np.sin(t_s / 50)
    pitch = np.where(low, 32.0, 8.0) + wave
    cadence = 165 + 6 * np.sin(t_s / 37) + 4 * np.sin(t_s / 211)
    head = track("head", seconds, sustained_deg=pitch, angle_deg=pitch, over=low, cadence_spm=cadence)
    events = tuple(
        e
        for e in (
            prompt(406.0, pitch_deg=32.0, limit=20.0, onset_s=400.0),
            Event(round(900.0 * NS_PER_S), EventKind.FORM_CHECK, prompted=True, detail={"text": "Head steady."}),
            Event(round(CRAMP_S * NS_PER_S), EventKind.MARK, detail={"label": "cramp"}),
        )
        if e.t_ns < seconds * NS_PER_S
    )
    return analysis(head, seconds=seconds, events=events, **changes)


def a_watch(of: RunAnalysis, offset_s: float = 0.0, *, positions: bool = True, laps: int = 3) -> WatchTrack:
    """A watch on a square of 300 m, four sides and again, a point a second from the run's start."""
    n = round(of.duration_s) + 1
    t_s = np.arange(n, dtype=float)
    way_m = SPEED_M_S * t_s
    side, along = (way_m // SIDE_M) % 4, way_m % SIDE_M
    east = np.select([side == 0, side == 1, side == 2], [along, SIDE_M, SIDE_M - along], 0.0)
    north = np.select([side == 0, side == 1, side == 2], [0.0, along, SIDE_M], SIDE_M - along)
    lat = 47.0 + np.degrees(north / 6_371_008.8)
    lon = 8.0 + np.degrees(east / 6_371_008.8) / math.cos(math.radians(47.0))
    nothing = np.full(n, np.nan)
    began_ns = run_started_ns(of) + round(offset_s * NS_PER_S)
    edges = np.linspace(0, n - 1, laps + 1)
    main = of.tracks["head"]
    # The sensors' cadence is known so much later than it was run.
    cadence = np.interp(t_s + DELAY_S, main.t_ns / NS_PER_S, main.cadence_spm)
    return WatchTrack(
        t_ns=began_ns + np.rint(t_s * NS_PER_S).astype(np.int64),
        lat_deg=lat if positions else nothing,
        lon_deg=lon if positions else nothing,
        elevation_m=100 + 10 * np.sin(t_s / 100),
        distance_m=way_m,
        speed_m_s=np.full(n, SPEED_M_S),
        cadence_spm=cadence,
        heart_bpm=np.full(n, 150.0),
        source=WatchFile.FIT,
        laps=tuple(
            WatchLap(began_ns + round(a * NS_PER_S), began_ns + round(b * NS_PER_S), f"Lap {i}", SPEED_M_S * (b - a))
            for i, (a, b) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True), start=1)
        ),
        sport="running",
        device="A watch",
    )


def a_run(seconds: float = SECONDS, *, positions: bool = True, alignment: Alignment | NotAligned | None = None,
          **changes: object) -> ReviewedRun:  # fmt: skip
    """The run with its watch."""
    of = an_analysis(seconds, **changes)
    return reviewed(of, a_watch(of, positions=positions), alignment or by_hand(0.0), "square.fit")


def simulated(run: ReviewedRun) -> ReviewedRun:
    """The same run, SIMULATED."""
    return replace(run, analysis=replace(run.analysis, info=replace(run.analysis.info, simulated=True)))
