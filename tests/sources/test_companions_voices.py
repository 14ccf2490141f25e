"""What treadmill, foot pod and heart strap say for the log: on a change, at most once per second, NaN when lost."""

from __future__ import annotations

import math
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import DecodeError
from monitor.simulator.heart_device import encode_heart_rate
from monitor.simulator.treadmill_device import Belt, encode_running_speed, encode_split, encode_treadmill
from monitor.sources import ftms, heart_rate, running_speed
from monitor.sources.companion_voices import HeartVoice, OncePerSecond, Voice, voices
from monitor.sources.companions import CompanionKind
from monitor.values import NS_PER_S, Ground, HeartRate

NAN = math.nan
STOP = bytes((2, 1))


def ns(t_s: float) -> int:
    return round(t_s * NS_PER_S)


class Ears:
    """Both devices that tell of the ground, and what they told: (seconds, speed, grade, source)."""

    def __init__(self) -> None:
        both = voices((CompanionKind.TREADMILL, CompanionKind.FOOT_POD))
        self.treadmill, self.pod = both[CompanionKind.TREADMILL], both[CompanionKind.FOOT_POD]
        self.told: list[tuple[float, float, float, str]] = []

    def _keep(self, entry: Ground | HeartRate | None) -> None:
        if entry is not None:
            assert isinstance(entry, Ground)
            self.told.append((entry.t_ns / NS_PER_S, round(entry.speed_m_s, 3), round(entry.grade, 3), entry.source))

    def belt(self, t_s: float, speed_m_s: float, grade: float = NAN, distance_m: float = 0.0) -> None:
        self.raw(t_s, encode_treadmill(Belt(speed_m_s, grade), distance_m, t_s))

    def raw(self, t_s: float, data: bytes, characteristic: str = ftms.TREADMILL_DATA) -> None:
        self._keep(self.treadmill.hear(characteristic, data, ns(t_s)))

    def foot(self, t_s: float, speed_m_s: float) -> None:
        self._keep(self.pod.hear(running_speed.MEASUREMENT, encode_running_speed(speed_m_s), ns(t_s)))

    def hush(self, voice: Voice, t_s: float, *, linked: bool = False) -> None:
        self._keep(voice.hush(ns(t_s), linked=linked))


def same(a: list[tuple[float, float, float, str]], b: list[tuple[float, float, float, str]]) -> bool:
    """Equal, where NaN equals NaN."""
    return repr(a) == repr(b)


def test_speed_and_grade_are_told_when_they_change() -> None:
    ears = Ears()
    for second in range(10):
        ears.belt(float(second), 3.0 if second < 5 else 3.5, 0.01 if second < 7 else 0.04)
    assert ears.told == [(0, 3, 0.01, "treadmill"), (5, 3.5, 0.01, "treadmill"), (7, 3.5, 0.04, "treadmill")]


def test_a_belt_that_stops_is_told_as_zero_at_once() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0)
    ears.belt(1.0, 2.0)
    ears.belt(1.3, 0.0)
    assert ears.told[-1][:2] == (1.3, 0.0)


def test_a_stop_on_the_status_channel_counts_until_the_next_speed() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0, 0.02)
    ears.raw(1.1, STOP, ftms.MACHINE_STATUS)
    assert ears.told[-1] == (1.1, 0.0, 0.02, "treadmill")
    ears.raw(1.2, b"\x04\x00", ftms.MACHINE_STATUS)  # started: not yet a speed
    assert len(ears.told) == 2
    ears.belt(4.0, 1.0, 0.02)
    assert ears.told[-1][:2] == (4.0, 1.0)


def test_a_lost_treadmill_is_told_once() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0, 0.02)
    ears.hush(ears.treadmill, 0.4)
    ears.hush(ears.treadmill, 0.5)
    assert same(ears.told[1:], [(0.4, NAN, NAN, "treadmill")])
    ears.belt(9.0, 3.0)
    assert same(ears.told[2:], [(9.0, 3.0, NAN, "treadmill")]), "the old incline does not come back with it"


