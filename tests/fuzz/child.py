"""One target under the coverage-guided fuzzer: run by a campaign as a process of its own, for it ends without a word.

Nothing escapes to the fuzzer: a failure is written down with its input, once for each place it comes from, and the
fuzzing goes on. What was counted is written to a file whenever it grows.
"""

from __future__ import annotations

import json
import operator
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import atheris

PACKAGES = ["monitor", "calibration", "fitdecode", "defusedxml"]
WEIGH_EVERY = 500
"""Counting allocations makes an input several times as slow: one in so many is weighed."""
WRITE_EVERY_S = 2.0

with atheris.instrument_imports(include=PACKAGES):
    from tests.fuzz.every_target import target_named
    from tests.fuzz.fuzz_target import Target, timed, try_input, weighed


_OPERATIONS = (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge)
_LEARNT = frozenset({int, bytes, str})


def watch_comparisons() -> None:
    """Let only comparisons go through atheris that it can learn from; to be called by the first input.

    atheris 3.0 never lets go of a comparison's result, which of arrays is an array: gigabytes within minutes.
    """
    traced = atheris._trace_cmp

    def compare(left: Any, right: Any, operation: int, counter: int, constant: bool) -> Any:
        if type(left) in _LEARNT and type(right) in _LEARNT:
            return traced(left, right, operation, counter, constant)
        return _OPERATIONS[operation](left, right)

    atheris._trace_cmp = compare


class Watcher:
    """Counts, times and weighs inputs, and keeps those that failed."""

    def __init__(self, target: Target, report: Path, crashes: Path) -> None:
        self._target, self._report, self._crashes = target, report, crashes
        self._told: dict[str, Any] = {
            "inputs": 0, "refused": 0, "slowest_s": 0.0, "slowest_bytes": 0, "largest_bytes": 0, "failures": {},
        }  # fmt: skip
        self._written = 0.0

    def one(self, data: bytes) -> None:
        """What the fuzzer calls."""
        told, target = self._told, self._target
        if not told["inputs"]:
            watch_comparisons()  # not before: `Fuzz` puts its own back
        told["inputs"] += 1
        try:
            refused, cost = timed(target, data)
            told["refused"] += refused
            if cost.seconds > told["slowest_s"]:
                # A busy machine slows down once; only what is slow again counts.
                seconds = min(cost.seconds, timed(target, data)[1].seconds)
                if seconds > told["slowest_s"]:
                    told["slowest_s"], told["slowest_bytes"] = seconds, len(data)
                    if seconds > target.seconds:
                        self._failed("slow", f"{seconds:.2f} s", data)
            if told["inputs"] % WEIGH_EVERY == 1:
                peak = weighed(target, data).peak
                told["largest_bytes"] = max(told["largest_bytes"], peak)
                if peak > target.allowed(len(data)):
                    self._failed("memory", f"{peak / 1e6:.1f} MB", data)
        except Exception as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if "/tests/fuzz/child" not in f.filename]
            last = frames[-1] if frames else None
            place = f"{Path(last.filename).name}:{last.lineno}" if last else "?"
            ours = next(
                (f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames) if "monitor" in f.filename), ""
            )
            what = str(error).splitlines()[0][:30] if str(error) else ""
            self._failed(f"{type(error).__name__} {ours or what}|{place}", str(error)[:300], data)
        now = time.monotonic()
        if now - self._written > WRITE_EVERY_S:
            self.write()
            self._written = now

    def _failed(self, key: str, what: str, data: bytes) -> None:
        known = self._told["failures"].setdefault(key, {"what": what, "times": 0, "file": ""})
        known["times"] += 1
        if known["times"] == 1 or len(data) < (self._crashes / known["file"]).stat().st_size:
            known["file"] = known["file"] or f"{self._target.name.replace(':', '-')}-{len(self._told['failures'])}"
            (self._crashes / known["file"]).write_bytes(data)
            self.write()

    def write(self) -> None:
        """The counts so far."""
        self._report.write_text(json.dumps(self._told))


def main(name: str, report: str, crashes: str, arguments: list[str]) -> None:
    """Fuzz until the fuzzer's own arguments say enough; does not return."""
    with atheris.instrument_imports(include=PACKAGES):
        target = target_named(name)
        watcher = Watcher(target, Path(report), Path(crashes))
        for seed in target.seeds():  # what is imported on first use must be watched too
            try:
                try_input(target, seed)
            except Exception:
                break
    watcher.write()
    atheris.Setup([sys.argv[0], *arguments], watcher.one, enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
