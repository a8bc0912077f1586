"""What stands below an article: addresses, the way to the attachments, and who answers for the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from channels.adapters.wechat_mp.article.blocks import element, figure
from channels.adapters.wechat_mp.article.links import Policy, code_name, in_code, is_linkable, is_web
from channels.adapters.wechat_mp.article.text import as_html, plain
from channels.edition import Attachment, Edition


def closing_html(edition: Edition, numbers: Mapping[str, int], policy: Policy) -> str:
    """`numbers` are the addresses that the text refers to, in the order of their numbers."""
    source, numbers = _source(edition, numbers, policy)
    addresses = [
        f"[{number}] {as_html(url)}" for url, number in numbers.items() if not _coded(policy, number, url)
    ]
    if has_attachments(edition) and policy is not Policy.QR:
        addresses.append(_way_to_attachments(edition, policy))
    lines = list(source)
    lines += [f"{label}：{as_html(name)}" for label, name in _people(edition) if name]
    if edition.issuer.name and edition.issuer.name != edition.source:
        lines.append(f"发布单位：{as_html(edition.issuer.name)}")
    codes = "".join(_codes(edition, numbers, policy))
    below = [element("p", "address", address) for address in addresses]
    below += [element("p", "line", line) for line in lines]
    return codes + element("section", "closing", "".join(below))


def has_attachments(edition: Edition) -> bool:
    return any(isinstance(block, Attachment) for block in edition.body)


def _people(edition: Edition) -> tuple[tuple[str, str], ...]:
    return (
        ("作者", edition.by),
        ("编辑", edition.editor),
        ("校对", edition.proofreader),
        ("审核", edition.reviewer),
    )


def _source(
    edition: Edition, numbers: Mapping[str, int], policy: Policy
) -> tuple[list[str], Mapping[str, int]]:
    """The line that names the source, and the numbers with the address of the original among them."""
    name, url = as_html(edition.source), plain(edition.origin_url)
    if not name:
        return [], numbers
    if is_linkable(url):
        return [f'来源：<a href="{as_html(url)}">{name}</a>'], numbers
    if policy is Policy.NONE or not is_web(url):
        return [f"来源：{name}"], numbers
    numbers = {**numbers, url: numbers.get(url, len(numbers) + 1)}
    return [f"来源：{name}<sup>[{numbers[url]}]</sup>"], numbers


def _way_to_attachments(edition: Edition, policy: Policy) -> str:
    way = f"，或访问 {as_html(edition.permalink)}" if policy is Policy.FOOTNOTE else ""
    return f"附件下载：点击文末“阅读原文”{way}"


def _codes(edition: Edition, numbers: Mapping[str, int], policy: Policy) -> Iterator[str]:
    if policy is not Policy.QR:
        return
    for url, number in numbers.items():
        if _coded(policy, number, url):
            yield _code(url, f"[{number}] 长按识别二维码，打开链接")
    if has_attachments(edition):
        yield _code(edition.permalink, "长按识别二维码，下载附件")


def _code(url: str, caption: str) -> str:
    return figure(f"qr:{code_name(url)}", "code", "二维码", caption)


def _coded(policy: Policy, number: int, url: str) -> bool:
    return policy is Policy.QR and in_code(number, url)
