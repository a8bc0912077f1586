"""Compile cms/locale: `make messages`. Pure Python, because gettext's msgfmt is not on every machine."""

from __future__ import annotations

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent.parent / "cms" / "locale"

for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
    polib.pofile(str(source)).save_as_mofile(str(source.with_suffix(".mo")))
