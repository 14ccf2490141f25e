"""Movesense HR2, HR+, MD and Flash: what the family is and how it is set up.

The protocol is in `gsp`, the notifications are read by `movesense_decoder`. See firmware_notes/movesense.md.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Final

from monitor.errors import SensorSetupError
from monitor.sensors import gsp
from monitor.sensors.base import (
    Decoder,
    DeviceClock,
    NotificationSize,
    Recipe,
    Request,
    SensorFamily,
    Step,
    StreamSetup,
    Write,
)
from monitor.sensors.gsp import HEAD, Op, Response, Subscription
from monitor.sensors.movesense_decoder import (
    ACC_STEP,
    GYR_STEP,
    LAST_COUNT,
    TICKS_PER_MS,
    WRAP_BITS,
    MovesenseDecoder,
    configuration,
)

__all__ = ["FAMILY", "MovesenseDecoder", "battery_percent", "configuration", "plans"]

# Chosen by us; every stream and every question has its own.
GREETING: Final = 1
BATTERY: Final = 2
ACC: Final = 98
IMU: Final = 99
GYR: Final = 97

FAST_HZ: Final = 104
SLOW_HZ: Final = 52
_LABEL: Final = "Movesense"


def plans(rate_hz: float, notification_size: int) -> list[list[Subscription]]:
    """The subscriptions to try, best first, for what a notification of the link can carry (bytes).

    A block that travels whole is better than a faster one in two parts; one quantity at a time is the last resort.
    """
    fast, slow = Subscription(IMU, "IMU6", FAST_HZ), Subscription(IMU, "IMU6", SLOW_HZ)
    apart = [Subscription(ACC, "Acc", SLOW_HZ), Subscription(GYR, "Gyro", SLOW_HZ)]
    wanted = [fast, slow] if rate_hz > math.sqrt(FAST_HZ * SLOW_HZ) else [slow]
    fitting = [each for each in wanted if HEAD + each.body_size(each.usual_samples) <= notification_size]
    return [*([each] for each in fitting), *([] if fast in fitting else [apart])]


def start(rate_hz: float) -> Recipe:
    """Greets the sensor, then subscribes to the best stream that the link can carry and the firmware knows.

    Raises SensorSetupError where it refuses all of them.
    """
    size = int.from_bytes((yield NotificationSize()), "little")
    greeting = yield Request(
        gsp.COMMAND, gsp.command(Op.HELLO, GREETING), gsp.DATA, lambda it: gsp.is_answer(it, GREETING)
    )
    firmware = gsp.application(greeting)
    refused = ""
    for plan in plans(rate_hz, size):
        accepted: list[Subscription] = []
        for wanted in plan:
            code = yield from _subscribe(wanted)
            if code not in gsp.OK:
                refused = refused or gsp.refusal(code, wanted.path, firmware)
                break
            accepted.append(wanted)
        if accepted == plan:
            return StreamSetup(configuration(plan), float(plan[0].rate_hz))
        for each in accepted:
            yield Write(gsp.COMMAND, gsp.command(Op.UNSUBSCRIBE, each.reference))
    raise SensorSetupError(_LABEL, "starting its stream", refused)


def _subscribe(wanted: Subscription) -> Generator[Step, bytes, int]:
    """The status of the answer. Data of this subscription is an answer as well: the other one may be lost."""
    ours = {bytes((kind, wanted.reference)) for kind in (Response.ANSWER, Response.DATA)}
    ask = gsp.command(Op.SUBSCRIBE, wanted.reference, wanted.path)
    answer = yield Request(gsp.COMMAND, ask, gsp.DATA, lambda it: it[:HEAD] in ours)
    return gsp.status(answer) if gsp.is_answer(answer, wanted.reference) else gsp.OK[0]


def stop() -> Recipe:
    """Ends every subscription that `start` may have made."""
    for reference in (IMU, ACC, GYR):
        yield Write(gsp.COMMAND, gsp.command(Op.UNSUBSCRIBE, reference))
    return StreamSetup(b"", 0.0)


def read_battery() -> Generator[Step, bytes, int | None]:
    """Asks for the battery's level; the answer comes among the data (see `battery_percent`)."""
    yield Write(gsp.COMMAND, gsp.command(Op.GET, BATTERY, gsp.ENERGY_LEVEL))
    return None


def battery_percent(notification: bytes) -> int | None:
    """Percent from the answer to `read_battery`, None from any other notification."""
    if not gsp.is_answer(notification, BATTERY) or gsp.status(notification) not in gsp.OK:
        return None
    level = notification[HEAD + 2 : HEAD + 3]
    return level[0] if level and level[0] <= 100 else None


def decoder(config: bytes) -> Decoder:
    """A fresh decoder for the streams in `config`. Raises DecodeError where those are not an IMU's."""
    return MovesenseDecoder(config)


FAMILY: Final = SensorFamily(
    key="movesense",
    # A sensor that does not offer the protocol's service is refused by this name, which then says why.
    label="Movesense (firmware 2.3 or newer)",
    name_prefixes=("Movesense",),
    service=gsp.SERVICE,
    data=gsp.DATA,
    clock=DeviceClock(tick_ns=1_000_000 // TICKS_PER_MS, wrap_bits=WRAP_BITS, wrap_scale=TICKS_PER_MS),
    has_gyro=True,
    rates_hz=(float(SLOW_HZ), float(FAST_HZ)),
    default_rate_hz=float(FAST_HZ),
    acc_full_scale=LAST_COUNT * ACC_STEP,
    gyr_full_scale=LAST_COUNT * GYR_STEP,
    notification_interval_s=1 / 13,
    min_mtu=57,
    sites=("cap or headband", "shoulder strap or seam", "collar"),
    checked_against=(
        "captured packets: 5 payloads, truth from the maker's converter; heads, parts, 104 Hz from documentation only"
    ),
    cannot=(
        "firmware before 2.3 (MD: 1.0) does not speak the open protocol",
        "the range stays at 8 g: the protocol cannot set it, and a hard landing may clip",
        "the sensor carries 158 bytes at a time, so 52 Hz is what it usually streams",
        "one connection only: close the Movesense app",
    ),
    start=start,
    stop=stop,
    decoder=decoder,
    read_battery=read_battery,
    battery_in_data=True,
    battery_percent=battery_percent,
    unfit="update it with the Movesense app, to firmware 2.3 or newer (MD: 1.0)",
)
