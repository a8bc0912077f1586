"""Addresses as the link checker keeps them: absolute, without a fragment, http and https only. Pure."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

# Labels between dots; what is outside ASCII is a name that the client encodes itself. IPv6 in brackets is an address too.
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63})*\.?|[0-9a-f:.]+")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def target(href: str, base: str) -> str | None:
    """What a reader's browser would fetch for `href` on the page `base`; None for mail, telephones and marks in a page.

    What is no address at all comes back as it is written: that it cannot be opened is a finding.
    """
    href = "".join(href.split("\t")).strip()
    if not href or href.startswith("#"):
        return None
    if _SCHEME.match(href) and not href.lower().startswith(("http:", "https:")):
        return None
    try:
        parts = urlsplit(urljoin(base, href))
        return urlunsplit(parts._replace(netloc=_netloc(parts), fragment=""))
    except ValueError:
        return href


def host_of(url: str) -> str:
    """Lower case, with the port where one is named; empty for what is no address."""
    try:
        return _netloc(urlsplit(url)).rpartition("@")[2]
    except ValueError:
        return ""


def is_sound(url: str) -> bool:
    """Whether it is worth asking: a scheme, a host of a possible form, no blank inside."""
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in {"http", "https"}
            and _HOST.fullmatch(parts.hostname or "") is not None
            and (parts.port is None or parts.port > 0)
            and not any(sign.isspace() for sign in url)
        )
    except ValueError:
        return False


def digest(url: str) -> str:
    """What a link is unique by: addresses are longer than an index takes."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _netloc(parts: SplitResult) -> str:
    """The host in lower case, without the port that the scheme has anyway."""
    user, at, host = parts.netloc.rpartition("@")
    host = host.lower()
    default = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return f"{user}{at}{host.removesuffix(default) if default else host}"
