"""FIT files re-read by two independent libraries, and taken apart by hand: what the tests of copying compare."""

from __future__ import annotations

import struct
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import fitdecode
import fitparse
import numpy as np

from monitor.interop.fit_copy import FitCopy, copy_with_posture
from monitor.interop.fit_wire import EPOCH_UNIX_S
from monitor.interop.posture_series import UNKNOWN_STATE, PostureSeries
from monitor.values import NS_PER_S

FIT_FILES = (
    "2013-02-06-12-11-14.fit",
    "activity-small-fenix2-run.fit",
    "compressed-speed-distance.fit",
    "developer-types-sample.fit",
    "garmin-fenix-5-run.fit",
    "garmin-fenix-5-walk.fit",
)
OURS = ("head_pitch", "gaze_distance", "shoulder_score", "posture_state",
        "head_pitch_avg", "head_down_time", "shoulder_score_avg", "posture_cues")  # fmt: skip
NEW_MESSAGES = ("developer_data_id", "field_description")


@dataclass(frozen=True)
class Reread:
    """Messages without our fields, our values by message and name, and how often each message came."""

    messages: list[tuple]
    ours: list[tuple[str, dict[str, object]]]
    names: Counter


def by_fitdecode(data: bytes) -> Reread:
    out, ours, names = [], [], Counter()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reader = fitdecode.FitReader(data, processor=None, check_crc=fitdecode.CrcCheck.RAISE)
        for frame in reader:
            if frame.frame_type == fitdecode.FIT_FRAME_DATA:
                _take(out, ours, names, frame.name, frame.fields)
    return Reread(out, ours, names)


def by_fitparse(data: bytes) -> Reread:
    out, ours, names = [], [], Counter()
    for message in fitparse.FitFile(data, check_crc=True).get_messages():
        _take(out, ours, names, message.name, message.fields)
    return Reread(out, ours, names)


def _take(out, ours, names, name, fields) -> None:
    values = {f.name.removeprefix("simulated_"): f for f in fields}
    named = values.get("field_name")
    introduces_us = name in NEW_MESSAGES and (
        (named is not None and str(named.value).removeprefix("simulated_") in OURS)
        or ("application_version" in values and values["application_version"].raw_value == 1)
    )
    if introduces_us:
        return
    names[name] += 1
    out.append((name, tuple((f.name, f.def_num, f.raw_value, f.units) for f in fields if bare(f.name) not in OURS)))
    mine = {bare(f.name): f.raw_value for f in fields if bare(f.name) in OURS}
    if mine:
        ours.append((name, mine))


def bare(name: str) -> str:
    return name.removeprefix("simulated_")


def strip_ours(data: bytes, indices: list[int]) -> list[bytes]:
    """The bodies of all parts with everything of these developer indices (one per part) taken out by hand."""
    bodies, at = [], 0
    for index in indices:
        size, length = data[at], struct.unpack_from("<I", data, at + 4)[0]
        bodies.append(_stripped(data[at + size : at + size + length], index))
        at += size + length + 2
    assert at == len(data)
    return bodies


def _stripped(body: bytes, index: int) -> bytes:
    out, at, local = bytearray(), 0, {}
    while at < len(body):
        head = body[at]
        if not head & 0x80 and head & 0x40:
            big, fields = body[at + 2], body[at + 5]
            number = struct.unpack_from(">H" if big else "<H", body, at + 3)[0]
            end = at + 6 + 3 * fields
            size = sum(body[at + 7 : end : 3])
            entry = [body[i : i + 3] for i in range(at + 6, end, 3)]
            developer = []
            stop = end
            if head & 0x20:
                stop = end + 1 + 3 * body[end]
                developer = [body[i : i + 3] for i in range(end + 1, stop, 3)]
            kept = [d for d in developer if d[2] != index]
            ours = sum(d[1] for d in developer if d[2] == index)
            local[head & 15] = (size + sum(d[1] for d in kept), ours, number, entry)
            ours_alone = number in (206, 207)
            if developer and not kept:
                plain = bytes([head & ~0x20]) + body[at + 1 : end]
            elif developer:
                plain = body[at:end] + bytes([len(kept)]) + b"".join(kept)
            else:
                plain = body[at:stop]
            pending = plain
            if ours_alone:  # decided with its first message
                local[head & 15] = (*local[head & 15][:3], (entry, pending))
            else:
                out += pending
            at = stop
            continue
        which = (head >> 5) & 3 if head & 0x80 else head & 15
        size, ours, number, entry = local[which]
        payload = body[at : at + 1 + size]
        if number in (206, 207):
            fields, pending = entry
            wanted, offset, value = (3 if number == 207 else 0), 1, None
            for field in fields:
                if field[0] == wanted:
                    value = payload[offset]
                offset += field[1]
            if value != index:
                out += pending + payload
                local[which] = (size, ours, number, (fields, b""))
        else:
            out += payload
        at += 1 + size + ours
    return bytes(out)


def made_up(
    start_unix_s: float, seconds: float, *, hole: tuple[float, float] = (0, 0), simulated=False
) -> PostureSeries:
    """A posture for a run of so many seconds, at 5 Hz, with answers that follow from the time; nothing in the hole."""
    t = np.arange(0.0, seconds, 0.2)
    lost = (t >= hole[0]) & (t < hole[1])
    pitch = np.where(lost, np.nan, 10.0 + 10.0 * np.sin(t / 60.0))
    past = ~lost & (pitch > 18.0)
    state = np.where(lost, UNKNOWN_STATE, past.astype(np.uint8)).astype(np.uint8)
    return PostureSeries(
        t_s=t,
        head_pitch_deg=pitch,
        gaze_m=np.where(lost, np.nan, np.where(pitch > 0.1, 80.0 / np.maximum(pitch, 0.1), np.inf)),
        shoulder=np.where(lost, np.nan, 0.25),
        state=state,
        weight_s=np.full(len(t), 0.2),
        running_pitch_deg=pitch,
        past=past,
        cues_s=np.arange(100.0, seconds, 300.0),
        simulated=simulated,
    )


def copied_at(data: bytes, series: PostureSeries, start_unix_s: float, name="watch.fit") -> FitCopy:
    """A copy where the watch's clock showed `start_unix_s` at the run's first sample."""
    whole = int(start_unix_s)
    return copy_with_posture(data, series, lambda t: (t - whole * NS_PER_S) / NS_PER_S - (start_unix_s - whole), name)


def times(data: bytes) -> list[int]:
    """Unix seconds of the records as fitdecode gives them."""
    with fitdecode.FitReader(data, processor=None, check_crc=fitdecode.CrcCheck.DISABLED) as reader:
        messages = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA and f.name == "record"]
    return [int(message.get_raw_value("timestamp")) + EPOCH_UNIX_S for message in messages]


def watch_files(folder: Path) -> list[Path]:
    return [folder / "watch" / name for name in FIT_FILES]
