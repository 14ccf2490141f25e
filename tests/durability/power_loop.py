"""Power cuts in practice: a real ext4 on a loop device, shut down before its journal or its memory is written.

The ioctl is the one that file-system developers test with (FS_IOC_SHUTDOWN, no log flush): from that moment nothing
that was not on the device yet reaches it. Then the device is mounted again, as after a power cut. Needs root.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from tests.durability.kills import LONGEST_S, Killed, child, given_ns, judged, told

SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2
DISK_BYTES = 48 << 20


def missing() -> str:
    """Why it cannot be done here, in words; '' where it can."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root may mount"
    if not all(map(shutil.which, ("mount", "umount", "mkfs.ext4"))):
        return "mount or mkfs.ext4 is not installed"
    with tempfile.TemporaryDirectory() as name:
        try:
            with small_disk(Path(name), 8 << 20):
                return ""
        except subprocess.CalledProcessError as error:
            return f"mount says: {error.stderr.decode(errors='replace').strip()}"


@contextmanager
def small_disk(folder: Path, size: int = DISK_BYTES) -> Iterator[Path]:
    """A fresh ext4 of so many bytes, mounted. Raises CalledProcessError."""
    image, place = folder / "disk.img", folder / "disk"
    with image.open("wb") as file:
        file.truncate(size)
    _run("mkfs.ext4", "-q", "-F", str(image))
    place.mkdir(exist_ok=True)
    _run("mount", "-o", "loop", str(image), str(place))
    try:
        yield place
    finally:
        _unmount(place)


def cut_power(place: Path) -> None:
    """Shut the file system down as it is on its device, and mount it again. Raises OSError or CalledProcessError."""
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
    finally:
        os.close(handle)


def mount_again(folder: Path) -> None:
    """After a cut, once nobody has a file open there. Raises CalledProcessError."""
    _unmount(folder / "disk")
    _run("mount", "-o", "loop", str(folder / "disk.img"), str(folder / "disk"))


def power_cut(number: int, seed: int, longest_s: float = LONGEST_S) -> Killed:
    """Record on a disk of its own, cut the power at a random moment, read what is left."""
    after_s = float(np.random.default_rng([seed, number]).uniform(0, longest_s))
    with tempfile.TemporaryDirectory(prefix="headsup-power-") as name, small_disk(Path(name)) as disk:
        path = disk / "run.headsup"
        with child("record", path, ledger=Path(name) / "ledger") as (process, ledger):
            assert process.stdout is not None
            lines = [process.stdout.readline(), process.stdout.readline()]
            reader = threading.Thread(target=lines.extend, args=(process.stdout,))
            reader.start()
            time.sleep(after_s)
            # Stopped first, so that nothing is given or promised between the two looks.
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.05)
            given, promised = given_ns(ledger), told(list(lines))
            cut_power(disk)
            process.kill()
            process.wait()
            reader.join()
        mount_again(Path(name))
        if not path.exists():
            return Killed(number, after_s, 0.0, 0.0, "the recording is gone")
        return judged(path, number, after_s, given, promised)


def power_cuts_in_practice(times: int, seed: int, at_once: int = 3) -> list[Killed]:
    """So many cuts, each on a new disk."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda number: power_cut(number, seed), range(times)))


def _unmount(place: Path) -> None:
    for _ in range(50):  # a killed process lets go of its files a moment later
        with suppress(subprocess.CalledProcessError):
            _run("umount", str(place))
            return
        time.sleep(0.1)
    _run("umount", "-l", str(place))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
