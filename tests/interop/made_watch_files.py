"""Small watch files, written by hand for the tests of the readers."""

import struct

from fitdecode.utils import compute_crc

FIT_START = 1_000_000_000
"""FIT seconds; UTC is 631 065 600 s later."""
UTC_START = FIT_START + 631_065_600
RECORD, LAP, SESSION, EVENT, ACTIVITY = 20, 19, 18, 21, 34
_TYPES = {"B": 0x02, "b": 0x01, "H": 0x84, "h": 0x83, "I": 0x86, "i": 0x85}


def message(kind, fields, local=0):
    """A definition and one data message of it. fields: {number: (struct letter, value)}."""
    definition = struct.pack("<BBBHB", 0x40 | local, 0, 0, kind, len(fields))
    data = bytes([local])
    for number, (letter, value) in fields.items():
        definition += bytes([number, struct.calcsize(letter), _TYPES[letter]])
        data += struct.pack("<" + letter, value)
    return definition + data


def record(second, *, heart=150, cadence=84, **more):
    """A record `second` seconds after the start; `more`: fraction (of 128)."""
    fields = {253: ("I", FIT_START + second), 3: ("B", heart), 4: ("B", cadence)}
    if "fraction" in more:
        fields[53] = ("B", more["fraction"])
    return message(RECORD, fields)


def timer(second, event_type):
    """The timer starts (0) or stops (4)."""
    return message(EVENT, {253: ("I", FIT_START + second), 0: ("B", 0), 1: ("B", event_type)})


def session(second, length_s, sport):
    """1 running, 2 cycling, 11 walking."""
    return message(SESSION, {253: ("I", FIT_START + second + length_s), 2: ("I", FIT_START + second),
                             7: ("I", length_s * 1000), 5: ("B", sport)})  # fmt: skip


def fit(*messages, crc_off_by=0):
    """A whole FIT file."""
    body = b"".join(messages)
    header = struct.pack("<BBHI4s", 14, 0x10, 2100, len(body), b".FIT")
    whole = header + struct.pack("<H", compute_crc(header)) + body
    return whole + struct.pack("<H", compute_crc(whole) ^ crc_off_by)


def gpx(points, *, head="", kind="running"):
    """A GPX 1.1 file of one track; points: the insides of its segments, one string each."""
    segments = "".join(f"<trkseg>{segment}</trkseg>" for segment in points)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<gpx version="1.1" creator="Own &amp; Sons" '
        'xmlns="http://www.topografix.com/GPX/1/1" xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
        f"<metadata><time>2020-01-01T00:00:00Z</time></metadata><trk><name>n</name><type>{kind}</type>{segments}</trk></gpx>"
    )


def point(second, *, lat=47.0, lon=8.0, heart=150, cadence=84):
    """A track point in the minute from 10:00:00 UTC on, with Garmin's extension."""
    return (
        f'<trkpt lat="{lat}" lon="{lon}"><ele>500.5</ele><time>2026-11-22T10:{second // 60:02}:{second % 60:02}Z</time>'
        f"<extensions><tpx:TrackPointExtension><tpx:hr>{heart}</tpx:hr><tpx:cad>{cadence}</tpx:cad>"
        "</tpx:TrackPointExtension></extensions></trkpt>"
    )


TCX = """<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
<Activities><Activity Sport="Running"><Id>2026-11-22T10:00:00Z</Id>
<Lap StartTime="2026-11-22T10:00:00Z"><TotalTimeSeconds>60.5</TotalTimeSeconds><DistanceMeters>200</DistanceMeters>
<TriggerMethod>Manual</TriggerMethod>
<Track>
<Trackpoint><Time>2026-11-22T10:00:00Z</Time><Position><LatitudeDegrees>47.1</LatitudeDegrees>
<LongitudeDegrees>8.2</LongitudeDegrees></Position><AltitudeMeters>400</AltitudeMeters>
<DistanceMeters>0</DistanceMeters><HeartRateBpm><Value>120</Value></HeartRateBpm>
<Extensions><TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Speed>3.1</Speed>
<RunCadence>85</RunCadence></TPX></Extensions></Trackpoint>
<Trackpoint><Time>2026-11-22T10:00:30Z</Time><DistanceMeters>95.5</DistanceMeters></Trackpoint>
</Track><Track>
<Trackpoint><Time>2026-11-22T10:00:50Z</Time><DistanceMeters>200</DistanceMeters></Trackpoint>
</Track></Lap>
<Creator><Name>Forerunner 255</Name></Creator></Activity></Activities></TrainingCenterDatabase>"""
