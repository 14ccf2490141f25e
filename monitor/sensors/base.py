"""What every sensor family offers: a decoder, a set-up recipe without I/O, and honest facts about itself."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from monitor.errors import DecodeError
from monitor.values import PacketBlock, SampleBlock


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a block of notifications gave: the samples, and one error for each notification part refused."""

    samples: SampleBlock
    errors: tuple[DecodeError, ...] = ()


class Decoder(Protocol):
    """Turns notifications of one sensor into samples; keeps what straddles two notifications.

    `push` accepts any bytes and never raises for them: what does not fit is in `Decoded.errors`. Any split of
    the same notifications over calls gives the same samples. `reset` forgets a half-received frame (new link).
    A link of which nothing but errors comes counts as silent (`monitor.sources.data_pulse`).
    """

    def push(self, packets: PacketBlock) -> Decoded: ...

    def reset(self) -> None: ...


# ------------------------------------------------------------------ set-up recipes, without I/O


@dataclass(frozen=True, slots=True)
class Read:
    """Read a characteristic; the recipe is sent its bytes."""

    characteristic: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write a characteristic; the recipe is sent b''."""

    characteristic: str
    data: bytes
    response: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait; the recipe is sent b''."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Request:
    """Write, then await one notification of `answer` (or read it where none comes); the recipe is sent its bytes.

    With `is_answer`, notifications for which it is false are not the answer: data that comes on the same channel.
    """

    characteristic: str
    data: bytes
    answer: str
    is_answer: Callable[[bytes], bool] | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Await one more notification of `answer`, behind that of the last `Request`; the recipe is sent its bytes."""

    answer: str
    is_answer: Callable[[bytes], bool] | None = None


@dataclass(frozen=True, slots=True)
class NotificationSize:
    """Ask how many bytes a notification can carry on this link; the recipe is sent it as u16, little endian."""


Step: TypeAlias = Read | Write | Pause | Request | Await | NotificationSize


@dataclass(frozen=True, slots=True)
class StreamSetup:
    """What a finished recipe tells: `config` for the decoder (kept in the recording) and the nominal rate."""

    config: bytes
    rate_hz: float


Recipe: TypeAlias = Generator[Step, bytes, StreamSetup]
"""A recipe yields steps and is sent each step's answer; its return value is the `StreamSetup`."""


# ------------------------------------------------------------------ a family's facts


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """The device's own time stamp: `tick_ns` nanoseconds per tick, wrapping after `wrap_bits` bits (0 = never)."""

    tick_ns: int
    wrap_bits: int
    wrap_scale: int = 1
    """The counter that wraps counts so many ticks at a time (a decoder that tells more finely than its device)."""
    max_skew: float = 1e-3
    """Largest credible error of its rate: 1e-3 for a crystal; more where packets are counted at a nominal rate."""

    @property
    def span(self) -> int:
        """Ticks after which it begins again; 0 = never."""
        return self.wrap_scale << self.wrap_bits if self.wrap_bits else 0


@dataclass(frozen=True, slots=True)
class SensorFamily:
    """One family of sensors and everything the rest of the program needs to know of it.

    Rates in Hz, full scales in m/s² and rad/s, UUIDs as 128-bit lower-case strings.
    """

    key: str
    label: str
    name_prefixes: tuple[str, ...]
    """Advertised names that begin with one of these belong to the family."""
    service: str
    data: str
    """Characteristic whose notifications carry the samples."""
    clock: DeviceClock | None
    """None: no time stamp; samples are counted and timed by arrival."""
    has_gyro: bool
    rates_hz: tuple[float, ...]
    default_rate_hz: float
    acc_full_scale: float
    gyr_full_scale: float
    notification_interval_s: float
    """How often a healthy sensor sends at its default rate: sets the data watchdog."""
    min_mtu: int
    sites: tuple[str, ...]
    """Where it is worn well, in words."""
    checked_against: str
    """'captured packets', 'vendor tests' or 'documentation only', and what exactly."""
    cannot: tuple[str, ...]
    """What it cannot do, in words."""
    start: Callable[[float], Recipe]
    """`start(rate_hz)`: the steps after the data characteristic was subscribed."""
    stop: Callable[[], Recipe]
    decoder: Callable[[bytes], Decoder]
    """`decoder(config)`: a fresh decoder."""
    read_battery: Callable[[], Generator[Step, bytes, int | None]] | None = None
    """A recipe whose return value is percent or None; None: the family has no way to tell."""
    battery_in_data: bool = False
    """The battery answer arrives on the data characteristic (the decoder skips it; `battery_percent` reads it)."""
    battery_percent: Callable[[bytes], int | None] | None = None
    """Percent from a notification of the data characteristic, or None where it is not a battery answer."""
    exact_clock: bool = False
    """The time stamps are run-clock times already; nothing is fitted."""
    more_data: tuple[str, ...] = ()
    """Further characteristics whose notifications carry samples. With any, each payload is kept with a byte before
    it: 0 for `data`, else its place in this list, from 1."""
    samples_in: Callable[[bytes, bytes], int] | None = None
    """`samples_in(config, notification)`: how many samples a notification spans, where the decoder gives them only
    with later ones. None: what the decoder gives for it alone."""
    only_asked_for: tuple[str, ...] = ()
    """Devices whose names begin with one of these serve something else as a rule (a heart strap on any chest in the
    room): they are taken only when they are named or their family is."""
    needs: tuple[tuple[str, str], ...] = ()
    """(service, characteristic) that tell it from families of the same name and service."""
    unfit: str = ""
    """What mends a device of this name that lacks the service or its characteristics: 'update it with the X app'."""
