"""Recordings by anybody: damaged bytes, and whole files with right check sums that hold nonsense."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterator
from functools import cache

import numpy as np

from calibration import store
from calibration.model import HeadCalibration, Profile, ShoulderCalibration, SiteCalibration
from monitor.errors import HeadsUpError
from monitor.recording.reader import Recording, open_recording
from monitor.recording.salvage import salvage
from monitor.recording.store import RunFile
from monitor.review.analyse import analyse
from monitor.review.metrics import plain, summarise
from monitor.sensors import scheme, witmotion
from monitor.sensors.table import encode_rows
from monitor.settings import Settings
from monitor.values import NS_PER_S, LogEntry, Mark, Mode, PacketBlock, RunInfo, SensorInfo, Site
from tests.fuzz import scratch
from tests.fuzz.fuzz_target import Target, promise
from tests.fuzz.sparse_pages import compact, spread
from tests.fuzz.taking import Taking, one_in, packet_block, pauses_ns, strung

RUN = RunInfo("run-1", "2026-11-22T09:30:00+00:00", Mode.ROAD, simulated=True, app_version="0", note="SIMULATED")
HEAD = SensorInfo("head", Site.HEAD, "witmotion", "WT901", "AA:BB", 100.0, simulated=True)
_COLLAR = SensorInfo("collar", Site.COLLAR, "openearable2", "OE", "CC", 100.0, scheme.encode(scheme.DIY_I16))
_KINDS = (
    "run", "settings", "profile", "note", "sensor", "link", "battery", "mark", "mode", "rezero", "quiet", "ground",
    "heart", "event", "trouble", "closed", "what",
)  # fmt: skip
WORDS = (
    b"NaN", b"Infinity", b"-1", b"1e999", b"9" * 400, b"null", b"true", b'"\\u001b[2J"', b'"\\ud800"', b'"head"',
    b'"rate_hz": 1e300', b'"rate_hz": 0.0', b'"percent": 10000', b'"seconds": 1e300', b'"family": "table"', b"{}",
    b'"config": "00"', b'"state": "lost"', b'"state": "streaming"', b"[" * 60,
)  # fmt: skip
_SENSOR = {"key": "head", "site": "head", "family": "witmotion", "name": "n", "address": "a", "rate_hz": 100.0,
           "config": "", "simulated": True}  # fmt: skip
BODIES = (
    ("mark", {"label": "cramp"}), ("mode", {"mode": "trail"}), ("rezero", {}),
    ("battery", {"sensor": "head", "percent": 9}),
    ("quiet", {"seconds": 30.0, "why": "snooze"}), ("quiet", {"seconds": None, "why": "drill"}),
    ("ground", {"speed_m_s": 3.0, "grade": 0.1, "source": "treadmill"}), ("heart", {"bpm": 150.0, "source": "x"}),
    ("link", {"sensor": "head", "state": "lost", "why": "gone", "rssi_dbm": -60}),
    ("link", {"sensor": "head", "state": "streaming", "why": ""}), ("sensor", _SENSOR),
    ("sensor", {**_SENSOR, "key": "collar", "site": "collar", "family": "table", "rate_hz": 50.0}),
    ("event", {"t_ns": 5, "kind": "mark", "sensor": "", "prompted": False, "detail": {"label": "x"}}),
    ("note", {"text": "hot"}), ("trouble", {"text": "full disk"}), ("closed", {"blocks": {"head": 3}, "items": 4}),
)  # fmt: skip


def recording_targets() -> Iterator[Target]:
    """Reading, saving and analysing."""
    whole = {"disk": True, "longest": 12_000, "memory": 16 << 20, "seconds": 2.0}
    yield Target("recording:bytes", _bytes, lambda: map(compact, files()), **whole)
    yield Target("recording:salvage", _salvage, lambda: map(compact, files()), **whole)
    yield Target("recording:forged", _forged, _forgeries, words=WORDS, disk=True, longest=3000, memory=48 << 20,
                 per_byte=20_000, seconds=4.0)  # fmt: skip


# ------------------------------------------------------------------ seeds


@cache
def files() -> list[bytes]:
    """Small recordings as they lie on a disk: closed, and as a kill leaves them."""
    made = []
    for seconds, finish in ((2, True), (1, False)):
        scratch.clear("seed.headsup", "seed.headsup-wal", "seed.headsup-shm")
        out = RunFile(scratch.folder() / "seed.headsup", live=False)
        out.add_head(RUN, Settings().to_json(), store.to_json(a_profile()))
        for info in (HEAD, _COLLAR):
            out.add_sensor(info, 0)
        rng = np.random.default_rng(1)
        for second in range(seconds):
            t_ns = second * NS_PER_S + np.arange(10, dtype=np.int64) * 10**8
            for key in ("head", "collar"):
                block = PacketBlock(key, t_ns, 20 * np.arange(1, 11, dtype=np.int64), rng.bytes(200))
                out.add_packets(block, NS_PER_S)
            out.add_control(Mark(second * NS_PER_S + 5, "cramp"))
            out.commit()
        if finish:
            out.finish(seconds * NS_PER_S)
        else:
            out.release()
        made.append((scratch.folder() / "seed.headsup").read_bytes())
    return made


def a_profile() -> Profile:
    head = HeadCalibration((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), 12.0)
    shoulders = ShoulderCalibration((0.0, 0.0, 1.0), (0.0, 4.0, 0.0), 10.0, 3.0)
    site = {"sensor_name": "n", "sensor_address": "a", "estimator": "vqf", "poses": (), "sees": ""}
    return Profile("cap", "2026-05-01T08:00:00+00:00", True, (
        SiteCalibration(sensor="head", site="head", head=head, shoulders=None, **site),
        SiteCalibration(sensor="collar", site="collar", head=None, shoulders=shoulders, **site),
    ))  # fmt: skip


def _forgeries() -> list[bytes]:
    """Entries of every kind, and a little of every family's data."""
    entries = [_entry(kind, json.dumps(body).encode()) for kind, body in BODIES]
    rng = np.random.default_rng(2)
    acc = rng.normal((0.0, 0.0, 9.8), 1.0, (20, 3))
    frames = witmotion.encode_frames(acc, rng.normal(0, 1, (20, 3)))
    packets = [b"\x80" + strung(b"\x30" + frames[i : i + 100]) for i in range(0, 400, 100)]
    rows = b"\x81" + strung(b"\x30" + encode_rows(np.arange(4) * 10**7, acc[:4], acc[:4]))
    whole = b"".join([entries[10], *packets, *entries])
    return [whole, *(packets[0] + entry + packets[1] for entry in entries), entries[11] + rows]


