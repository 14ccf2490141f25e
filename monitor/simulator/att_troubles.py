"""A virtual sensor that misbehaves when it is asked something: refuses to be subscribed to, or hangs up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bumble.att import ATT_Error_Response, ATT_Write_Request
from bumble.gatt import GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
from bumble.gatt_server import Server

ERROR_UNLIKELY = 0x0E


class AttTroubles:
    """Stands before a GATT server: every ATT request of the central passes here. `hang_up` ends the connection."""

    def __init__(self, server: Server, hang_up: Callable[[], None]) -> None:
        self.refused_subscriptions = 0
        """So many of the next subscriptions are answered with an ATT error."""
        self.ends_at: int | None = None
        """Hang up instead of answering this request of a connection; the first is 1, None: never."""
        self._server = server
        self._hang_up = hang_up
        self._answer = server.on_gatt_pdu
        self._asked = 0
        server.on_gatt_pdu = self._on_request

    def connected(self) -> None:
        """A new connection: its requests are counted from 1."""
        self._asked = 0

    def _on_request(self, bearer: Any, request: Any) -> None:
        self._asked += 1
        if self._asked == self.ends_at:
            self._hang_up()
        elif self.refused_subscriptions > 0 and self._subscribes(request):
            self.refused_subscriptions -= 1
            self._server.send_response(
                bearer,
                ATT_Error_Response(
                    request_opcode_in_error=request.op_code,
                    attribute_handle_in_error=request.attribute_handle,
                    error_code=ERROR_UNLIKELY,
                ),
            )
        else:
            self._answer(bearer, request)

    def _subscribes(self, request: Any) -> bool:
        if not isinstance(request, ATT_Write_Request):
            return False
        attribute = self._server.get_attribute(request.attribute_handle)
        return attribute is not None and attribute.type == GATT_CLIENT_CHARACTERISTIC_CONFIGURATION_DESCRIPTOR
