"""How DedeCMS 5.7, PHPCMS 9.6 and EmpireCMS read what their webmasters have typed in, in our own words."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable

from tests.samples.hub import WRITTEN
from tests.samples.using import DIRECT, PATIENCE, SAMPLES

Rules = dict[str, str]
"""What stands in each field of the system's form."""


def rules(system: str, hub_url: str) -> Rules:
    """The table of the sample's page, as a webmaster of this hub types it in."""
    text = (SAMPLES / system / "README.md").read_text().replace(WRITTEN, hub_url)
    return dict(re.findall(r"^\| (.+?) \| `(.+)` \|$", text, re.MULTILINE))


def template(system: str, hub_url: str) -> str:
    """The lines for a template on the sample's page."""
    text = (SAMPLES / system / "README.md").read_text().replace(WRITTEN, hub_url)
    return text.split("```")[1].strip()


def between(page: str, rule: str) -> str:
    """DedeCMS and PHPCMS: what stands for [内容] between two literal texts; empty when they are not both there."""
    start, _, end = rule.partition("[内容]")
    _, cut, rest = page.partition(start)
    text, ended, _ = rest.partition(end)
    return text if cut and ended else ""


def matched(page: str, rule: str) -> list[str]:
    """EmpireCMS: every text that stands for its [!--name--]; `*` is any text, line ends count for nothing."""
    parts = re.split(r"(\[!--\w+--\]|\*)", rule)
    pattern = "".join(
        "(.*?)" if part.startswith("[!--") else ".*?" if part == "*" else re.escape(part) for part in parts
    )
    return re.findall(pattern, page.replace("\r", "").replace("\n", ""), re.IGNORECASE | re.DOTALL)


class Collector:
    """A system's own store: an address is collected once and never again."""

    def __init__(
        self, encoding: str, links: Callable[[], Iterable[str]], cut: Callable[[str, str], str]
    ) -> None:
        self.encoding, self._links, self._cut = encoding, links, cut
        self.articles: dict[str, dict[str, str]] = {}

    def run(self, fields: Rules) -> list[dict[str, str]]:
        """Collect; returns the articles that are new."""
        found = []
        for link in self._links():
            key = hashlib.md5(link.encode()).hexdigest()
            if key in self.articles:
                continue
            page = page_of(link, self.encoding)
            self.articles[key] = {name: self._cut(page, rule) for name, rule in fields.items()}
            found.append(self.articles[key])
        return found


def page_of(url: str, encoding: str) -> str:
    """Strictly: what the system would show as rubbish is an error."""
    with DIRECT.open(url, timeout=PATIENCE) as answer:
        return str(answer.read().decode(encoding))


def dede_json(text: str) -> str:
    """The template's lines for each object of the array: fields as they are, or through the function that is named."""
    url, line = re.fullmatch(
        r"\{dede:json url='(.+?)' cache=\d+\}\n(.+)\n\{/dede:json\}", text, re.DOTALL
    ).groups()  # type: ignore[union-attr]
    rows = json.loads(page_of(url, "utf-8"))

    def field(row: dict[str, str], tag: re.Match[str]) -> str:
        value = row[tag["name"]]
        return html.escape(value, quote=True) if tag["function"] else value

    tags = r"\[field:(?P<name>\w+)(?P<function> function='dede_htmlspecialchars\(@me\)')?/\]"
    return "\n".join(re.sub(tags, lambda tag, row=row: field(row, tag), line) for row in rows)


def pc_json(text: str) -> str:
    """The same of PHPCMS."""
    url, line = re.fullmatch(
        r'\{pc:json url="(.+?)" return="data" cache="\d+"\}\n\{loop \$data \$r\}(.+)\n\{/loop\}\n\{/pc\}',
        text,
    ).groups()  # type: ignore[union-attr]
    rows = json.loads(page_of(url, "utf-8"))
    escaped = r"\{new_html_special_chars\(\$r\[(\w+)\]\)\}"
    plain = r"\{\$r\[(\w+)\]\}"

    def filled(row: dict[str, str]) -> str:
        half = re.sub(escaped, lambda tag: html.escape(row[tag[1]], quote=True), line)
        return re.sub(plain, lambda tag: row[tag[1]], half)

    return "\n".join(map(filled, rows))
