"""One holder of a folder at a time: a file lock, which the system drops when the process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class Taken(Exception):
    """Another process holds the lock; `holder` is its process id as it wrote it, or empty."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def hold(path: Path) -> IO[str]:
    """Lock `path` until the returned file is closed or the process ends. Raises Taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise Taken(holder) from error
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file
