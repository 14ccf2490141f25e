"""Compiling the reference firmware for this computer, with every warning an error."""

import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "firmware_notes" / "diy" / "src"
STRICT = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wvla", "-Werror"]


def compiler(name: str) -> str:
    """Where it is; the test is skipped where there is none."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this computer: the reference firmware is not compiled here")
    return found


def compiled(command: list[str]) -> None:
    """Runs a compiler that must have nothing to say."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
