"""A virtual 2.4 GHz air with the link-layer behaviour that Bumble leaves out, and a mended virtual controller.

Bumble's LocalLink hands every packet over at once: no connection interval, no lost advertisements, no supervision
timeout. On a real link the link layer repeats a packet until it is received, so a bad radio shows as delay and then
a burst, and past the supervision timeout as a disconnect on both sides. Data is never lost while the link lives.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import deque
from dataclasses import dataclass
from typing import Any

from bumble import hci, ll
from bumble.controller import Controller
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

# Bumble warns of packets that arrive just after a hang-up: part of what is simulated here, and of no use to users.
logging.getLogger("bumble").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class AirSettings:
    """How the virtual radio behaves. Times in seconds."""

    connection_interval_s: float = 0.015
    packets_per_event: int = 6
    """At most so many in each direction per connection event."""
    supervision_timeout_s: float = 2.0
    advertising_loss: float = 0.1
    """Fraction of advertisements that nobody hears."""
    seed: int = 1


class _Path:
    """What lies between one peripheral and the central."""

    def __init__(self) -> None:
        self.in_range = True
        self.half_open = False
        """One side said goodbye while the other could not hear it."""
        self.queues: tuple[deque[tuple[Any, ...]], deque[tuple[Any, ...]]] = (deque(), deque())
        """Towards the peripheral, towards the central."""
        self.event: asyncio.TimerHandle | None = None
        self.supervision: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        """Forget what is under way."""
        for queue in self.queues:
            queue.clear()
        for timer in (self.event, self.supervision):
            if timer is not None:
                timer.cancel()
        self.event = self.supervision = None


class VirtualAir(LocalLink):
    """Everything that is on air in one event loop. Peripherals join with `add_peripheral`."""

    def __init__(self, settings: AirSettings) -> None:
        super().__init__()
        self._settings = settings
        self._random = random.Random(settings.seed)
        self._paths: dict[Controller, _Path] = {}

    def add_peripheral(self, controller: Controller) -> None:
        """Give this controller a path of its own, which faults can be laid on."""
        self._paths[controller] = _Path()

    def close(self) -> None:
        """Silence the air."""
        for path in self._paths.values():
            path.in_range = False
            path.cancel()

    # ------------------------------------------------------------------ faults

    def leave_range(self, peripheral: Controller) -> None:
        """Nothing gets through any more; the link dies when the supervision timeout has passed."""
        path = self._paths[peripheral]
        if path.in_range:
            path.in_range = False
            self._start_supervision(peripheral)

    def return_to_range(self, peripheral: Controller) -> None:
        """What waited is sent, as fast as connection events allow."""
        path = self._paths[peripheral]
        path.in_range = True
        if path.supervision is not None and not path.half_open:
            path.supervision.cancel()
            path.supervision = None
        self._schedule(path)

    def break_link(self, peripheral: Controller, reason: int = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR) -> None:
        """Both sides notice the end of the link, without a goodbye on air."""
        path = self._paths[peripheral]
        path.half_open = False
        path.cancel()
        for controller in (peripheral, *(c for c in self.controllers if c not in self._paths)):
            for connection in list(controller.le_connections.values()):
                if controller is peripheral or connection.peer_address == peripheral.random_address:
                    controller.on_le_disconnected(connection, reason)

    # ------------------------------------------------------------------ LocalLink

    def send_acl_data(
        self, sender_controller: Controller, destination_address: hci.Address, transport: PhysicalTransport, data: bytes
    ) -> None:
        outward = sender_controller not in self._paths
        peripheral = self.find_le_controller(destination_address) if outward else sender_controller
        path = self._paths.get(peripheral) if peripheral is not None else None
        if path is None:
            return
        path.queues[0 if outward else 1].append((sender_controller, destination_address, transport, data))
        self._schedule(path)

    def send_ll_control_pdu(
        self, sender_address: hci.Address, receiver_address: hci.Address, packet: ll.ControlPdu
    ) -> None:
        for peripheral, path in self._paths.items():
            if peripheral.random_address in (sender_address, receiver_address) and not path.in_range:
                if isinstance(packet, ll.TerminateInd):
                    path.half_open = True
                return
        if self.find_le_controller(receiver_address) is not None:
            super().send_ll_control_pdu(sender_address, receiver_address, packet)

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        if isinstance(packet, ll.ConnectInd):
            self._request_connection(sender_controller, packet)
            return
        path = self._paths.get(sender_controller)
        heard = path is None or (path.in_range and self._random.random() >= self._settings.advertising_loss)
        if heard:
            super().send_advertising_pdu(sender_controller, packet)

    # ------------------------------------------------------------------ inside

    def _request_connection(self, central: Controller, packet: ll.ConnectInd) -> None:
        peripheral = next((p for p in self._paths if p.random_address == packet.advertiser_address), None)
        if peripheral is not None and self._paths[peripheral].in_range:
            super().send_advertising_pdu(central, packet)
        elif peripheral is not None:  # the central believes in a connection that the peripheral never heard of
            asyncio.get_running_loop().call_soon(
                self.break_link, peripheral, hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
            )

    def _start_supervision(self, peripheral: Controller) -> None:
        path = self._paths[peripheral]
        if path.supervision is None:
            path.supervision = asyncio.get_running_loop().call_later(
                self._settings.supervision_timeout_s, self.break_link, peripheral
            )

    def _schedule(self, path: _Path) -> None:
        if path.event is None and path.in_range and any(path.queues):
            path.event = asyncio.get_running_loop().call_later(
                self._settings.connection_interval_s, self._connection_event, path
            )

    def _connection_event(self, path: _Path) -> None:
        path.event = None
        if not path.in_range:
            return
        for queue in path.queues:
            for _ in range(min(self._settings.packets_per_event, len(queue))):
                super().send_acl_data(*queue.popleft())
        self._schedule(path)


class VirtualController(Controller):
    """Bumble 0.0.236's virtual controller with two mends: connecting can be cancelled, and signal strength differs."""

    def __init__(self, name: str, air: VirtualAir) -> None:
        super().__init__(name, link=air)
        self.transmit_rssi_dbm = -60
        """How strongly the others hear this one."""
        self._heard_rssi_dbm = -60
        self.pending_le_connection: Any = None

    def on_hci_le_create_connection_cancel_command(self, _command: Any) -> Any:
        """Bumble answers but does not cancel, so that after one timed-out connect every later one fails."""
        pending, self.pending_le_connection = self.pending_le_connection, None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        self.send_hci_packet(
            hci.HCI_LE_Connection_Complete_Event(
                status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=pending.peer_address.address_type,
                peer_address=pending.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
        )
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu: Any) -> None:
        """Bumble hears everyone at -50 dBm."""
        sender = next((c for c in self.link.controllers if c.random_address == pdu.advertiser_address), None)
        if isinstance(sender, VirtualController):
            self._heard_rssi_dbm = sender.transmit_rssi_dbm
        super().on_advertising_pdu(pdu)

    def send_hci_packet(self, packet: Any) -> None:
        if isinstance(packet, (hci.HCI_LE_Advertising_Report_Event, hci.HCI_LE_Extended_Advertising_Report_Event)):
            for report in packet.reports:
                report.rssi = self._heard_rssi_dbm
        super().send_hci_packet(packet)
