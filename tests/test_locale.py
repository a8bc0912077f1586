"""The admin speaks Chinese: what Wagtail leaves in English is translated here, and the compiled files are current."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest
import wagtail
from django.conf import settings
from django.utils import translation

OURS = Path(settings.LOCALE_PATHS[0]) / "zh_Hans" / "LC_MESSAGES"
WAGTAIL = Path(wagtail.__file__).parent
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# Folders of Wagtail's applications that are installed.
APPLICATIONS = sorted(
    app.removeprefix("wagtail").lstrip(".").replace(".", "/")
    for app in settings.INSTALLED_APPS
    if app.startswith("wagtail")
)

Key = tuple[str | None, str]


def translated(path: Path) -> dict[Key, polib.POEntry]:
    if not path.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if entry.translated()}


def catalogs() -> list[tuple[str, str]]:
    return [
        (application, domain)
        for application in APPLICATIONS
        for domain in ("django", "djangojs")
        if (WAGTAIL / application / "locale/en/LC_MESSAGES" / f"{domain}.po").exists()
    ]


@pytest.mark.parametrize(("application", "domain"), catalogs())
def test_no_text_of_the_admin_is_left_in_english(application: str, domain: str) -> None:
    folder = WAGTAIL / application / "locale"
    texts = {
        (e.msgctxt, e.msgid)
        for e in polib.pofile(str(folder / f"en/LC_MESSAGES/{domain}.po"))
        if not e.obsolete
    }
    chinese = translated(folder / f"zh_Hans/LC_MESSAGES/{domain}.po") | translated(OURS / f"{domain}.po")

    assert sorted(msgid for _, msgid in texts - chinese.keys()) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_catalog_says_what_the_source_says(domain: str) -> None:
    source = {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(OURS / f"{domain}.po"))
    }
    compiled = {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.mofile(str(OURS / f"{domain}.mo"))
    }

    assert compiled == source, "run `make messages`"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_a_translation_keeps_the_placeholders_of_its_text(domain: str) -> None:
    for entry in polib.pofile(str(OURS / f"{domain}.po")):
        allowed = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert set(PLACEHOLDER.findall(text)) <= allowed, entry.msgid


def test_the_hubs_words_win_over_wagtails() -> None:
    with translation.override("zh-hans"):
        assert translation.gettext("Promote") == "发布设置"
        assert translation.gettext("Schedule to publish") == "定时发布"
        assert translation.ngettext(
            "%(num_parent_objects)d page", "%(num_parent_objects)d pages", 2
        ).endswith("个页面")
