"""The board sketches, compiled against stand-ins for the Arduino libraries and run: no board has seen them yet."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from firmware_build import compiled, compiler

from monitor.sensors.imu_layout import imu_layout
from monitor.sensors.openearable import FAMILY
from monitor.sensors.scheme import parse
from monitor.sensors.scheme_decoder import SchemeDecoder
from monitor.values import STANDARD_GRAVITY, join_packets, packet

FOLDER = Path(__file__).resolve().parents[2] / "firmware_notes" / "diy"
HERE = Path(__file__).parent
DATA, CONFIGURATION, DESCRIPTION = "34c2e3bc", "34c2e3be", "caa25cbb"
BOARDS = {"XiaoSense": (104.0, 2049.18, 14.2857), "NanoSenseRev2": (100.0, 2048.0, 16.384)}
"""Highest rate, counts per g, counts per deg/s."""

Run = Callable[..., list[str]]


@pytest.fixture(scope="session", params=list(BOARDS))
def board(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Run]:
    """A board's name, and a function that runs its sketch on a script and gives what it printed."""
    name: str = request.param
    program = tmp_path_factory.mktemp("board") / name
    core = program.parent
    objects = []
    for path in sorted((FOLDER / "src").glob("*.c")):
        objects.append(str(core / f"{path.stem}.o"))
        compiled([compiler("gcc"), "-std=c99", "-Wall", "-Wextra", "-Werror", "-c", str(path), "-o", objects[-1]])
    sketch = FOLDER / "examples" / name / f"{name}.ino"
    compiled(
        [
            compiler("g++"), "-std=gnu++14", "-Wall", "-Wextra", "-Werror", f"-I{HERE / 'arduino_fakes'}",
            f"-I{FOLDER / 'src'}", f'-DSKETCH="{sketch}"', str(HERE / "board_program.cpp"),
            str(FOLDER / "src" / "HeadsUpBoard.cpp"), *objects, "-o", str(program),
        ]
    )  # fmt: skip

    def run(*script: str, code: int = 0) -> list[str]:
        done = subprocess.run(
            [str(program)], input="\n".join(script), capture_output=True, text=True, timeout=20, check=False
        )
        assert done.returncode == code, done.stderr
        return done.stdout.splitlines()

    return name, run


START = f"write {CONFIGURATION} 000101"
CONNECT = ("setup", "mtu 247", f"subscribe {DATA}")


def samples(n: int, first_us: int, step_us: float = 10_000, stale: int = 1) -> list[str]:
    """Commands: n samples that count up, from a time START, behind one that was measured before anybody listened."""
    return [
        f"sample {first_us + round(i * step_us)} " + " ".join(str(100 * axis + i) for axis in range(6))
        for i in range(-stale, n)
    ]


def notified(lines: list[str]) -> list[bytes]:
    return [bytes.fromhex(line.split()[2]) for line in lines if line.startswith(f"notify {DATA} ")]


def read(lines: list[str], what: str) -> list[str]:
    return [line.partition(f"read {what} ")[2] for line in lines if line.startswith(f"read {what} ")]


def test_what_it_says_and_sends_is_read_by_our_driver(board: tuple[str, Run]) -> None:
    name, run = board
    rate_hz, per_g, per_dps = BOARDS[name]
    lines = run(*CONNECT, f"read {DESCRIPTION}", START, *samples(32, 5_000_000, 1e6 / rate_hz))
    assert "name HeadsUp-1A2B" in lines
    assert f"advertised {FAMILY.service}" in lines
    assert "interval 12 24" in lines
    (description,) = read(lines, DESCRIPTION)
    scheme = parse(bytes.fromhex(description))
    assert scheme.rates_hz[scheme.default] == rate_hz
    assert imu_layout(scheme).gyr is not None
    decoded = SchemeDecoder(bytes.fromhex(description)).push(
        join_packets([packet("head", 1 + i, data) for i, data in enumerate(notified(lines))])
    )
    assert decoded.errors == ()
    assert len(decoded.samples) == 32
    assert len(notified(lines)) == 4
    assert decoded.samples.tick is not None
    expected_us = 5_000_000 + np.rint(np.arange(32) * 1e6 / rate_hz)
    assert np.abs(decoded.samples.tick - expected_us).max() <= 4
    counts = np.arange(32)
    for axis in range(3):
        np.testing.assert_allclose(decoded.samples.acc[:, axis] / STANDARD_GRAVITY * per_g, 100 * axis + counts)
        np.testing.assert_allclose(np.degrees(decoded.samples.gyr[:, axis]) * per_dps, 300 + 100 * axis + counts)


