"""The program listens to nobody: a live run with its window holds no listening socket and no connection."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROBE = """
import json, os, re, sys, threading, time
from pathlib import Path

def sockets():
    mine = set()
    for entry in os.scandir("/proc/self/fd"):
        try:
            found = re.fullmatch(r"socket:\\[(\\d+)\\]", os.readlink(entry.path))
        except OSError:
            continue
        if found:
            mine.add(found[1])
    held = []
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        table = Path("/proc/self/net") / kind
        if table.exists():
            for line in table.read_text().splitlines()[1:]:
                cells = line.split()
                if cells[9] in mine:
                    held.append([kind, cells[1], cells[2], cells[3]])
    return held

if sys.argv[1] == "control":
    import socket
    server = socket.create_server(("127.0.0.1", 0))
    print("SOCKETS", json.dumps(sockets()))
    raise SystemExit

seen = []
def watch():
    for _ in range(400):  # a busy computer takes its time to begin
        if Path(sys.argv[1]).exists():
            break
        seen.extend(sockets())
        time.sleep(0.1)
    for _ in range(12):
        time.sleep(0.5)
        seen.extend(sockets())
    print("SOCKETS", json.dumps(seen), flush=True)
    os._exit(0)

threading.Thread(target=watch, daemon=True).start()
from monitor.cli import main
main(sys.argv[2:])
time.sleep(10)
"""


def sockets_of(tmp_path: Path, begun: str, *arguments: str) -> list[list[str]]:
    """Internet sockets that a child held at any moment until the file `begun` is there, or at twelve after that: kind,
    local, remote, state."""
    ended = subprocess.run(
        [sys.executable, "-c", _PROBE, begun, *arguments],
        env={
            "HEADSUP_HOME": str(tmp_path),
            "QT_QPA_PLATFORM": "offscreen",
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    told = [line for line in ended.stdout.splitlines() if line.startswith("SOCKETS ")]
    assert told, ended.stdout + ended.stderr
    found: list[list[str]] = json.loads(told[-1].removeprefix("SOCKETS "))
    return found


pytestmark = pytest.mark.skipif(not Path("/proc/self/net/tcp").exists(), reason="needs /proc")


def test_the_probe_sees_a_listener(tmp_path):
    assert any(state == "0A" for _, _, _, state in sockets_of(tmp_path, "control"))


@pytest.mark.slow
@pytest.mark.parametrize("extra", [["--no-gui"], []], ids=["terminal", "window"])
def test_a_live_run_opens_no_socket(tmp_path, extra):
    """SIMULATED, six seconds, in the terminal and with the window offscreen."""
    record = str(tmp_path / "run.headsup")
    assert sockets_of(tmp_path, record, "live", "--simulate", "--record", record, *extra) == []


LISTENING = "0A"
LSL_PORTS = range(16571, 16605)
"""What the Lab Streaming Layer uses by default: 16571 to be found, two for each stream from 16572 on."""


@pytest.mark.slow
def test_with_lsl_asked_for_only_its_own_ports_are_bound(tmp_path):
    """SIMULATED: three streams (head, collar, events), and nothing is connected to."""
    pytest.importorskip("pylsl", reason="pylsl or its library is not installed", exc_type=(ImportError, RuntimeError))
    record = str(tmp_path / "run.headsup")
    held = sockets_of(tmp_path, record, "live", "--simulate", "--no-gui", "--lsl", "--record", record)
    assert any(state == LISTENING for _, _, _, state in held), "the outlet binds"
    assert {int(local.rsplit(":", 1)[1], 16) for _, local, _, _ in held} <= set(LSL_PORTS)
    assert all(int(remote.rsplit(":", 1)[1], 16) == 0 for _, _, remote, _ in held), "no connection of its own"
