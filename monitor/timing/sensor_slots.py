"""One sensor from notifications to the slots of its grid: the decoder and the timing that belong together."""

from __future__ import annotations

from monitor.sensors.registry import family
from monitor.timing.grid import Grid
from monitor.values import GridBlock, LinkQuality, PacketBlock, SensorInfo


class SensorSlots:
    """Follows one sensor. Any split of the same notifications gives the same slots.

    `before`: the slots of the same sensor until it changed its layout; what follows is not earlier.

    Raises UnknownSensorError for a family that is not known.
    """

    def __init__(self, info: SensorInfo, before: SensorSlots | None = None) -> None:
        kind = family(info.family)
        self.info = info
        self.has_gyro = kind.has_gyro
        self.interval_s = kind.notification_interval_s
        self._decoder = kind.decoder(info.config)
        after_ns = before._grid.last_ns if before else None
        self._grid: Grid = Grid(info.rate_hz, kind.clock, exact=kind.exact_clock, after_ns=after_ns)
        self._rejected = 0
        self._clipped = 0
        self._last_arrival_ns = 0

    def fits(self, info: SensorInfo) -> bool:
        """Whether a sensor that comes back is decoded and timed as this one, so that it goes on where it left off."""
        ours = self.info
        return (ours.family, ours.config, ours.rate_hz) == (info.family, info.config, info.rate_hz)

    def relink(self) -> None:
        """The link was lost: what comes next may begin in the middle of anything."""
        self._decoder.reset()
        self._grid.relink()

    def push(self, packets: PacketBlock) -> list[GridBlock]:
        """The grid blocks that these notifications complete."""
        decoded = self._decoder.push(packets)
        self._rejected += len(decoded.errors)
        self._clipped += int(decoded.samples.clipped.sum())
        self._last_arrival_ns = int(packets.t_ns[-1])
        return self._grid.push(decoded.samples)

    def quality(self) -> LinkQuality:
        """How well the data arrived so far."""
        return LinkQuality(
            sensor=self.info.key,
            rate_hz=self._grid.rate_hz,
            samples=self._grid.samples,
            lost=self._grid.lost,
            clipped=self._clipped,
            rejected=self._rejected,
            last_arrival_ns=self._last_arrival_ns,
        )
