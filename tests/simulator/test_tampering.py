"""What the tampering functions send in place of a payload."""

from __future__ import annotations

from collections import Counter

import pytest

from monitor.simulator.tampering import Garbling, Repeating, Swapping, Tamper, untouched

PAYLOADS = [n.to_bytes(2, "big") * 10 for n in range(2000)]


def sent(tamper: Tamper) -> list[bytes]:
    return [out for payload in PAYLOADS for out in tamper(payload)]


def test_untouched_changes_nothing() -> None:
    assert sent(untouched) == PAYLOADS


def test_repeating_sends_some_twice_in_place() -> None:
    out = sent(Repeating(0.2))
    assert list(dict.fromkeys(out)) == PAYLOADS
    assert 300 < len(out) - len(PAYLOADS) < 500
    assert all(a == b for a, b in zip(sorted(out), out, strict=True)), "no other order"


def test_swapping_loses_nothing_and_moves_by_one_place() -> None:
    tamper = Swapping(0.2)
    out = [*sent(tamper), *tamper(b"behind")][: len(PAYLOADS)]
    if b"behind" in out:  # it has overtaken the last one
        out.remove(b"behind")
        out.append(PAYLOADS[-1])
    assert Counter(out) == Counter(PAYLOADS)
    off = {abs(out.index(payload) - at) for at, payload in enumerate(PAYLOADS)}
    assert off == {0, 1}


@pytest.mark.parametrize("cut", [True, False])
def test_garbling_adds_what_is_no_notification(cut: bool) -> None:
    out = sent(Garbling(0.3, cut=cut))
    assert [o for o in out if o in set(PAYLOADS)] == PAYLOADS
    wrong = [o for o in out if o not in set(PAYLOADS)]
    assert 500 < len(wrong) < 700
    assert {0, 1, 20, 27} <= {len(o) for o in wrong}
    assert any(len(o) == 10 for o in wrong) is cut
