"""What is killed: a process that records two SIMULATED sensors at 100 Hz in real time, or closes such a recording.

python writer_child.py record FILE LEDGER [SECONDS]   record, for ever or for so long (then close)
python writer_child.py close FILE LEDGER SECONDS      take in so many seconds at once, say "ready", close

The ledger is a small file in memory that outlives the process: the time of the last notification that the writer was
given. What the writer says to be on disk is told on stdout as "committed NS".
"""

from __future__ import annotations

import mmap
import struct
import sys
import time
from pathlib import Path

import numpy as np

from monitor.recording.writer import RecordingWriter
from monitor.values import NS_PER_S, Mark, Mode, PacketBlock, RunInfo, SensorInfo, Site, packet

SENSORS = ("head", "collar")
PERIOD_NS = NS_PER_S // 100
PAYLOAD_BYTES = 24
LEDGER_BYTES = 8
RUN = RunInfo("durability", "2026-11-22T09:30:00+00:00", Mode.ROAD, simulated=True, app_version="0.1.0")


def payload(sensor: str, i: int) -> bytes:
    """Notification i of a sensor; no two are alike."""
    return struct.pack("<BI", SENSORS.index(sensor), i).ljust(PAYLOAD_BYTES, b"\x55")


def say(*words: object) -> None:
    print(*words, flush=True)


def describe(writer: RecordingWriter) -> None:
    """Both sensors, as a session tells of them."""
    for sensor in SENSORS:
        writer.append_sensor(SensorInfo(sensor, Site(sensor), "witmotion", "SIMULATED", "", 100.0, simulated=True), 0)


def record(path: Path, ledger: mmap.mmap, seconds: float) -> None:
    """Both sensors every 10 ms, each notification stamped as it arrives, and a mark every second."""
    say("starting")
    writer = RecordingWriter(path, RUN, "{}")
    describe(writer)
    say("ready")
    begin = time.monotonic_ns()
    said = None
    i = 0
    while True:
        due_ns = begin + i * PERIOD_NS
        time.sleep(max(0, due_ns - time.monotonic_ns()) / NS_PER_S)
        for sensor in SENSORS:
            t_ns = time.monotonic_ns() - begin
            writer.append(packet(sensor, t_ns, payload(sensor, i)))
            ledger[:LEDGER_BYTES] = struct.pack("<q", t_ns)
        if i % 100 == 50:
            writer.append(Mark(t_ns + 1, str(i)))
        i += 1
        committed = writer.status().committed_ns
        if committed != said:
            said = committed
            say("committed", said)
        if i * PERIOD_NS >= seconds * NS_PER_S:
            break
    say("closing")
    status = writer.close()
    say("closed", status.state.value)


def close(path: Path, ledger: mmap.mmap, seconds: int) -> None:
    """Take in a whole run at once and wait until it is on disk; only the end of it is to be killed."""
    writer = RecordingWriter(path, RUN, "{}", commit_interval_s=0.02)
    describe(writer)
    for second in range(seconds):
        steps = np.arange(100 * second, 100 * second + 100)
        for offset_ns, sensor in enumerate(SENSORS):
            ends = np.arange(1, 101) * PAYLOAD_BYTES
            data = b"".join(payload(sensor, i) for i in steps.tolist())
            writer.append(PacketBlock(sensor, steps * PERIOD_NS + offset_ns, ends, data))
    last_ns = int(steps[-1]) * PERIOD_NS + len(SENSORS) - 1
    ledger[:LEDGER_BYTES] = struct.pack("<q", last_ns)
    while writer.status().committed_ns != last_ns:
        time.sleep(0.01)
    say("committed", last_ns)
    say("ready")
    say("closed", writer.close().state.value)


def main() -> None:
    action, path, ledger_path, *more = sys.argv[1:]
    with open(ledger_path, "r+b") as file, mmap.mmap(file.fileno(), LEDGER_BYTES) as ledger:
        if action == "record":
            record(Path(path), ledger, float(more[0]) if more else float("inf"))
        else:
            close(Path(path), ledger, int(more[0]))


if __name__ == "__main__":
    main()
