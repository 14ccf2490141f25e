"""Nothing that takes part in a run asks what time of day it is: the wall clock may be set at any moment."""

from __future__ import annotations

import ast
from pathlib import Path

import monitor
from monitor.session import Session
from monitor.settings import Settings

HERE = Path(monitor.__file__).parent
ASKED_BEFORE_A_RUN = {
    "commands",
    "doctor",
    "batch",
    "interop",
    "sources/imu_table.py",
    "review/cache.py",
    "recording/place.py",
}
"""Where a date or a file's age is what is wanted."""
WALL = {
    ("time", "time"), ("time", "time_ns"), ("time", "localtime"), ("time", "gmtime"), ("time", "ctime"),
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
}  # fmt: skip


def wall_clock_readings(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [alias.name for alias in node.names if ("time", alias.name) in WALL]
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if (name, node.attr) in WALL:
                found.append(f"{name}.{node.attr}")
    return found


def test_no_part_of_a_run_reads_the_wall_clock():
    readers = {}
    for path in HERE.rglob("*.py"):
        place = path.relative_to(HERE).as_posix()
        if place not in ASKED_BEFORE_A_RUN and place.split("/")[0] not in ASKED_BEFORE_A_RUN:
            readers[place] = wall_clock_readings(path)
    assert len(readers) > 100
    assert {place: found for place, found in readers.items() if found} == {}


def test_the_search_finds_what_it_looks_for(tmp_path):
    made = tmp_path / "made.py"
    made.write_text("import time\nfrom time import time_ns\ntime.time()\ndatetime.datetime.now()\ntime.monotonic()\n")
    assert sorted(wall_clock_readings(made)) == ["datetime.now", "time.time", "time_ns"]


def test_the_run_clock_goes_on_whatever_the_wall_clock_says(monkeypatch):
    class Nothing:
        def start(self, sink, clock_ns):
            pass

        def stop(self):
            pass

    session = Session(Nothing(), Settings(), None)
    before = session.clock_ns()
    monkeypatch.setattr("time.time", lambda: -1e9)
    monkeypatch.setattr("time.time_ns", lambda: -(10**18))
    assert before <= session.clock_ns() < before + 60 * 10**9
