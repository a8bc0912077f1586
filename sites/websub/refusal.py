"""Refusal: why a request is not taken, for people and for programs."""

from __future__ import annotations


class Refusal(Exception):
    """`code` never changes its meaning; `sentence` says what to do. `retry_after` in seconds, 0 for not at all."""

    def __init__(self, status: int, code: str, sentence: str, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