def test_a_belt_that_stands_still_stands_while_the_machine_says_no_more() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0, 0.02)
    ears.belt(1.0, 0.0, 0.02)
    ears.hush(ears.treadmill, 6.0, linked=True)
    assert ears.told[-1] == (1.0, 0.0, 0.02, "treadmill")
    ears.belt(30.0, 2.0, 0.02)
    ears.hush(ears.treadmill, 36.0, linked=True)  # silent while it moved: nobody knows
    assert same(ears.told[2:], [(30.0, 2.0, 0.02, "treadmill"), (36.0, NAN, NAN, "treadmill")])
    ears.belt(40.0, 0.0)
    ears.hush(ears.treadmill, 45.0, linked=True)
    ears.hush(ears.treadmill, 100.0)  # lost
    assert same(ears.told[4:], [(40.0, 0.0, NAN, "treadmill"), (100.0, NAN, NAN, "treadmill")])


def test_a_stop_right_before_the_silence_is_told_all_the_same() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0)
    ears.raw(0.3, STOP, ftms.MACHINE_STATUS)
    assert len(ears.told) == 1, "too soon after the first"
    ears.hush(ears.treadmill, 5.3, linked=True)
    assert same(ears.told[1:], [(5.3, 0.0, NAN, "treadmill")])


def test_one_that_never_said_anything_is_not_told_as_lost() -> None:
    ears = Ears()
    ears.hush(ears.treadmill, 1.0)
    ears.hush(ears.pod, 1.0)
    ears.raw(2.0, bytes.fromhex("0000ffff"))
    ears.hush(ears.treadmill, 3.0)
    assert ears.told == []


def test_the_treadmill_counts_over_the_foot_pod_which_stands_in_for_it() -> None:
    ears = Ears()
    ears.foot(0.0, 2.5)
    ears.belt(1.0, 3.0, 0.02)
    ears.foot(2.0, 2.75)
    ears.hush(ears.treadmill, 3.0)
    ears.foot(4.0, 2.5)
    ears.hush(ears.pod, 5.0)
    expected = [
        (0.0, 2.5, NAN, "foot_pod"),
        (1.0, 3.0, 0.02, "treadmill"),
        (3.0, 2.75, NAN, "foot_pod"),
        (4.0, 2.5, NAN, "foot_pod"),
        (5.0, NAN, NAN, "foot_pod"),
    ]
    assert same(ears.told, expected)


def test_a_treadmill_without_a_speed_gives_the_grade_and_the_pod_the_speed() -> None:
    ears = Ears()
    ears.raw(0.0, struct.pack("<HHhh", 0x0008, 0xFFFF, 30, 17))
    ears.foot(1.0, 2.5)
    assert same(ears.told, [(0.0, NAN, 0.03, "treadmill"), (1.0, 2.5, 0.03, "foot_pod")])


def test_a_record_in_parts_is_told_whole() -> None:
    ears = Ears()
    for second in range(3):
        for part in encode_split(Belt(3.0 + second, 0.01 * second), 10.0 * second, second):
            ears.raw(float(second), part)
    assert [told[1:3] for told in ears.told] == [(3.0, 0.0), (4.0, 0.01), (5.0, 0.02)]


def test_an_incline_told_only_now_and_then_holds() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0, 0.05)
    ears.belt(1.0, 3.5)
    assert ears.told[-1] == (1.0, 3.5, 0.05, "treadmill")


def test_a_machine_that_tells_zero_while_it_runs_is_not_believed_a_stop() -> None:
    ears = Ears()
    for second in range(20):
        ears.belt(float(second), 0.0, 0.01, distance_m=3.0 * second)
    assert same([told[1:3] for told in ears.told], [(0.0, 0.01), (NAN, 0.01)])  # type: ignore[list-item]
    ears.belt(30.0, 3.0, 0.01, distance_m=90.0)
    assert ears.told[-1][1] == 3.0


def test_a_belt_that_stands_for_long_stays_at_zero_also_when_the_machine_counts_anew() -> None:
    ears = Ears()
    ears.belt(0.0, 3.0, distance_m=5000.0)
    for second in range(1, 60):
        ears.belt(float(second), 0.0, distance_m=5001.0 if second < 30 else 0.0)
    assert [told[1] for told in ears.told] == [3.0, 0.0]


@pytest.mark.parametrize("speed_m_s", [15.1, 100.0])
@pytest.mark.parametrize("grade", [1.5, -3.0])
def test_what_no_runner_does_is_not_known(speed_m_s: float, grade: float) -> None:
    ears = Ears()
    ears.belt(0.0, 3.0, 0.02)
    ears.belt(1.0, speed_m_s, grade)
    assert same(ears.told[1:], [(1.0, NAN, NAN, "treadmill")])


