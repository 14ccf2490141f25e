"""Frozen values to a plain npz file and back: dataclasses, tuples, mappings, enumerations and arrays. No pickle.

The types come from the caller's own dataclasses, never from the file: what does not fit them is refused. Arrays are
stored once however often they are shared, and as a single number where all their values are the same.
"""

from __future__ import annotations

import io
import json
import types
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

T = TypeVar("T")
KINDS = frozenset({"<f8", "<f4", "<i8", "|i1", "|b1"})
LARGEST_JSON = 64 << 20
DEEPEST = 40
_TABLE = "values.json"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


class UnfitValueError(ValueError):
    """A file that does not hold the value that was asked for."""


def write_values(path: Path, value: object) -> None:
    """Write a value to a new file. Raises OSError, and UnfitValueError for what cannot be written."""
    arrays: list[NDArray[Any]] = []
    seen: dict[int, dict[str, Any]] = {}
    table = json.dumps(_plain(value, arrays, seen)).encode()
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as archive:
        for i, array in enumerate(arrays):
            with archive.open(zipfile.ZipInfo(f"{i}.npy", _FIXED_TIME), "w", force_zip64=True) as file:
                npy.write_array(file, array, allow_pickle=False)
        archive.writestr(zipfile.ZipInfo(_TABLE, _FIXED_TIME), table)


def read_values(path: Path, kind: type[T]) -> T:
    """The value of a file, as an instance of `kind`. Raises UnfitValueError for whatever is wrong with it; OSError."""
    try:
        size = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            stored = all(m.compress_type == zipfile.ZIP_STORED and m.file_size <= size for m in members)
            if not stored or sum(m.file_size for m in members) > size:
                raise UnfitValueError("its parts are larger than the file")
            if archive.getinfo(_TABLE).file_size > LARGEST_JSON:
                raise UnfitValueError("its table is too large")
            arrays = [_array(archive.read(f"{i}.npy")) for i in range(len(members) - 1)]
            value = _built(kind, json.loads(archive.read(_TABLE)), arrays)
    except OSError:
        raise
    except Exception as error:  # whatever a damaged file brings about: it is not used
        raise UnfitValueError(str(error)[:200]) from error
    assert isinstance(value, kind)
    return value


def _array(data: bytes) -> NDArray[Any]:
    """A column from the bytes of an npy file; nothing larger than those bytes is ever made."""
    head = io.BytesIO(data)
    if npy.read_magic(head) != (1, 0):
        raise UnfitValueError("an array of another version")
    shape, fortran, dtype = npy.read_array_header_1_0(head)
    if dtype.str not in KINDS or len(shape) not in (1, 2) or fortran:
        raise UnfitValueError(f"an array of {dtype.str}{shape}")
    flat: NDArray[Any] = np.frombuffer(data, dtype, offset=head.tell())
    return flat.reshape(shape)


# ---------------------------------------------------------------- to plain values


