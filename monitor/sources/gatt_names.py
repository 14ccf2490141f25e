"""Names of what strange devices announce: standard services and the makers behind manufacturer numbers.

Service names are the Bluetooth SIG's, as bleak carries them. Of the makers' numbers only those that help to tell a
sensor from a telephone; `0x0886` (Movella) is from the maker's own document, the others are assigned by the SIG.
"""

from __future__ import annotations

from bleak.uuids import uuidstr_to_str

COMPANIES = {
    0x0006: "Microsoft",
    0x004C: "Apple",
    0x0059: "Nordic Semiconductor",
    0x006B: "Polar",
    0x0075: "Samsung",
    0x0087: "Garmin",
    0x009F: "Suunto (Movesense)",
    0x00E0: "Google",
    0x0886: "Movella (Xsens)",
}
_UNNAMED = ("Unknown", "Vendor specific", "")
_SIG_BASE = "-0000-1000-8000-00805f9b34fb"


def service_name(uuid: str) -> str:
    """The standard name of a service or characteristic; '' where it has none."""
    name = uuidstr_to_str(uuid.lower())
    return "" if name in _UNNAMED else name


def short_uuid(uuid: str) -> str:
    """'180F' for a UUID of the SIG's, all of it for any other."""
    uuid = uuid.lower()
    return uuid[4:8].upper() if uuid.startswith("0000") and uuid.endswith(_SIG_BASE) and len(uuid) == 36 else uuid


def company_name(number: int) -> str:
    """The maker in words, else its number as '0x1234'."""
    return COMPANIES.get(number, f"maker 0x{number:04X}")
