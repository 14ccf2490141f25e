"""When readable data last came: by what is decoded, not by what arrives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from monitor.sensors import witmotion
from monitor.sensors.base import Decoded
from monitor.sensors.registry import families, family
from monitor.sources.data_pulse import CHECK_S, DataPulse
from monitor.values import PacketBlock

FRAME = witmotion.encode_frames(np.array([[0.0, 0.0, 9.8]]), np.zeros((1, 3)))
NONSENSE = b"?" * 20
SAID = json.loads((Path(__file__).parents[1] / "fuzz" / "seeds.json").read_text("utf-8"))
"""What each family's virtual sensor says, SIMULATED."""


class Counting:
    """A decoder that counts how often it is asked, and of how many notifications."""

    def __init__(self) -> None:
        self.inner = witmotion.WitMotionDecoder()
        self.asked: list[int] = []

    def push(self, packets: PacketBlock) -> Decoded:
        self.asked.append(len(packets.t_ns))
        assert np.all(np.diff(packets.t_ns) > 0)
        return self.inner.push(packets)

    def reset(self) -> None:
        self.inner.reset()


def test_samples_make_it_flow_and_are_not_decoded_one_by_one() -> None:
    decoder = Counting()
    pulse = DataPulse(decoder, 10.0)
    times = 10.0 + np.arange(1, 301) / 100
    assert all(pulse.take(t, FRAME) for t in times)
    assert pulse.last_s == pulse.heard_s == times[-1]
    assert not pulse.unreadable
    assert len(decoder.asked) <= 2 + 3.0 / CHECK_S


def test_nonsense_never_flows() -> None:
    pulse = DataPulse(witmotion.WitMotionDecoder(), 10.0)
    assert not any(pulse.take(10.0 + i / 10, NONSENSE) for i in range(1, 50))
    assert pulse.last_s == 10.0
    assert pulse.unreadable


def test_a_stream_that_turns_to_nonsense_is_dated_when_it_turned() -> None:
    pulse = DataPulse(witmotion.WitMotionDecoder(), 0.0)
    for i in range(1, 101):
        assert pulse.take(i / 100, FRAME)
    flowed = [pulse.take(i / 100, NONSENSE) for i in range(101, 201)]
    assert not flowed[-1]
    assert flowed.count(True) <= 100 * CHECK_S
    assert 1.0 - CHECK_S <= pulse.last_s <= 1.0 + CHECK_S
    assert pulse.take(2.01, FRAME) or pulse.take(2.02, FRAME + FRAME), "it flows again at once"
    assert not pulse.unreadable


def test_a_little_nonsense_in_between_changes_nothing() -> None:
    pulse = DataPulse(witmotion.WitMotionDecoder(), 0.0)
    for i in range(1, 301):
        pulse.take(i / 100, NONSENSE if i % 3 == 0 else FRAME)
        assert i / 100 - pulse.last_s < 0.1


def test_silence_is_silence() -> None:
    pulse = DataPulse(witmotion.WitMotionDecoder(), 0.0)
    pulse.take(1.0, FRAME)
    assert pulse.last_s == 1.0
    assert not pulse.unreadable


def test_a_decoder_that_fails_is_no_readable_data() -> None:
    class Failing(Counting):
        def push(self, packets: PacketBlock) -> Decoded:
            raise ZeroDivisionError

    pulse = DataPulse(Failing(), 0.0)
    assert not pulse.take(1.0, FRAME)
    assert pulse.unreadable


def test_much_at_once_is_not_held_for_long() -> None:
    decoder = Counting()
    pulse = DataPulse(decoder, 0.0)
    for i in range(1000):
        pulse.take(1.0 + i * 1e-6, FRAME * 12)
    assert max(decoder.asked) < 100


NO_HEADERS = {"muse", "bluest"}
"""Their notifications are numbers from the first byte to the last: whatever is as long can be read."""


@pytest.mark.parametrize("key", [family.key for family in families() if family.data])
@pytest.mark.parametrize("size", [1, 20, 46, 244])
def test_every_family_that_can_tells_nonsense_from_data(key: str, size: int) -> None:
    target, said = family(key), SAID[key]
    config = bytes.fromhex(said["config"])
    payload = (b"\0" if target.more_data else b"") + b"?" * size
    pulse = DataPulse(target.decoder(config), 0.0)
    flowed = [pulse.take(i / 10, payload) for i in range(1, 20)]
    assert flowed[-1] == (key in NO_HEADERS and size == 20)
    pulse = DataPulse(target.decoder(config), 0.0)
    assert all(pulse.take(i / 10, bytes.fromhex(data)) for i, data in enumerate(said["notifications"], 1))