@given(st.lists(st.tuples(st.floats(0.001, 3), st.sampled_from([0.0, 1.0, 2.0, 3.0, 20.0])), max_size=60))
def test_however_fast_a_device_talks_the_log_is_not_flooded(said: list[tuple[float, float]]) -> None:
    ears = Ears()
    t_s = 0.0
    for pause_s, speed_m_s in said:
        t_s += pause_s
        ears.belt(t_s, speed_m_s)
    times = [told[0] for told in ears.told]
    assert len(times) <= 2 * (t_s + 1) + 2
    assert all(a < b for a, b in pairwise(times))
    assert all(repr(a[1:]) != repr(b[1:]) for a, b in pairwise(ears.told))


def test_once_per_second_holds_on_average_and_lets_a_jittery_rhythm_through() -> None:
    pace = OncePerSecond()
    times = [0.0, 0.95, 2.05, 2.9, 4.1]
    for t_s in times:
        assert pace.is_due(ns(t_s))
        pace.went(ns(t_s))
    fast = OncePerSecond()
    went = 0
    for k in range(101):
        if fast.is_due(ns(0.1 * k)):
            fast.went(ns(0.1 * k))
            went += 1
    assert went in (10, 11)


# ------------------------------------------------------------------ hearts


def heard(messages: list[bytes], interval_s: float = 1.0) -> list[float]:
    voice = HeartVoice()
    entries = [voice.hear(heart_rate.MEASUREMENT, data, ns(interval_s * k)) for k, data in enumerate(messages)]
    return [entry.bpm for entry in entries if entry is not None]


def test_a_heart_rate_is_told_when_it_changes() -> None:
    assert heard([encode_heart_rate(bpm) for bpm in (120, 120, 121, 121, 122)]) == [120, 121, 122]


def test_without_contact_the_heart_rate_is_not_known() -> None:
    told = heard([encode_heart_rate(bpm) for bpm in (120, NAN, NAN, 121)])
    assert repr(told) == repr([120.0, NAN, 121.0])
    assert repr(heard([bytes.fromhex("0678"), bytes.fromhex("0478")])) == repr([120.0, NAN]), "a stale number is sent"


@pytest.mark.parametrize("bpm", [0, 24, 251, 255])
def test_what_no_heart_does_is_not_known(bpm: int) -> None:
    assert repr(heard([bytes((0, 120)), bytes((0, bpm))])) == repr([120.0, NAN])


def test_a_strap_that_cannot_tell_contact_is_believed() -> None:
    assert heard([bytes((0, 120)), bytes((2, 130))]) == [120, 130]


def test_a_fast_strap_is_told_once_per_second() -> None:
    assert len(heard([bytes((0, 60 + k)) for k in range(100)], interval_s=0.1)) in (10, 11)


def test_a_lost_strap_is_told_once_and_at_once() -> None:
    voice = HeartVoice()
    assert voice.hush(ns(0.5)) is None
    voice.hear(heart_rate.MEASUREMENT, bytes((0, 120)), ns(1.0))
    entry = voice.hush(ns(1.1))
    assert entry is not None
    assert math.isnan(entry.bpm)
    assert voice.hush(ns(9.0)) is None


# ------------------------------------------------------------------ anything at all


@given(
    kind=st.sampled_from(list(CompanionKind)),
    messages=st.lists(
        st.tuples(st.sampled_from([ftms.TREADMILL_DATA, ftms.MACHINE_STATUS]), st.binary(max_size=20)), max_size=20
    ),
)
def test_any_bytes_give_a_possible_entry_or_are_refused(kind: CompanionKind, messages: list[tuple[str, bytes]]) -> None:
    voice = voices([kind])[kind]
    for k, (characteristic, data) in enumerate(messages):
        try:
            entry = voice.hear(characteristic, data, ns(2.0 * k))
        except DecodeError:
            continue
        if isinstance(entry, Ground):
            assert math.isnan(entry.speed_m_s) or 0 <= entry.speed_m_s <= 15
            assert math.isnan(entry.grade) or abs(entry.grade) <= 1
        elif entry is not None:
            assert math.isnan(entry.bpm) or 25 <= entry.bpm <= 250
