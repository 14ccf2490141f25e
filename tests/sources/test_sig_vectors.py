"""The standard services against every public packet there is: heart rate, running speed, treadmill data, battery.

Of a treadmill's record the product reads speed, distance, inclination and ramp angle, and nothing behind them; the
machine's supported ranges it does not ask for.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import DecodeError
from monitor.sensors.battery_level import read_battery
from monitor.sources import ftms, heart_rate, running_speed

NOT_READ = {"avg_speed_kmh", "elev_gain_pos_m", "elev_gain_neg_m", "pace_raw", "avg_pace_raw", "energy_kcal"}
NOT_READ |= {"energy_kcal_h", "energy_kcal_min", "hr_bpm", "elapsed_s", "remaining_s", "force_n", "power_w"}
NOT_ASKED_FOR = {"SIG FTMS Supported Speed Range", "SIG FTMS Supported Inclination Range"}


def vectors(shared_data: Path, sensor: str) -> list[dict[str, Any]]:
    lines = [
        line
        for name in ("vectors.jsonl", "vectors_constructed.jsonl")
        for line in (shared_data / "vectors" / name).read_text("utf-8").splitlines()
    ]
    return [each for each in map(json.loads, lines) if each["sensor"].startswith(sensor)]


def same(ours: float, expected: float | None, tolerance: float) -> bool:
    return math.isnan(ours) if expected is None else ours == pytest.approx(expected, abs=tolerance)


def test_heart_rate(shared_data: Path) -> None:
    found = vectors(shared_data, "SIG Heart Rate")
    for each in found:
        beat, expected = heart_rate.decode(bytes.fromhex(each["hex"])), dict(each["expected"])
        if expected.pop("contact_supported", False):
            assert beat.contact is expected.pop("contact_detected"), each["id"]
        told = {
            "hr_bpm": beat.bpm,
            "energy_kj": beat.energy_kj,
            "rr_1024": [round(s * 1024) for s in beat.intervals_s],
            "rr_ms_rounded": [round(s * 1000) for s in beat.intervals_s],
        }
        assert {key: told[key] for key in expected} == expected, each["id"]
    assert len(found) == 12


def test_running_speed(shared_data: Path) -> None:
    found = vectors(shared_data, "SIG Running Speed")
    for each in found:
        pace, expected = running_speed.decode(bytes.fromhex(each["hex"])), each["expected"]
        told = {
            "speed_mps": pace.speed_m_s,
            "cadence_spm": pace.cadence_per_min,
            "running": pace.running,
            "stride_m": pace.stride_m,
            "distance_m": pace.distance_m,
        }
        for key, value in expected.items():
            assert same(told[key], value, each["tolerance"]), (each["id"], key)
    assert len(found) == 2


def test_treadmill_data(shared_data: Path) -> None:
    found = vectors(shared_data, "SIG FTMS Treadmill Data")
    for each in found:
        data, expected = bytes.fromhex(each["hex"]), each["expected"]
        if "error" in expected:
            with pytest.raises(DecodeError):
                ftms.decode(data)
            continue
        record = ftms.decode(data)
        told = {
            "speed_kmh": record.speed_m_s * 3.6,
            "distance_m": record.distance_m,
            "incline_pct": record.inclination * 100,
            "ramp_deg": record.ramp_deg,
            "more_data": record.more,
        }
        for key, value in expected.items():
            if each["id"] == "ftms-max" and key == "speed_kmh":
                # That test suite reads 0xFFFF as 655.35 km/h; the service's text keeps it for 'not available'.
                assert math.isnan(record.speed_m_s)
            elif key not in NOT_READ:
                assert same(told[key], value, each["tolerance"]), (each["id"], key)
    assert len(found) == 16


def test_battery_level(shared_data: Path) -> None:
    found = vectors(shared_data, "SIG Battery")
    for each in found:
        recipe = read_battery()
        next(recipe)
        with pytest.raises(StopIteration) as done:
            recipe.send(bytes.fromhex(each["hex"]))
        assert done.value.value == each["expected"]["battery_pct"], each["id"]
    assert len(found) == 3


def test_no_other_public_packet_is_left_out(shared_data: Path) -> None:
    left = {each["sensor"] for each in vectors(shared_data, "SIG")} - NOT_ASKED_FOR
    assert left == {
        "SIG Heart Rate",
        "SIG Running Speed and Cadence",
        "SIG FTMS Treadmill Data",
        "SIG Battery",
    }
