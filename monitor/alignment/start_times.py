"""The offset that both clocks give: none at all, or a time zone that one of them got wrong."""

from __future__ import annotations

from math import nan

from monitor.alignment.result import Alignment, Method, NotAligned, Watch, offset_words
from monitor.values import NS_PER_S

_CLOCK_S = 5.0
"""A watch is set by satellite, a computer by the network; a phone's or a bare watch's clock may be off by minutes."""
_ZONE_S = 1800.0
_FURTHEST_ZONES = 28
_ALIKE_S = 120.0
"""Runner and watch are started within about this of each other."""


def by_start_times(run_started_ns: int, run_length_s: float, watch: Watch) -> Alignment | NotAligned:
    """Align by the clocks alone: offset 0 where run and watch overlap, else whole half hours where their starts agree.

    run_started_ns  UTC of the run's first sample by the recording computer's clock
    """
    if len(watch.t_ns) == 0:
        return NotAligned(Method.START_TIMES, "The watch's file has no usable times.")
    ahead_s = (int(watch.t_ns[0]) - run_started_ns) / NS_PER_S
    length_s = (int(watch.t_ns[-1]) - int(watch.t_ns[0])) / NS_PER_S
    shared_s = min(run_length_s, ahead_s + length_s) - max(0.0, ahead_s)
    if shared_s >= min(300.0, 0.5 * run_length_s, 0.5 * length_s):
        evidence = f"By both clocks the watch and the recording ran together for {shared_s / 60:.0f} min."
        return Alignment(0.0, 0.3, Method.START_TIMES, evidence, _CLOCK_S, nan, nan)
    zones = round(ahead_s / _ZONE_S)
    if zones and abs(zones) <= _FURTHEST_ZONES and abs(ahead_s - zones * _ZONE_S) <= _ALIKE_S:
        offset_s = zones * _ZONE_S
        evidence = f"One of the clocks seems to be in another time zone ({offset_words(offset_s)}); please check this."
        return Alignment(offset_s, 0.1, Method.START_TIMES, evidence, _ALIKE_S, nan, nan)
    return NotAligned(
        Method.START_TIMES,
        f"By their clocks the watch's file began {offset_words(ahead_s)} from the recording, and they share no time.",
    )
