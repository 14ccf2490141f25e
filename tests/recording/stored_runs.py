"""The stored recordings of every format version so far, and what they hold, in words that no later program changes.

Each version has two SIMULATED runs in `data/`: one closed, one that was broken off and has its newest rows in the -wal.
`python tests/recording/stored_runs.py` makes those of the present version; it never replaces a stored one.
"""

from __future__ import annotations

import dataclasses
import gzip
import itertools
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from monitor.recording.format import FORMAT_VERSION, Codec
from monitor.recording.reader import Recording, open_recording
from monitor.recording.store import RunFile
from monitor.values import (
    NS_PER_S,
    BatteryLevel,
    Event,
    EventKind,
    Ground,
    HeartRate,
    LinkChange,
    LinkState,
    Mark,
    Mode,
    ModeChange,
    PacketBlock,
    Quiet,
    QuietReason,
    ReZero,
    RunInfo,
    SensorInfo,
    Site,
)

DATA = Path(__file__).with_name("data")
KINDS = ("closed", "broken-off")
SIDES = ("", "-wal")


def stored(version: int, kind: str, side: str = "") -> Path:
    """The packed file of a version and kind, or of its -wal."""
    return DATA / f"recording-v{version}-{kind}.headsup{side}.gz"


def told(version: int, kind: str) -> Path:
    """What `described` said of it when it was made."""
    return DATA / f"recording-v{version}-{kind}.json"


def unpacked(version: int, kind: str, folder: Path) -> Path:
    """The stored recording as an ordinary file in a folder of the test's own."""
    path = folder / f"v{version}-{kind}.headsup"
    for side in SIDES:
        if stored(version, kind, side).exists():
            Path(f"{path}{side}").write_bytes(gzip.decompress(stored(version, kind, side).read_bytes()))
    return path


def described(recording: Recording) -> dict[str, Any]:
    """Everything a recording holds, as JSON."""
    packets: list[list[Any]] = []
    for entry in itertools.chain.from_iterable(recording.entries()):
        if isinstance(entry, PacketBlock):
            for t_ns, payload in zip(entry.t_ns.tolist(), entry.payloads(), strict=True):
                packets.append([t_ns, entry.sensor, payload.hex()])
    packets.sort()
    table = {
        "run": dataclasses.asdict(recording.run),
        "settings": recording.settings_json,
        "profile": recording.profile_json,
        "sensors": [{"t_ns": ready.t_ns} | dataclasses.asdict(ready.info) for ready in recording.sensor_ready],
        "controls": [{"entry": type(entry).__name__} | dataclasses.asdict(entry) for entry in recording.controls()],
        "events": [
            {"known_ns": live.t_ns, "t_ns": live.event.t_ns, "kind": live.event.kind, "sensor": live.event.sensor,
             "prompted": live.event.prompted, "detail": dict(live.event.detail)}
            for live in recording.live_events()
        ],
        "packets": packets,
        "closed": recording.closed,
        "damage": [str(damage) for damage in recording.damage],
    }  # fmt: skip
    plain: dict[str, Any] = json.loads(json.dumps(table, default=lambda v: v.hex() if isinstance(v, bytes) else str(v)))
    return plain


def _fill(out: RunFile) -> None:
    """Five seconds of two sensors with every kind of entry, a note, a reconnection and a pause of five seconds."""
    run = RunInfo("stored-run", "2026-11-22T09:30:00+00:00", Mode.TRAIL, simulated=True, app_version="0.1.0")
    head = SensorInfo("head", Site.HEAD, "witmotion", "WT901", "AA:BB", 100.0, b"\x01\x02", simulated=True)
    collar = SensorInfo("collar", Site.COLLAR, "table", "collar — läufer", "", 52.5, simulated=True)
    out.add_head(run, '{"mode": "trail"}', "a profile — with ü")
    out.add_sensor(head, 10)
    out.add_sensor(collar, 20)
    rng = np.random.default_rng(7)
    controls = {
        0: [LinkChange("head", 30, LinkState.CONNECTING, "WT901", -62), LinkChange("head", 40, LinkState.STREAMING)],
        1: [BatteryLevel("head", 1_500_000_000, 87), Mark(1_500_000_001, "cramp"), ReZero(1_600_000_000)],
        2: [ModeChange(2_000_000_003, Mode.ROAD), Quiet(2_000_000_004, 300.0), Quiet(2_100_000_000, float("inf"))],
        3: [Ground(3_000_000_009, 2.75, float("nan"), "treadmill"), HeartRate(3_100_000_000, 151.0, "strap")],
        4: [Quiet(8_500_000_000, 0.0, QuietReason.DRILL), LinkChange("head", 8_600_000_000, LinkState.LOST, "no data")],
    }
    for second in range(5):
        start_ns = second * NS_PER_S + (5 * NS_PER_S if second > 3 else 0)
        for key, offset_ns, count in (("head", 100, 20), ("collar", 137, 10)):
            t_ns = start_ns + offset_ns + np.arange(count) * (NS_PER_S // count)
            lengths = rng.integers(0, 24, count)
            out.add_packets(PacketBlock(key, t_ns, np.cumsum(lengths), rng.bytes(int(lengths.sum()))), NS_PER_S)
        for entry in controls[second]:
            out.add_control(entry)
        out.commit()
    event = Event(1_200_000_000, EventKind.HEAD_DOWN, "head", True, {"onset_s": 0.25, "n": 2, "why": "x", "ok": True})
    out.add_event(event, 1_300_000_000)
    out.add_sensor(dataclasses.replace(head, config=b"\x03"), 9_000_000_000)
    out.add_note("sore neck after 40 min", 9_000_000_001)
    out.add_trouble(
        ("12 entries were not recorded because the disk refused for too long", 8_000_000_000, 8_100_000_000)
    )
    out.commit()


def main() -> None:
    """Make and store the runs of the present version where there are none yet."""
    DATA.mkdir(exist_ok=True)
    for kind in KINDS:
        if told(FORMAT_VERSION, kind).exists():
            raise SystemExit(f"{told(FORMAT_VERSION, kind)} is stored already, for ever")
        with tempfile.TemporaryDirectory() as folder:
            path, copy = Path(folder, "run.headsup"), Path(folder, "copy.headsup")
            out = RunFile(path, codec=Codec.RAW if kind == "closed" else Codec.ZLIB)
            _fill(out)
            if kind == "closed":
                out.finish(9_000_000_002)
            for side in SIDES:  # before the connection closes, which would fold the -wal in
                if Path(f"{path}{side}").exists():
                    shutil.copyfile(f"{path}{side}", f"{copy}{side}")
            out.release()
            for side in SIDES:
                if Path(f"{copy}{side}").exists():
                    packed = gzip.compress(Path(f"{copy}{side}").read_bytes(), mtime=0)
                    stored(FORMAT_VERSION, kind, side).write_bytes(packed)
            with open_recording(copy) as recording:
                told(FORMAT_VERSION, kind).write_text(json.dumps(described(recording), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
