"""The registry: built-in families, matching advertisements, plug-ins good and broken."""

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import numpy as np
import pytest
from sensor_streams import block

from monitor.errors import SensorSetupError, UnknownSensorError
from monitor.sensors import registry, witmotion
from monitor.sensors.base import SensorFamily
from monitor.sensors.edgeml import XIAO
from monitor.sensors.polar_control import Setting
from monitor.sensors.polar_decoder import encode_config
from monitor.sensors.polar_frames import Measurement
from monitor.sensors.scheme import DIY, encode, encode_list

RATE = {Setting.RATE: (50,)}
POLAR = {
    "polar": encode_config({Measurement.ACC: RATE, Measurement.GYRO: RATE}),
    "polar_acc": encode_config({Measurement.ACC: RATE}),
}
CONFIGS = {"openearable2": encode(DIY), "edgeml": encode_list(XIAO), "movesense": b"\x63/Meas/IMU6/52\0", **POLAR}
CONFIGS |= {"metamotion": b"\5\5\3\x10\xd0\7", "esense": b"\2\2\x32"}
PLUG_IN = replace(witmotion.FAMILY, key="acme", name_prefixes=("ACME",), service="acme-service")
NO_FAMILY = "just a string"
MISNAMED = replace(PLUG_IN, key="other")


def test_built_in_families() -> None:
    assert [family.key for family in registry.families()] == [
        "witmotion",
        "openearable2",
        "edgeml",
        "movesense",
        "dot",
        "metamotion",
        "esense",
        "muse",
        "muse_athena",
        "thingy52",
        "bluest",
        "polar",
        "polar_acc",
        "table",
        "table-acc",
    ]
    for family in registry.families():
        assert registry.family(family.key) is family


@pytest.mark.parametrize("family", registry.families(), ids=lambda family: family.key)
def test_the_facts_of_a_family_are_consistent(family: SensorFamily) -> None:
    assert family.label
    assert family.cannot
    assert family.checked_against
    assert not family.rates_hz or family.default_rate_hz in family.rates_hz
    assert family.service == family.service.lower()
    assert family.data == family.data.lower()
    assert family.notification_interval_s > 0
    assert not family.battery_in_data or family.battery_percent is not None
    decoded = family.decoder(CONFIGS.get(family.key, b"")).push(block([b"", b"\x01"]))
    assert len(decoded.samples) == 0
    assert decoded.samples.gyr.shape == (0, 3)
    assert (decoded.samples.tick is None) == (family.clock is None)
    assert decoded.samples.acc.dtype == np.float64


def test_an_unknown_family_names_the_known_ones() -> None:
    with pytest.raises(UnknownSensorError, match=r"witmotion, openearable2, .*table, table-acc"):
        registry.family("nonesuch")


@pytest.mark.parametrize(
    ("name", "services", "key"),
    [
        ("WT901BLE68", [], "witmotion"),
        ("WTSDCL", ["0000180f-0000-1000-8000-00805f9b34fb"], "witmotion"),
        (None, [witmotion.SERVICE.upper()], "witmotion"),
        ("OpenEarable-1A2B", [], "openearable2"),
        ("HeadsUp-IMU", [], "openearable2"),
        ("Movesense 174630000192", [], "movesense"),
        ("Xsens DOT", [], "dot"),
        ("MetaWear", [], "metamotion"),
        ("eSense-0091", [], "esense"),
        ("Muse-1A2B", [], "muse"),
        ("Thingy", [], "thingy52"),
        ("AM1V310", ["00000000-0001-11e1-9ab4-0002a5d5c51b"], "bluest"),
        ("Movella DOT", [], "dot"),
        ("my cap", ["34c2e3bb-34aa-11eb-adc1-0242ac120002"], "openearable2"),
        ("WT pretender", ["34c2e3bb-34aa-11eb-adc1-0242ac120002"], "openearable2"),
        ("", [""], None),
        (None, [], None),
        ("Polar Sense 12345678", [], "polar"),
        ("Polar H10 12345678", [], "polar_acc"),
        ("Polar H9 12345678", [], None),
        ("lamp", ["0000ffe5-0000-1000-8000-00805f9b34fb"], None),
    ],
)
def test_match(name: str | None, services: list[str], key: str | None) -> None:
    found = registry.match(name, services)
    assert (found.key if found else None) == key


def plugged_in(monkeypatch: pytest.MonkeyPatch, **entries: str) -> None:
    points = EntryPoints(EntryPoint(name, value, registry.ENTRY_POINTS) for name, value in entries.items())
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: points.select(group=group))


def test_a_plug_in_is_found_by_key_and_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged_in(monkeypatch, acme=f"{__name__}:PLUG_IN")
    assert registry.family("acme") is PLUG_IN
    assert registry.match("ACME 1", []) is None
    found = registry.plug_ins()
    assert found.families == (PLUG_IN,)
    assert registry.match("ACME 1", [], found.families) is PLUG_IN


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_module_anywhere:FAMILY", "ModuleNotFoundError"),
        (f"{__name__}:NOTHING_HERE", "AttributeError"),
        (f"{__name__}:NO_FAMILY", "it is a str, not a SensorFamily"),
        (f"{__name__}:MISNAMED", "its family calls itself 'other'"),
        ("leaves_at_once:FAMILY", "SystemExit: good bye"),
    ],
)
def test_a_broken_plug_in_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, value: str, reason: str
) -> None:
    (tmp_path / "leaves_at_once.py").write_text("raise SystemExit('good\\n bye')")
    monkeypatch.syspath_prepend(tmp_path)
    plugged_in(monkeypatch, broken=value, acme=f"{__name__}:PLUG_IN")
    with pytest.raises(SensorSetupError, match=reason):
        registry.family("broken")
    found = registry.plug_ins()
    assert found.families == (PLUG_IN,)
    (problem,) = found.problems
    assert str(problem).startswith("sensor plug-in 'broken': loading ")
    assert "\n" not in str(problem)


def test_a_plug_in_cannot_replace_a_built_in_family(monkeypatch: pytest.MonkeyPatch) -> None:
    plugged_in(monkeypatch, witmotion=f"{__name__}:PLUG_IN")
    assert registry.family("witmotion") is witmotion.FAMILY
    assert registry.plug_ins().families == ()


def test_plug_ins_are_not_looked_for_unless_asked() -> None:
    code = (
        "import sys; from monitor.sensors import registry; registry.family('witmotion'); registry.match('WT', []);"
        "print('importlib.metadata' in sys.modules, 'bleak' in sys.modules, 'PySide6' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "False"]
