"""The test frames beside the specification: our decoder, our encoder, the C core and the printed page agree on them."""

import ctypes
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from firmware_core import Packer, Stream, configured, described, profile, profile_of, requested, samples_for_mtu

from monitor.sensors.base import Decoded
from monitor.sensors.scheme import DIY, F32, I16, diy_scheme, encode, parse
from monitor.sensors.scheme_decoder import SchemeDecoder, encode_notification
from monitor.values import packet

FOLDER = Path(__file__).resolve().parents[2] / "firmware_notes" / "diy"
FRAMES: dict[str, Any] = json.loads((FOLDER / "frames.json").read_text("utf-8"))
DESCRIPTIONS = {each["name"]: bytes.fromhex(each["hex"]) for each in FRAMES["descriptions"]}


def named(kind: str) -> list[Any]:
    return [pytest.param(each, id=each["name"]) for each in FRAMES[kind]]


def decoded(frame: dict[str, Any]) -> Decoded:
    return SchemeDecoder(DESCRIPTIONS[frame["description"]]).push(packet("head", 1, bytes.fromhex(frame["hex"])))


@pytest.mark.parametrize("frame", named("descriptions"))
def test_descriptions(core: ctypes.CDLL, frame: dict[str, Any]) -> None:
    data = bytes.fromhex(frame["hex"])
    scheme = parse(data)
    assert scheme.components == diy_scheme(frame["type"], frame["acc_unit"], frame["gyr_unit"]).components
    assert (list(scheme.rates_hz), scheme.default) == (frame["rates_hz"], frame["default"])
    assert encode(scheme) == data
    what = profile(frame["type"], frame["acc_unit"], frame["gyr_unit"], frame["rates_hz"], frame["default"])
    assert described(core, what) == data


@pytest.mark.parametrize("frame", named("notifications"))
def test_notifications(core: ctypes.CDLL, frame: dict[str, Any]) -> None:
    got = decoded(frame)
    assert got.errors == ()
    assert got.samples.tick is not None
    assert got.samples.tick.tolist() == frame["t_us"]
    np.testing.assert_allclose(got.samples.acc, frame["acc_m_s2"], rtol=1e-12)
    np.testing.assert_allclose(np.degrees(got.samples.gyr), frame["gyr_deg_s"], rtol=1e-12)
    scheme = parse(DESCRIPTIONS[frame["description"]])
    gyr = np.radians(frame["gyr_deg_s"])
    step = int(frame["t_us"][1] - frame["t_us"][0]) if len(frame["t_us"]) > 1 else 0
    assert encode_notification(frame["t_us"][0], np.array(frame["acc_m_s2"]), gyr, step, scheme).hex() == frame["hex"]

    kind = scheme.components[0].kind
    number = np.dtype("<f4" if kind == F32 else "<i2")
    rows = np.frombuffer(bytes.fromhex(frame["hex"]), number, 6 * len(frame["t_us"]), 10).reshape(-1, 6).tolist()
    packer = Packer(core, kind, len(rows), 1e6 / step if step else 100.0)
    sent = [part for t_us, row in zip(frame["t_us"], rows, strict=True) for part in packer.add(t_us, row)]
    assert [part.hex() for part in sent] == [frame["hex"]]


@pytest.mark.parametrize("frame", named("refused"))
def test_refused(frame: dict[str, Any]) -> None:
    got = decoded(frame)
    assert len(got.samples) == 0
    assert len(got.errors) == 1


def test_commands(core: ctypes.CDLL) -> None:
    for frame in FRAMES["commands"]:
        data = bytes.fromhex(frame["hex"])
        if frame["characteristic"] == "request":
            assert requested(core, data) == frame["att_error"], frame["about"]
        else:
            assert configured(core, Stream(), profile_of(DIY), data) == frame["att_error"], frame["about"]


def test_the_page_prints_these_frames_and_no_others() -> None:
    """Blocks of hex in SPEC.md stand under a line that names the frame, such as '`f32-one`:'."""
    page = (FOLDER / "SPEC.md").read_text("utf-8")
    printed = re.findall(r"^`([\w-]+)`[^\n]*:\n\n((?:    [0-9a-f ]+\n)+)", page, re.M)
    known = {each["name"]: each["hex"] for kind in ("descriptions", "notifications") for each in FRAMES[kind]}
    assert {"f32", "f32-one", "f32-four", "i16-three"} <= {name for name, _ in printed}
    for name, block in printed:
        assert "".join(block.split()) == known[name], name
    assert len(printed) == len(re.findall(r"(?:^    (?:[0-9a-f]{2} ){3,}.*\n)+", page, re.M))
    assert f"Profile {FRAMES['profile']}" in page


def test_the_budget_is_what_the_core_sends(core: ctypes.CDLL) -> None:
    """Bytes, least MTU, notifications and bytes per second at 100 Hz, row by row of README.md."""
    page = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (f32|i16) \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \| (\d+) \| (\d+)", page, re.M)
    assert len(rows) == 6
    for kind_name, *numbers in rows:
        n, size, mtu, per_s, bytes_per_s, delay_ms = (float(number) for number in numbers)
        kind = F32 if kind_name == "f32" else I16
        packer = Packer(core, kind, int(n), 100.0)
        (sent,) = [part for i in range(int(n)) for part in packer.add(10_000 * i, [0] * 6)]
        assert len(sent) == size
        assert samples_for_mtu(core, kind, int(mtu), 255) == n
        assert samples_for_mtu(core, kind, int(mtu) - 1, 255) == n - 1
        assert (per_s, bytes_per_s, delay_ms) == (round(100 / n, 1), round(100 / n * size), 10 * (n - 1))
