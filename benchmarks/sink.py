"""A receiver that costs next to nothing: 127.1.x.x answers at once, 127.5.x.x after 50 ms, 127.9.x.x never."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"id":"1"}'


class Sink(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.kind = transport.get_extra_info("sockname")[0].split(".")[1]
        self.wanted = 0
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
            if len(self.held) < end + 4 + length:
                return
            self.held = self.held[end + 4 + length :]
            if self.kind == "5":
                asyncio.get_running_loop().call_later(0.05, self.transport.write, ANSWER)  # type: ignore[attr-defined]
            elif self.kind != "9":
                self.transport.write(ANSWER)  # type: ignore[attr-defined]


def _serve(pipe: Connection) -> None:
    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "0.0.0.0", 0, backlog=2048)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """A sink in a process of its own; yields its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()
