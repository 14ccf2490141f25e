"""What a device says in its advertisement, as the properties that BlueZ makes of it."""

from __future__ import annotations

from typing import Any

from bleak.uuids import normalize_uuid_str
from bumble.core import UUID, AdvertisingData
from dbus_fast import Variant

_FIELD = AdvertisingData.Type
_NAMES = (_FIELD.COMPLETE_LOCAL_NAME, _FIELD.SHORTENED_LOCAL_NAME)
_UUID_WIDTHS = {
    _FIELD.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _FIELD.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS: 2,
    _FIELD.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
    _FIELD.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS: 16,
}


def announced(heard: Any) -> dict[str, Any]:
    """Properties of Device1 from a Bumble advertisement; only those that it has."""
    properties: dict[str, Any] = {"RSSI": heard.rssi}
    uuids: list[str] = []
    for kind, raw in heard.data.ad_structures:
        if kind in _NAMES:
            properties["Name"] = properties["Alias"] = raw.decode("utf-8", "replace")
        elif width := _UUID_WIDTHS.get(kind):
            parts = (raw[i : i + width] for i in range(0, len(raw), width))
            uuids += [normalize_uuid_str(UUID.from_bytes(part).to_hex_str("-")) for part in parts]
        elif kind == _FIELD.MANUFACTURER_SPECIFIC_DATA and len(raw) >= 2:
            maker = int.from_bytes(raw[:2], "little")
            properties["ManufacturerData"] = {maker: Variant("ay", bytes(raw[2:]))}
    if uuids:
        properties["UUIDs"] = uuids
    return properties
