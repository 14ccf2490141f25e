"""Runs faults and writes down what came of them."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.faults.catalogue import CASES, Case
from tests.faults.judgement import Result, judge
from tests.faults.outing import outing
from tests.faults.stage import perform

LONG_S = 230.0
"""Longer than any of the runs."""
AT_S = 30.0
"""By then a head that is down since second 20 has been told of."""
SEEN_S, ALERTED_S = 15.0, 40.0
"""A head is seen again within the first, and told of within the second: 20 s of grace and 6 s of dwell."""
BUS_LATE_S = 7.0
"""On a busy computer the bus daemon misses its turn and the fast clock runs on by a timer: one more search."""
_HEAD = (
    "| fault | path | injected for | noticed after | data again after | posture again after | data lost | told "
    "| alerts: head up | alerts: head down | false |"
)


@dataclass(frozen=True)
class Row:
    """A fault on one path: with the runner's head up, and with it down; the latter on one path alone."""

    number: int
    """Its place in `CASES`."""
    path: str
    lasted_s: float
    up: Result
    down: Result | None

    @property
    def faults(self) -> tuple[str, ...]:
        """What is not as it has to be."""
        runs = (("up", self.up), ("down", self.down))
        return tuple(f"head {which}: {text}" for which, run in runs if run is not None for text in run.faults)


def run_case(case: Case, path: str, *, head_down: bool) -> tuple[Result, float]:
    """One run, with the product's own settings and timing; what came of it, and how long the fault lasted."""
    of = outing(LONG_S, head_down=head_down)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        course = perform(
            case.act,
            of,
            Path(folder),
            path=path,
            at_s=AT_S,
            after_s=ALERTED_S if head_down else SEEN_S + (BUS_LATE_S if path == "BlueZ" else 0.0),
            family=case.family,
            head=case.head,
            timing=case.timing,
        )
        return judge(case, course, of, head_down=head_down), course.ended_s - course.began_s


def run_row(number: int, path: str) -> Row:
    """The runs of the fault with this number in `CASES`. What is made of the bytes does not depend on their way."""
    case = CASES[number]
    up, lasted_s = run_case(case, path, head_down=False)
    down = run_case(case, path, head_down=True)[0] if path == case.paths[0] else None
    return Row(number, path, lasted_s, up, down)


def markdown(rows: list[Row]) -> str:
    """The table, and below it what is wrong."""
    lines = [_HEAD, "|" + "---|" * (_HEAD.count("|") - 1)]
    for row in rows:
        up, down = row.up, row.down
        cells = [
            CASES[row.number].name, row.path, _seconds(row.lasted_s), _seconds(up.noticed_s), _seconds(up.recovered_s),
            _seconds(up.posture_s), _seconds(up.lost_s), _told(up.told), str(up.alerts),
            str(down.alerts) if down else "-", str(up.false + (down.false if down else 0)),
        ]  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    wrong = [f"- {CASES[row.number].name} ({row.path}), {fault}" for row in rows for fault in row.faults]
    return "\n".join([*lines, "", *(wrong or ["Nothing is otherwise than it has to be."])])


def _seconds(value: float) -> str:
    if math.isnan(value):
        return "-"
    return "before its end" if value < -0.05 else f"{abs(value):.1f} s"


def _told(times: int) -> str:
    return {0: "no", 1: "once", 2: "once for each sensor"}.get(times, str(times))
