"""Which host an address leads to, as a browser would read it, and whether it is trusted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

GOVERNMENT = "gov.cn"
URL_CHARS_MAX = 2_000
_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_SHARED = frozenset({"com.cn", "net.cn", "org.cn", "edu.cn", "ac.cn", "gx.cn"})
"""Suffixes below which anybody may register: trusting one would trust everybody."""


def host_of(url: str) -> str:
    """The host in its ASCII form; empty for what is no http(s) address, or could be read in two ways.

    Browsers take a backslash for a slash and drop tabs and line breaks, Python does not: such an address has no host.
    """
    if len(url) > URL_CHARS_MAX or "\\" in url or re.search(r"[\x00-\x20\x7f]", url):
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is none
        if parts.scheme.lower() not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            return ""
        return parts.hostname.encode("idna").decode().rstrip(".")
    except (ValueError, UnicodeError):
        return ""


def is_within(host: str, domains: Iterable[str]) -> bool:
    """Whether the host is one of these or lies below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def readable(host: str) -> str:
    """For people: a Chinese name as it is written, with its ASCII form beside it, since names may be made to look alike."""
    try:
        written = host.encode("ascii").decode("idna")
    except (ValueError, UnicodeError):
        return host
    is_plain = all(char.isalnum() or char in ".-" for char in written)
    return f"{written}（{host}）" if written != host and is_plain else host


def checked_domain(text: str) -> str:
    """A domain that may be trusted. Raises ValueError for anything else."""
    domain = text.strip().lower()
    if not _DOMAIN.fullmatch(domain) or domain in _SHARED:
        raise ValueError(f"not a domain: {text!r}")
    return domain
