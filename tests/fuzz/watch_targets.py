"""Watches' files: FIT read and copied, GPX and TCX."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import partial

import numpy as np

from monitor.interop.crc import fit_crc
from monitor.interop.fit_copy import copy_with_posture
from monitor.interop.fit_parts import split_parts
from monitor.interop.fit_scan import scan
from monitor.interop.posture_series import PostureSeries
from monitor.interop.reading import read_watch
from monitor.interop.watch import COLUMNS, WatchTrack
from monitor.values import FloatArray, IntArray
from tests.fuzz import scratch
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.shared_vectors import watch_files

LONGEST_FIT, LONGEST_XML = 3000, 4000
_SHORT_FIT = 600
"""To be read: what a longer file adds is more of the same messages, and the library reads some hundred a second."""
_FIT_START = 1_000_000_000
_UTC_START_S = _FIT_START + 631_065_600
_TYPES = {"B": 0x02, "H": 0x84, "I": 0x86}
_XML_WORDS = (
    b"<trkpt lat='1' lon='2'>", b"</trkpt>", b"<trkseg>", b"<time>2026-11-22T10:00:00Z</time>", b"<hr>1e999</hr>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&amp;", b"&#0;", b"]]>", b"<![CDATA[", b"NaN", b"-0",
    b"<?xml version='1.0' encoding='utf-16'?>", b"<Trackpoint>", b"<Time>0001-01-01T00:00:00+23:59</Time>",
    b"<Lap StartTime='9999-12-31T23:59:59Z'>",
)  # fmt: skip


def watch_targets() -> Iterator[Target]:
    """Reading each kind, and writing beside a FIT file."""
    xml = {"words": _XML_WORDS, "longest": LONGEST_XML, "memory": 4 << 20, "seconds": 0.5, "disk": True}
    yield Target("watch:fit", partial(_read, "a.fit"), lambda: _fits(_SHORT_FIT), longest=_SHORT_FIT, memory=8 << 20,
                 per_byte=4000, seconds=1.0, disk=True)  # fmt: skip
    yield Target("watch:gpx", partial(_read, "a.gpx"), _gpxs, **xml)
    yield Target("watch:tcx", partial(_read, "a.tcx"), _tcxs, **xml)
    yield Target("fit-copy", _copy, _fits, longest=LONGEST_FIT, memory=8 << 20, per_byte=4000)


# ------------------------------------------------------------------ seeds


def fit_message(kind: int, fields: dict[int, tuple[str, int]], local: int = 0) -> bytes:
    """A definition and one message of it: `{number: (struct letter, value)}`."""
    head = struct.pack("<BBBHB", 0x40 | local, 0, 0, kind, len(fields))
    body = bytes((local,))
    for number, (letter, value) in fields.items():
        head += bytes((number, struct.calcsize(letter), _TYPES[letter]))
        body += struct.pack("<" + letter, value)
    return head + body


def fit_file(*messages: bytes) -> bytes:
    """A whole FIT file with check sums that hold."""
    body = b"".join(messages)
    header = struct.pack("<BBHI4s", 14, 0x10, 2100, len(body), b".FIT")
    whole = header + fit_crc(header).to_bytes(2, "little") + body
    return whole + fit_crc(whole).to_bytes(2, "little")


def _fits(longest: int = LONGEST_FIT) -> list[bytes]:
    def at(second: int) -> tuple[str, int]:
        return ("I", _FIT_START + second)

    records = [fit_message(20, {253: at(s), 3: ("B", 150), 4: ("B", 84), 5: ("I", 300 * s)}) for s in range(4)]
    notes = [fit_message(21, {253: at(s), 0: ("B", 0), 1: ("B", what)}) for s, what in ((0, 0), (1, 4), (3, 0))]
    sums = [fit_message(kind, {253: at(4), 2: at(0), 7: ("I", 4000), 5: ("B", 1)}) for kind in (19, 18)]
    made = fit_file(*records, *notes, *sums)
    powered = fit_file(fit_message(34, {253: ("I", 100), 5: at(0)}), fit_message(20, {253: ("I", 101)}))
    return [made, made + powered, fit_file(), *watch_files(".fit", longest)]


def _gpxs() -> list[bytes]:
    points = "".join(
        f'<trkpt lat="47.{i}" lon="8.2"><ele>500.5</ele><time>2026-11-22T10:00:0{i}Z</time><extensions><t:hr>150</t:hr>'
        "<t:cad>84</t:cad></extensions></trkpt>"
        for i in range(3)
    )
    whole = f'<gpx xmlns:t="u"><trk><type>running</type><trkseg>{points}</trkseg><trkseg>{points}</trkseg></trk></gpx>'
    return [whole.encode(), whole.encode("utf-16"), *watch_files(".gpx", LONGEST_XML)]


def _tcxs() -> list[bytes]:
    points = "".join(
        f"<Trackpoint><Time>2026-11-22T10:00:0{i}Z</Time><Position><LatitudeDegrees>47.1</LatitudeDegrees>"
        f"<LongitudeDegrees>8.2</LongitudeDegrees></Position><HeartRateBpm><Value>12{i}</Value></HeartRateBpm>"
        "<Extensions><TPX><Speed>3.1</Speed><RunCadence>85</RunCadence></TPX></Extensions></Trackpoint>"
        for i in range(3)
    )
    lap = (
        '<Lap StartTime="2026-11-22T10:00:00Z"><TotalTimeSeconds>60.5</TotalTimeSeconds><DistanceMeters>200'
        f"</DistanceMeters><TriggerMethod>Manual</TriggerMethod><Track>{points}</Track></Lap>"
    )
    activity = f'<Activity Sport="Running">{lap}<Creator><Name>F</Name></Creator></Activity>'
    return [f"<TrainingCenterDatabase><Activities>{activity}</Activities></TrainingCenterDatabase>".encode()]


# ------------------------------------------------------------------ reading


def _read(name: str, data: bytes) -> None:
    """A track in order of time and within reason, or a sentence; each activity of it as well."""
    track = read_watch(scratch.put(name, data))
    check_track(track, len(data))
    for number in range(1, min(4, len(track.sessions) + 1)):
        check_track(track.session(number), len(data))


def check_track(track: WatchTrack, size: int) -> None:
    """What a track promises. Raises BrokenPromiseError."""
    n = len(track)
    promise(0 < n <= size, f"{n} points from {size} bytes")
    promise(len(track.t_ns) in (0, n) and bool((np.diff(track.t_ns) > 0).all()), "times out of order")
    for name in COLUMNS:
        values = getattr(track, name)
        promise(len(values) == n and not np.isinf(values).any(), f"{name} is infinite or of another length")
    promise(all(lap.start_ns < lap.end_ns for lap in track.laps), "a lap that ends before it begins")
    words = (track.sport, track.device, *track.developer_fields, *track.warnings, *(lap.trigger for lap in track.laps))
    promise(all(word.isprintable() for word in words), "a word that no terminal may show")
    if track.has_times:
        promise(track.started_utc, "a start that is no date")
        promise(len(track.pressed_ns) <= len(track.laps), "more presses than laps")


# ------------------------------------------------------------------ copying


def _series() -> PostureSeries:
    t = np.arange(0.0, 4.0, 0.5)
    ones = np.ones(len(t))
    state = np.zeros(len(t), np.uint8)
    return PostureSeries(t, 12 * ones, 3 * ones, 0.2 * ones, state, 0.5 * ones, 12 * ones, ones < 0, t[:1], True)


def _run_s(utc_ns: IntArray) -> FloatArray:
    return np.asarray((utc_ns - _UTC_START_S * 10**9) / 1e9, np.float64)


def _copy(data: bytes) -> None:
    """The copy is a FIT file of as many parts and no less than the original, and is refused as ours if copied again."""
    copied = copy_with_posture(data, _series(), _run_s, "a.fit")
    promise(len(copied.data) <= 40 * len(data) + 4000, f"{len(copied.data)} bytes from {len(data)}")
    before, after = split_parts(data, "a.fit"), split_parts(copied.data, "copy")
    promise(len(before) == len(after) == copied.parts, "other parts")
    for old, new in zip(before, after, strict=True):
        for _ in scan(new.body, "copy"):
            pass
        promise(len(new.body) >= len(old.body), "bytes are missing")
    promise(copied.matched <= copied.records, "more values than records")
