"""A directory as a disk may hold it after a loss of power."""

import random
from pathlib import Path

from traced import Step

# What a disk writes whole or not at all.
SECTOR = 512


class UnsyncedFile:
    """The bytes that are on the disk for certain, and what was done to them since: writes, which
    have a place and bytes, and truncations, which have a length alone."""

    def __init__(self) -> None:
        self._synced = bytearray()
        self._pending: list[tuple[int, bytes | None]] = []
        self.size = 0  # as the process sees it

    def write(self, place: int, data: bytes) -> None:
        self._pending.append((place, data))
        self.size = max(self.size, place + len(data))

    def truncate(self, size: int) -> None:
        self._pending.append((size, None))
        self.size = size

    def sync(self) -> None:
        for place, data in self._pending:
            apply(self._synced, place, data)
        self._pending.clear()

    def after_loss(self, draw: random.Random, kept: float) -> bytes:
        """Of what was not synced each sector is there or not, in the likelihood of `kept`: a disk
        writes them in whatever order it likes."""
        content = bytearray(self._synced)
        for place, data in self._pending:
            if data is None:
                if draw.random() < kept:
                    apply(content, place, None)
                continue
            is_torn = draw.random() < 0.5
            is_whole = draw.random() < kept
            begin = place
            while begin < place + len(data):
                end = min(place + len(data), begin - begin % SECTOR + SECTOR)
                if draw.random() < kept if is_torn else is_whole:
                    apply(content, begin, data[begin - place:end - place])
                begin = end
        return bytes(content)


def apply(content: bytearray, place: int, data: bytes | None) -> None:
    if data is None:
        del content[place:]
    size = place + len(data or b"")
    # A file that grew without its bytes reads as zeros.
    content.extend(bytes(max(0, size - len(content))))
    if data is not None:
        content[place:size] = data


class UnsyncedDirectory:
    """Follows what a process does to the files of one directory, and what of it is synchronised.
    A name is durable once the directory is, whatever becomes of the file itself."""

    def __init__(self) -> None:
        self._now: dict[str, UnsyncedFile] = {}
        self._synced: dict[str, UnsyncedFile] = {}
        self._pending: list[dict[str, UnsyncedFile | None]] = []  # renaming changes two names
        self.exists = False

    def follow(self, step: Step) -> None:
        names = step.files
        if step.call == "mkdir":
            self.exists = True
        elif step.call == "openat":
            if "O_CREAT" in step.arguments[2] and names[0] not in self._now:
                self._change({names[0]: UnsyncedFile()})
        elif step.call in ("rename", "renameat2"):
            self._change({names[0]: None, names[1]: self._now[names[0]]})
        elif step.call == "unlink":
            self._change({names[0]: None})
        elif names[0] == ".":
            self._sync_names()
        else:
            self._follow_file(self._now[names[0]], step)

    @staticmethod
    def _follow_file(file: UnsyncedFile, step: Step) -> None:
        if step.call == "write":  # only the audit log, which appends, and the token, which is new
            file.write(file.size, step.data)
        elif step.call == "pwrite64":
            file.write(int(step.arguments[-1]), step.data)
        elif step.call == "ftruncate":
            file.truncate(int(step.arguments[-1]))
        else:
            file.sync()

    def _change(self, names: dict[str, UnsyncedFile | None]) -> None:
        self._pending.append(names)
        set_names(self._now, names)

    def _sync_names(self) -> None:
        for names in self._pending:
            set_names(self._synced, names)
        self._pending.clear()

    def leave(self, target: Path, draw: random.Random) -> None:
        """Makes `target` what may be left after a loss of power now."""
        if not self.exists:
            return
        kept = draw.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        names = dict(self._synced)
        for change in self._pending:
            if draw.random() < kept:
                set_names(names, change)
        target.mkdir(mode=0o700)
        for name, file in names.items():
            (target / name).write_bytes(file.after_loss(draw, kept))
            (target / name).chmod(0o600)


def set_names(names: dict[str, UnsyncedFile], changed: dict[str, UnsyncedFile | None]) -> None:
    for name, file in changed.items():
        if file is None:
            names.pop(name, None)
        else:
            names[name] = file
