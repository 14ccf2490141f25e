"""Power cuts in theory: a real writer's disk operations are recorded, and any state they can leave behind is opened."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from monitor.errors import RecordingError
from monitor.values import NS_PER_S
from tests.durability.checking import WrongError, kept
from tests.durability.disk_states import after_power_cut, laid_out
from tests.durability.disk_trace import Operation, Said, Sync, traced
from tests.durability.kills import CHILD, Killed

RUN = "a.headsup"


@dataclass(frozen=True, slots=True)
class Traced:
    """A run from its beginning to its closed and compacted end."""

    operations: list[Operation]
    at_s: list[float]
    """When each was done, seconds since the writer said that it was ready; before that negative."""
    seconds: float
    """How long the run was."""

    def without_syncs(self) -> Traced:
        """The same run on a disk that is never told to sync: what the check must notice."""
        rest = [(o, t) for o, t in zip(self.operations, self.at_s, strict=True) if not isinstance(o, Sync)]
        return Traced([o for o, _ in rest], [t for _, t in rest], self.seconds)


def traced_run(seconds: float) -> Traced:
    """Record two sensors at 100 Hz in real time under strace, and close. Raises CalledProcessError without strace."""
    with tempfile.TemporaryDirectory(prefix="headsup-power-") as name:
        folder = Path(name) / "disk"
        folder.mkdir()
        ledger = Path(name) / "ledger"
        ledger.write_bytes(bytes(8))
        found = traced(folder, CHILD, ["record", RUN, ledger, seconds])
    ready = next(
        at_s for at_s, operation in found if isinstance(operation, Said) and operation.text.startswith("ready")
    )
    return Traced([o for _, o in found], [at_s - ready for at_s, _ in found], seconds)


def power_cuts(run: Traced, times: int, seed: int) -> list[Killed]:
    """So many cuts at random operations; a third of them where most is at stake, in the last seconds."""
    total = len(run.operations)
    closing = next(n for n, t in enumerate(run.at_s) if t >= run.seconds - 0.1)
    out = []
    for number in range(times):
        rng = np.random.default_rng([seed, number])
        cut = int(rng.integers(closing if number % 3 == 0 else 0, total + 1))
        with tempfile.TemporaryDirectory(prefix="headsup-power-") as folder:
            laid_out(after_power_cut(run.operations[:cut], rng), Path(folder), rng)
            out.append(_judged(Path(folder) / RUN, number, run, cut))
    return out


def _judged(path: Path, number: int, run: Traced, cut: int) -> Killed:
    at_s = run.at_s[cut - 1] if cut else run.at_s[0]
    words = "".join(o.text for o in run.operations[:cut] if isinstance(o, Said))
    if not path.exists():
        return Killed(number, at_s, 0.0, 0.0, "the recording is gone" if "ready" in words else "")
    try:
        left = kept(path)
    except (RecordingError, WrongError) as error:
        return Killed(number, at_s, 0.0, 0.0, str(error))
    promised = _promised(words.splitlines(keepends=True))
    given_s = min(max(at_s, 0.0), run.seconds)
    lost_s = max(0.0, given_s - max(left.first_lost_ns, 0) / NS_PER_S)
    return Killed(number, at_s, lost_s, max(0, promised - left.last_ns) / NS_PER_S if promised >= 0 else 0.0)


def _promised(lines: Sequence[str]) -> int:
    """The latest time that the writer called safe, in ns; -1 for none."""
    told = [line.split() for line in lines if line.startswith("committed") and line.endswith("\n")]
    return max((int(words[1]) for words in told if words[1] != "None"), default=-1)