def _plain(value: object, arrays: list[NDArray[Any]], seen: dict[int, dict[str, Any]]) -> Any:
    if isinstance(value, np.ndarray):
        if id(value) not in seen:
            seen[id(value)] = _column(value, arrays)
        return seen[id(value)]
    if is_dataclass(value):
        parts = [_plain(getattr(value, f.name), arrays, seen) for f in fields(value)]
        return {"is": type(value).__name__, "of": parts}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return [[_plain(k, arrays, seen), _plain(v, arrays, seen)] for k, v in value.items()]
    if isinstance(value, tuple):
        return [_plain(v, arrays, seen) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise UnfitValueError(f"a {type(value).__name__} cannot be written")


def _column(array: NDArray[Any], arrays: list[NDArray[Any]]) -> dict[str, Any]:
    if array.dtype.str not in KINDS:
        raise UnfitValueError(f"an array of {array.dtype.str} cannot be written")
    if array.ndim == 1 and len(array) > 1 and (bool((array == array[0]).all()) or bool((array != array).all())):
        return {"all": array[0].item(), "n": len(array), "kind": array.dtype.str}
    arrays.append(np.ascontiguousarray(array))
    return {"array": len(arrays) - 1}


# ---------------------------------------------------------------- and back


@lru_cache(maxsize=256)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


class _Reader:
    """Builds values of known types; the same column is the same array again."""

    def __init__(self, arrays: list[NDArray[Any]]) -> None:
        self._arrays = arrays
        self._longest = max((len(a) for a in arrays), default=0)
        self._same: dict[tuple[str, int, str], NDArray[Any]] = {}

    def built(self, hint: Any, data: Any, depth: int = 0) -> Any:
        if depth > DEEPEST:
            raise UnfitValueError("it is nested too deeply")
        origin, args = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._one_of(args, data, depth)
        if origin is np.ndarray:
            return self._column(data, np.dtype(get_args(args[1])[0]))
        if origin is tuple:
            return self._tuple(args, data, depth)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            pairs = {self.built(args[0], k, depth + 1): self.built(args[1], v, depth + 1) for k, v in data}
            return MappingProxyType(pairs) if origin is not dict else pairs
        if is_dataclass(hint):
            return self._dataclass(hint, data, depth)
        if isinstance(hint, type) and issubclass(hint, Enum):
            return hint(data)
        return _simple(hint, data)

    def _one_of(self, kinds: tuple[Any, ...], data: Any, depth: int) -> Any:
        if data is None and type(None) in kinds:
            return None
        if isinstance(data, dict) and "is" in data:
            named = [kind for kind in kinds if is_dataclass(kind) and getattr(kind, "__name__", "") == data["is"]]
            return self.built(named[0], data, depth)
        for kind in kinds:
            try:
                return self.built(kind, data, depth + 1)
            except (UnfitValueError, ValueError, TypeError):
                continue
        raise UnfitValueError(f"{data!r:.40} is none of its kinds")

    def _tuple(self, kinds: tuple[Any, ...], data: Any, depth: int) -> tuple[Any, ...]:
        if not isinstance(data, list):
            raise UnfitValueError("not a list")
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(self.built(kinds[0], v, depth + 1) for v in data)
        return tuple(self.built(kind, v, depth + 1) for kind, v in zip(kinds, data, strict=True))

    def _dataclass(self, kind: Any, data: Any, depth: int) -> Any:
        if data["is"] != kind.__name__:
            raise UnfitValueError(f"{data['is']!r:.40} instead of {kind.__name__}")
        hints = _hints(kind)
        parts = zip(fields(kind), data["of"], strict=True)
        return kind(**{f.name: self.built(hints[f.name], part, depth + 1) for f, part in parts})

    def _column(self, data: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
        if "array" in data:
            array = self._arrays[int(data["array"])]
        else:
            key = (repr(data["all"]), int(data["n"]), str(data["kind"]))
            if key[1] > self._longest or key[2] not in KINDS:
                raise UnfitValueError("a column longer than the run")
            if key not in self._same:
                self._same[key] = np.full(key[1], data["all"], np.dtype(key[2]))
            array = self._same[key]
        if array.dtype != dtype:
            raise UnfitValueError(f"{array.dtype} instead of {dtype}")
        return array


def _built(kind: type[T], data: Any, arrays: list[NDArray[Any]]) -> Any:
    return _Reader(arrays).built(kind, data)


def _simple(hint: Any, data: Any) -> Any:
    """A number, a text or a truth value of exactly the kind asked for; whole numbers also where any will do."""
    if hint is float and isinstance(data, (int, float)) and not isinstance(data, bool):
        return data
    if hint is bytes and isinstance(data, str):
        return bytes.fromhex(data)
    if hint in (int, str, bool) and type(data) is hint:
        return data
    raise UnfitValueError(f"{data!r:.40} instead of {getattr(hint, '__name__', hint)}")
