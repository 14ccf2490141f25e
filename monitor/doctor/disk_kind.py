"""What a folder lies on: a network disk, one that a cloud service copies, memory that is gone at the next start."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath, PurePosixPath


class DiskKind(StrEnum):
    """How a folder keeps what is written."""

    LOCAL = "local"
    NETWORK = "network"
    CLOUD = "cloud"
    MEMORY = "memory"


NETWORK_TYPES = ("nfs", "cifs", "smb", "afp", "9p", "ceph", "glusterfs", "fuse.sshfs", "fuse.rclone", "webdav", "davfs")
"""Beginnings of file system types that live on another computer."""
MEMORY_TYPES = ("tmpfs", "ramfs")
CLOUD_FOLDERS = (
    "dropbox", "onedrive", "google drive", "googledrive", "my drive", "icloud drive", "iclouddrive", "mobile documents",
    "cloudstorage", "nextcloud", "owncloud", "pcloud drive", "box sync", "syncthing", "creative cloud files",
)  # fmt: skip
"""Names of the folders that the services make, in small letters."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system: where, and of which type."""

    folder: str
    kind: str


def linux_mounts(text: str) -> list[Mount]:
    """The lines of /proc/self/mounts: device, folder, type; blanks in a folder's name are written as octal."""
    found = []
    for line in text.splitlines():
        fields = line.split(" ")
        if len(fields) >= 3:
            folder = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[1])
            found.append(Mount(folder, fields[2]))
    return found


def mac_mounts(text: str) -> list[Mount]:
    """What `mount` prints on a Mac: '//me@host/share on /Volumes/share (smbfs, nodev)'."""
    return [Mount(m[1], m[2]) for m in re.finditer(r"^.* on (/.*) \((\w+)[,)]", text, re.MULTILINE)]


def kind_of(folder: PurePath, mounts: Iterable[Mount], environment: Mapping[str, str]) -> DiskKind:
    """The kind of an absolute folder. Cloud folders are known by their names, and on Windows by OneDrive's variable."""
    parts = [part.lower() for part in folder.parts]
    if any(part == name or part.startswith((f"{name} -", f"{name}-")) for part in parts for name in CLOUD_FOLDERS):
        return DiskKind.CLOUD
    for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial"):
        if (place := environment.get(name)) and folder.is_relative_to(place):
            return DiskKind.CLOUD
    if str(folder).startswith("\\\\"):
        return DiskKind.NETWORK
    # Of two mounted on one folder the later one counts.
    above = [m for m in mounts if isinstance(folder, PurePosixPath) and folder.is_relative_to(m.folder)]
    if not above:
        return DiskKind.LOCAL
    kind = max(reversed(above), key=lambda m: len(PurePosixPath(m.folder).parts)).kind.lower()
    if kind.startswith(NETWORK_TYPES):
        return DiskKind.NETWORK
    return DiskKind.MEMORY if kind in MEMORY_TYPES else DiskKind.LOCAL
