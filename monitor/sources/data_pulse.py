"""Whether a link still brings data that can be read; notifications alone do not make a sensor."""

from __future__ import annotations

import logging
from typing import Final

import numpy as np

from monitor.sensors.base import Decoder
from monitor.values import NS_PER_S, PacketBlock

_log = logging.getLogger(__name__)

CHECK_S: Final = 0.5
"""While data flows it is decoded this often and no oftener: the pipeline decodes everything anyway."""
MOST_HELD_BYTES: Final = 1 << 14


class DataPulse:
    """Takes one connection's notifications and says when readable ones last came; times in seconds, the event loop's.

    Notifications are held for up to `CHECK_S` and decoded together; until they are, they count as readable where
    those before them were. So a stream that turns to nonsense is known as such half a second late, but dated rightly.
    """

    def __init__(self, decoder: Decoder, begin_s: float) -> None:
        self._decoder = decoder
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._checked_s = self._readable_s = begin_s
        self._t_ns = 0
        self.flows = False
        """The newest notifications that were decoded could be read."""
        self.last_s = begin_s
        """When data last came that could be read, as far as is known."""
        self.heard_s = begin_s
        """When a notification of any kind last came."""

    @property
    def unreadable(self) -> bool:
        """What came last could not be read."""
        return self.heard_s > self.last_s

    def take(self, now_s: float, notification: bytes) -> bool:
        """Take a notification that arrived now; whether data flows."""
        self.heard_s = now_s
        self._held.append(notification)
        self._held_bytes += len(notification)
        if self.flows and now_s - self._checked_s < CHECK_S and self._held_bytes < MOST_HELD_BYTES:
            self.last_s = now_s
            return True
        self.flows = self._can_be_read(now_s)
        self._checked_s = now_s
        if self.flows:
            self._readable_s = now_s
        self.last_s = self._readable_s
        return self.flows

    def _can_be_read(self, now_s: float) -> bool:
        """Decode what is held. A decoder may keep samples back for a while; only its complaint is a bad sign."""
        first = self._t_ns = max(self._t_ns + 1, round(now_s * NS_PER_S))
        t_ns = first + np.arange(len(self._held), dtype=np.int64)
        self._t_ns = int(t_ns[-1])
        ends = np.cumsum([len(part) for part in self._held], dtype=np.int64)
        block = PacketBlock("", t_ns, ends, b"".join(self._held))
        self._held, self._held_bytes = [], 0
        try:
            decoded = self._decoder.push(block)
        except Exception as error:  # a decoder by somebody else; the pipeline will say what is wrong with it
            _log.debug("a decoder failed", exc_info=error)
            return False
        return len(decoded.samples) > 0 or not decoded.errors
