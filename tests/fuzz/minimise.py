"""A failing input made smaller: pieces left out as long as the same failure stays."""

from __future__ import annotations

import time

from tests.fuzz.fuzz_target import Target, try_input

LIMIT_S = 10.0


def smaller(target: Target, data: bytes) -> bytes:
    """The shortest input found that fails in the same way; `data` itself where it does not fail here."""
    wanted = _failure(target, data)
    if wanted is None:
        return data
    begin, size = time.monotonic(), max(1, len(data) // 2)
    while size and time.monotonic() - begin < LIMIT_S:
        at, shrunk = 0, False
        while at < len(data) and time.monotonic() - begin < LIMIT_S:
            shorter = data[:at] + data[at + size :]
            if _failure(target, shorter) == wanted:
                data, shrunk = shorter, True
            else:
                at += size
        if not shrunk or size > 1:
            size //= 2
    return data


def _failure(target: Target, data: bytes) -> tuple[str, str] | None:
    """Kind and place of the failure; None where there is none."""
    try:
        try_input(target, data)
    except Exception as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
        return type(error).__name__, where
    return None
