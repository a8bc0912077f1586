"""`python -m benchmarks [NAME ...]`: every benchmark on every database that is here, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.ground import reachable

ON_DATABASES = ("signing", "fanout", "matrix", "reading", "feeds", "pages", "search")


def main(names: list[str]) -> int:
    failed = 0
    for name in names or [*ON_DATABASES, "article", "wechat_calls", "memory", "lighthouse"]:
        kinds = [kind for kind in ("sqlite", "postgres") if reachable(kind)] if name in ON_DATABASES else [""]
        for kind in kinds:
            failed += (
                subprocess.run(
                    [sys.executable, "-m", f"benchmarks.{name}", *filter(None, [kind])], check=False
                ).returncode
                != 0
            )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
