"""A process that records until it is killed, telling on stdout what is safely on disk; run by the kill tests.

Arguments: the file, the commit interval in seconds, and optionally a limit in bytes on the size of files, lifted when a
line comes on stdin.
"""

import resource
import sys
import threading
import time
from pathlib import Path

from monitor.recording.writer import RecordingWriter
from monitor.values import Mark, Mode, RunInfo, packet

PERIOD_S = 0.01


def payload(i: int) -> bytes:
    """The notification with number i."""
    return i.to_bytes(4, "little") * 25


def say(*words: object) -> None:
    print(*words, flush=True)


def main() -> None:
    path, interval_s, limit = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    run = RunInfo("killed", "2026-11-22T09:30:00+00:00", Mode.ROAD, simulated=True, app_version="0.1.0")
    writer = RecordingWriter(path, run, "{}", commit_interval_s=interval_s)
    lifted = threading.Event()
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
        threading.Thread(target=lambda: (sys.stdin.readline(), lifted.set()), daemon=True).start()
    begin = time.monotonic_ns()
    i = 0
    said = None
    while True:
        t_ns = time.monotonic_ns() - begin
        writer.append(packet("head", t_ns, payload(i)))
        if i % 100 == 50:
            writer.append(Mark(t_ns + 1, str(i)))
        i += 1
        status = writer.status()
        if status.committed_ns != said or limit:
            said = status.committed_ns
            say("committed", said, status.state.value, status.lost, status.sentence)
        if lifted.is_set():
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            lifted.clear()
            limit = 0
            say("lifted")
            while writer.status().state.value == "failed":
                time.sleep(0.01)
            status = writer.close()
            say("closed", status.state.value, status.lost, i)
            return
        say("appended", t_ns)
        time.sleep(PERIOD_S)


if __name__ == "__main__":
    main()