def test_the_imu_is_set_to_sixteen_g_and_the_rate_asked_for(board: tuple[str, Run]) -> None:
    name, run = board
    lines = run(*CONNECT, f"write {CONFIGURATION} 000001", START)
    told = [line for line in lines if line.startswith("register")]
    if name == "XiaoSense":
        assert told == [
            f"register {at}" for at in ("10 34", "11 3c", "12 44", "10 44", "11 4c", "12 44")
        ]  # fmt: skip
    else:
        assert told == ["register acc 07 range 03", "register acc 08 range 03"]


def test_commands_it_cannot_follow_change_nothing(board: tuple[str, Run]) -> None:
    _, run = board
    bad = ("", "00", "0001", "00010100", "000000484200000000", "010101", "000201", "000103", "00" * 30)
    asks = chain.from_iterable((f"write {CONFIGURATION} {hex_}", f"read {CONFIGURATION}") for hex_ in bad)
    lines = run(*CONNECT, START, f"read {CONFIGURATION}", *asks)
    assert read(lines, CONFIGURATION) == ["000101"] * (1 + len(bad))
    lines = run(*CONNECT, *(f"write {CONFIGURATION} {hex_}" for hex_ in bad), *samples(32, 5_000_000))
    assert notified(lines) == []


def test_the_life_of_a_stream(board: tuple[str, Run]) -> None:
    _, run = board
    assert notified(run("setup", "mtu 247", START, *samples(20, 1_000_000))) == [], "nobody has subscribed"
    lines = run(
        *CONNECT, START, *samples(12, 1_000_000), f"unsubscribe {DATA}", *samples(12, 2_000_000),
        f"subscribe {DATA}", *samples(8, 3_000_000, stale=0),
    )  # fmt: skip
    first = [int.from_bytes(data[2:10], "little") for data in notified(lines)]
    assert first == [1_000_000, 3_000_000], "the half notification and what came meanwhile are forgotten"
    lines = run(*CONNECT, START, *samples(8, 1_000_000), f"write {CONFIGURATION} 000000", *samples(9, 2_000_000))
    assert len(notified(lines)) == 1
    lines = run(
        *CONNECT, START, *samples(8, 1_000_000), "disconnect", "at 1100000", "mtu 247", f"subscribe {DATA}",
        *samples(9, 2_000_000), f"read {CONFIGURATION}", START, *samples(8, 3_000_000, stale=0),
    )  # fmt: skip
    assert [int.from_bytes(data[2:10], "little") for data in notified(lines)] == [1_000_000, 3_000_000]
    assert read(lines, CONFIGURATION) == ["000000"]
    assert lines.count("advertise") == 2


def test_on_a_small_link_it_sends_fewer_samples_or_none(board: tuple[str, Run]) -> None:
    _, run = board
    lines = run("setup", "mtu 64", f"subscribe {DATA}", START, *samples(28, 1_000_000))
    cut, *whole = notified(lines)
    assert len(cut) == 61, "the first shows how small the link is"
    assert {len(data) for data in whole} == {10 + 4 * 12 + 2}
    assert len(whole) == 5
    lines = run("setup", "mtu 23", f"subscribe {DATA}", START, *samples(28, 1_000_000))
    assert len(notified(lines)) == 1


def test_the_clock_runs_on_past_the_timer_s_end_while_nobody_listens(board: tuple[str, Run]) -> None:
    _, run = board
    quiet = [f"at {minute * 60_000_000 % 2**32}" for minute in range(0, 160, 20)]
    begin = 160 * 60_000_000
    lines = run(*CONNECT, *quiet, START, *samples(8, begin % 2**32))
    (data,) = notified(lines)
    assert int.from_bytes(data[2:10], "little") == begin


def test_an_imu_that_is_mute_stops_the_board_with_a_light(board: tuple[str, Run]) -> None:
    _, run = board
    assert run("mute", "setup", code=3) == ["stopped"]
    lines = run(*CONNECT, "mute", START, *samples(20, 1_000_000), f"read {CONFIGURATION}")
    assert notified(lines) == []
    assert read(lines, CONFIGURATION) == ["000100"], "it says that it does not stream"


def test_battery_only_where_it_is_measured(board: tuple[str, Run]) -> None:
    name, run = board
    lines = run("battery 400", "setup", "read 2A19", "battery 440", "at 61000000", "read 2A19")
    if name == "XiaoSense":
        assert [int(level, 16) for level in read(lines, "2A19")] == [48, 100]
    else:
        assert read(lines, "2A19") == ["absent", "absent"]
