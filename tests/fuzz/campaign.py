"""A campaign: a target fed to so many inputs by the coverage-guided fuzzer, its corpus kept from run to run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from tests.fuzz import scratch
from tests.fuzz.fuzz_target import Target, weighed
from tests.fuzz.minimise import smaller

ROOT = Path(__file__).resolve().parents[2]
HANG_S = 30
"""An input that takes so long hangs: the fuzzer ends and keeps it."""
MOST_MB = 2048
"""Of the whole process; the bounds on Python's own memory are each target's."""
WEIGHED_S = 10.0
_STATUS = re.compile(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)
_RSS = re.compile(r"rss: (\d+)Mb")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a campaign of one target found. Times in processor seconds, memory of Python in bytes."""

    target: str
    inputs: int
    refused: int
    seconds: float
    edges: int
    corpus: int
    slowest_s: float
    largest_bytes: int
    rss_mb: int
    bound_s: float
    failures: dict[str, Any] = field(default_factory=dict)


def usual_corpus() -> Path:
    """Where corpora are kept: never in the repository."""
    return user_cache_path("headsup-fuzz", appauthor=False)


def run(target: Target, *, inputs: int, seconds: float, seed: int, corpus: Path) -> Outcome:
    """Fuzz one target in a process of its own; at most so many inputs and seconds."""
    folder, crashes = (corpus / kind / target.name.replace(":", "-") for kind in ("corpus", "failures"))
    for each in (folder, crashes):
        each.mkdir(parents=True, exist_ok=True)
    for data in target.seeds():
        (folder / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data[: target.longest])
    memory = scratch.new_folder()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="headsup-fuzz-") as work:
        report, words = Path(work) / "report.json", Path(work) / "words"
        words.write_text("".join(map(_dictionary_line, target.words)), "ascii")
        arguments = [
            f"-runs={inputs}", f"-max_total_time={max(1, round(seconds))}", f"-seed={seed}",
            f"-max_len={target.longest}",
            f"-timeout={HANG_S}", f"-rss_limit_mb={MOST_MB}", f"-artifact_prefix={crashes}{os.sep}", "-reload=0",
            *([f"-dict={words}"] if target.words else []), str(folder),
        ]  # fmt: skip
        try:
            ended = subprocess.run(
                [
                    sys.executable,
                    "-W",
                    "error",
                    "-m",
                    "tests.fuzz.child",
                    target.name,
                    str(report),
                    str(crashes),
                    *arguments,
                ],
                cwd=ROOT,
                env={**os.environ, scratch.FOLDER: str(memory)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=seconds * 1.5 + 300,
                check=False,
            )
        except subprocess.TimeoutExpired as late:  # the fuzzer itself hangs, or was stopped from outside
            ended = subprocess.CompletedProcess(late.cmd, 1, b"", (late.stderr or b"") + b"\nit did not end in time")
        finally:
            shutil.rmtree(memory, ignore_errors=True)
        said = ended.stderr.decode("utf-8", "replace")
        told = json.loads(report.read_text()) if report.is_file() else {"failures": {}}
    spent = time.monotonic() - begin
    failures: dict[str, Any] = told["failures"]
    status = _STATUS.findall(said)
    if ended.returncode or not status:
        failures["the fuzzer ended"] = {"what": said[-1500:], "times": 1, "file": ""}
    for failure in failures.values():
        if failure["file"]:
            failure["bytes"] = _minimised(target, crashes / failure["file"])
    number, edges, _, held = (int(n) for n in status[-1]) if status else (0, 0, 0, 0)
    return Outcome(
        target=target.name,
        inputs=max(number, told.get("inputs", 0)),
        refused=told.get("refused", 0),
        seconds=spent,
        edges=edges,
        corpus=held,
        slowest_s=told.get("slowest_s", 0.0),
        largest_bytes=max(told.get("largest_bytes", 0), _largest(target, folder)),
        rss_mb=max((int(n) for n in _RSS.findall(said)), default=0),
        bound_s=target.seconds,
        failures=failures,
    )


def _dictionary_line(word: bytes) -> str:
    """A word as the fuzzer reads it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word[:100]) + '"\n'


def _largest(target: Target, folder: Path) -> int:
    """The most memory that an input of the corpus takes: the longest first, as many as time allows."""
    found, begin = 0, time.monotonic()
    for path in sorted(folder.iterdir(), key=lambda p: -p.stat().st_size):
        if time.monotonic() - begin > WEIGHED_S:
            break
        try:
            found = max(found, weighed(target, path.read_bytes()).peak)
        except Exception:
            continue  # counted as a failure already
    return found


def _minimised(target: Target, path: Path) -> int:
    """Make a failing input smaller in place, where it fails here too; its size."""
    path.write_bytes(data := smaller(target, path.read_bytes()))
    return len(data)
