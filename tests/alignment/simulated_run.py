"""A SIMULATED head cadence, made from what a real watch recorded, with a known offset between the clocks."""

from dataclasses import dataclass

import numpy as np

PPM = 20.0


@dataclass(frozen=True)
class Seen:
    """Times and cadence: all that aligning looks at."""

    t_ns: np.ndarray
    cadence_spm: np.ndarray


def head_cadence(watch, start_s, length_s, offset_s, *, seed=0, ppm=PPM, noise_spm=1.5, lost=0.1, half=0.03):
    """SIMULATED (run_started_ns, t_s, cadence_spm) at 25 Hz: `length_s` of the watch's run from its second `start_s`.

    The watch's clock is `offset_s` ahead; the run's runs `ppm` slow; bursts of 15 s are lost, bursts of 8 s are picked
    at half the rate; noise lasts 2-3 s; there is no cadence below 50 steps/min.
    """
    rng = np.random.default_rng(seed)
    known = np.isfinite(watch.cadence_spm)
    there_s = (watch.t_ns[known] - watch.t_ns[0]) / 1e9
    t_s = np.arange(0.0, length_s, 0.04)
    true_s = start_s + t_s * (1 + ppm * 1e-6)
    cadence = np.interp(true_s, there_s, watch.cadence_spm[known])
    right = np.clip(np.searchsorted(there_s, true_s, "right"), 1, len(there_s) - 1)
    cadence[there_s[right] - there_s[right - 1] > 12] = np.nan
    noise = np.repeat(rng.normal(0, noise_spm, len(t_s) // 50 + 2), 50)[: len(t_s)]
    cadence += 1.3 * np.convolve(noise, np.ones(75) / 75, "same")
    cadence[cadence < 50] = np.nan
    cadence[_bursts(rng, len(t_s), half, 200)] /= 2
    cadence[_bursts(rng, len(t_s), lost, 375)] = np.nan
    started_ns = int(watch.t_ns[0]) + round((start_s - offset_s) * 1e9)
    return started_ns, t_s, cadence


def _bursts(rng, n, share, length):
    inside = np.zeros(n, bool)
    for start in rng.integers(0, n, int(share * n / length) + (share > 0)):
        inside[start : start + length] = True
    return inside


def moving_average(watch, seconds, *, trailing=False):
    """The watch (a point a second) with its cadence averaged over so many seconds."""
    kernel = np.ones(seconds) / seconds
    before = seconds - 1 if trailing else seconds // 2
    padded = np.pad(watch.cadence_spm, (before, seconds - 1 - before), "edge")
    return Seen(watch.t_ns, np.convolve(padded, kernel, "valid"))