def _entry(kind: str, body: bytes) -> bytes:
    return bytes((_KINDS.index(kind),)) + strung(b"\x30" + body)


# ------------------------------------------------------------------ reading


def _bytes(data: bytes) -> None:
    """What is read is in order, whatever was damaged, and the same each time."""
    scratch.clear("a.headsup-wal", "a.headsup-shm", "a.headsup-journal")
    path = scratch.put("a.headsup", spread(data))
    with open_recording(path) as recording:
        first = read_whole(recording)
    if one_in(8, data):
        with open_recording(path) as recording:
            promise(read_whole(recording) == first, "read again, it is something else")


def read_whole(recording: Recording) -> str:
    told = []
    last = recording.first_ns
    for entries in recording.entries():
        for entry in entries:
            begin = int(entry.t_ns[0]) if isinstance(entry, PacketBlock) else entry.t_ns
            end = int(entry.t_ns[-1]) if isinstance(entry, PacketBlock) else entry.t_ns
            promise(last <= begin or isinstance(entry, PacketBlock), "entries out of order")
            last = max(last, begin)
            promise(recording.first_ns <= begin <= end <= recording.last_ns, "an entry outside of the run")
            told.append(_all_of(entry))
    recording.verify()
    promise(math.isfinite(recording.duration_s) and recording.duration_s >= 0, "a senseless duration")
    told += [str(damage) for damage in recording.damage] + [repr(recording.run), repr(recording.live_events())]
    return "\n".join(told)


def _all_of(entry: LogEntry) -> str:
    """Everything that an entry holds: what stands for arrays in a `repr` leaves out their middle."""
    if isinstance(entry, PacketBlock):
        return f"{entry.sensor} {entry.t_ns.tobytes().hex()} {entry.ends.tobytes().hex()} {entry.data.hex()}"
    return repr(entry)


def _salvage(data: bytes) -> None:
    """What was saved opens, and nothing in it is damaged but what the report calls missing."""
    scratch.clear("a.headsup-wal", "a.headsup-shm", "a.headsup-journal", "saved.headsup")
    for left in scratch.folder().glob(".headsup-*.part*"):
        left.unlink()
    whole = spread(data)
    path = scratch.put("a.headsup", whole)
    report = salvage(path, scratch.folder() / "saved.headsup")
    if one_in(4, data):
        with open_recording(report.out) as saved:
            counted: dict[str, int] = {}
            for blocks in saved.packet_slices():
                for block in blocks:
                    counted[block.sensor] = counted.get(block.sensor, 0) + len(block.t_ns)
            promise(counted == report.notifications, f"{counted} of {report.notifications} can be read")
            promise(not [d for d in saved.verify() if "check sum" in d.what], "what was saved is damaged")
    promise(path.read_bytes() == whole, "the damaged file was touched")


# ------------------------------------------------------------------ analysing


def _forged(data: bytes) -> None:
    """A whole file by somebody who knows the format: opened, analysed and summed up, or one sentence."""
    scratch.clear("forged.headsup", *(f"forged.headsup-{side}" for side in ("wal", "shm", "journal")))
    path = scratch.folder() / "forged.headsup"
    _forge(RunFile(path, live=False), data)
    with open_recording(path) as recording:
        read_whole(recording)
        analysis = analyse(recording)
    for event in analysis.events:
        json.dumps(event.as_json(), allow_nan=False)
    for track in analysis.tracks.values():
        promise(bool((np.diff(track.t_ns) >= 0).all()), "a track out of order")
        promise(not np.isinf(track.sustained_deg).any(), "an infinite pitch")
        promise(not np.isnan(track.sustained_deg[track.valid]).any() or track.sensor != "head", "a valid nothing")
    json.dumps(plain(dataclasses.asdict(summarise(analysis))))


def _forge(out: RunFile, data: bytes) -> None:
    """Entries as `_KINDS` number them, notifications of two sensors above 127; each with a pause before it."""
    taking = Taking(data)
    out.add_head(RUN, Settings().to_json(), store.to_json(a_profile()))
    for info in (HEAD, _COLLAR):
        out.add_sensor(info, 0)
    t_ns = 0
    for _ in range(60):
        if not taking.left:
            break
        what, body = taking.u8(), taking.string()
        t_ns = min(t_ns + pauses_ns(body[0] if body else 0), 1 << 60)
        block = packet_block([body[1:]], [t_ns], "collar" if what & 1 else "head")
        try:
            if what < 0x80:
                out.add_item(_KINDS[what % len(_KINDS)], t_ns, body[1:].decode("utf-8", "replace"))
            elif block is not None:
                out.add_packets(block, NS_PER_S)
        except (ValueError, HeadsUpError):  # out of order: our own writer refuses to write it
            continue
    out.commit()
    out.finish(t_ns)
