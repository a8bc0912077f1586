"""Lighthouse, as `make lighthouse` has installed it: what it gives pages for each category, and what it complains of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / ".ci/lighthouse"
FOLDER = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "lighthouse"
SECONDS_A_PAGE = 60


def absent() -> str:
    """Why it cannot be asked; empty if it can."""
    if shutil.which("node") is None:
        return "needs Node 18 or later: apt install nodejs npm"
    installed = FOLDER / ".installed"
    if not installed.exists():
        return "needs Lighthouse: make lighthouse"
    if installed.read_bytes() != (SOURCE / "package-lock.json").read_bytes():
        return "needs another Lighthouse than is installed: make lighthouse"
    return ""


@dataclass(frozen=True)
class Report:
    """On one page."""

    address: str
    scores: dict[str, int]
    """By category, of 100."""
    complaints: dict[str, tuple[str, ...]]
    """By category: the audits with weight that are not passed."""
    shift: float
    """Cumulative Layout Shift."""

    @classmethod
    def parse(cls, found: dict[str, Any]) -> Report:
        categories, audits = found["categories"], found["audits"]
        return cls(
            address=found["requestedUrl"],
            # A category without a score is one that Lighthouse could not judge.
            scores={name: round(100 * (each["score"] or 0)) for name, each in categories.items()},
            complaints={
                name: tuple(
                    audit["id"]
                    for audit in each["auditRefs"]
                    if audit["weight"] and (audits[audit["id"]]["score"] or 0) < 1
                    if audits[audit["id"]]["scoreDisplayMode"] not in {"notApplicable", "manual"}
                )
                for name, each in categories.items()
            },
            shift=audits["cumulative-layout-shift"]["numericValue"],
        )


def reports(addresses: Sequence[str], chromium: str, flags: Sequence[str]) -> list[Report]:
    """On each page in turn, with one browser."""
    seconds = SECONDS_A_PAGE * len(addresses)
    asked = {
        "modules": str(FOLDER.resolve() / "node_modules"),
        "chromium": chromium,
        "flags": list(flags),
        "addresses": list(addresses),
        "seconds": seconds,
    }
    done = subprocess.run(
        ["node", str(SOURCE / "scores.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    FOLDER.joinpath("reports.json").write_text(done.stdout)
    return [Report.parse(each) for each in found]
