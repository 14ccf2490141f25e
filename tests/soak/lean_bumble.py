"""Bumble without the two things that take seven eighths of its time: texts of log lines that nobody reads, and packets
of 27 bytes, which current Bluetooth controllers replace by ones of up to 251."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from bumble import att, controller, device, gatt_client, gatt_server, hci, host, l2cap

_COLOURED = (att, controller, device, gatt_client, gatt_server, hci, host, l2cap)
_WRITTEN_OUT = (hci.HCI_Command, hci.HCI_Event, hci.HCI_AclDataPacket, att.ATT_PDU)
LONG_PACKET = 251


def _plain(text: str, *_colours: object, **_styles: object) -> str:
    return text


def _name(packet: object) -> str:
    return type(packet).__name__


@contextmanager
def lean_bumble() -> Iterator[None]:
    """Inside, Bumble is lean; what it does is the same."""
    with ExitStack() as stack:
        for module in _COLOURED:
            stack.enter_context(patch.object(module, "color", _plain))
        for kind in _WRITTEN_OUT:
            stack.enter_context(patch.object(kind, "__str__", _name))
        stack.enter_context(patch.object(controller.Controller, "le_acl_data_packet_length", LONG_PACKET))
        yield
