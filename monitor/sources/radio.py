"""Where Bluetooth comes from: the computer's own adapter, or a virtual one. The reader is the same for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.scanner import BaseBleakScanner


@dataclass(frozen=True, slots=True)
class RadioBackends:
    """What bleak's `backend=` arguments are given; None = bleak's own choice for this computer."""

    scanner: type[BaseBleakScanner] | None = None
    client: type[BaseBleakClient] | None = None
    simulated: bool = False
    """Sensors found here are SIMULATED and are recorded as such."""


class Radio(Protocol):
    """A supplier of backends. Both methods run inside the event loop that will use the backends."""

    async def open(self) -> RadioBackends: ...

    async def close(self) -> None: ...


class SystemRadio:
    """The computer's own Bluetooth."""

    async def open(self) -> RadioBackends:
        """bleak's own backends."""
        return RadioBackends()

    async def close(self) -> None:
        """Nothing to release: bleak keeps no adapter open."""
