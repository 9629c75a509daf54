"""A network of the tests' own: slow, cut, deaf, or telling nonsense on demand."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
import ssl
import threading
from typing import Self

import pytest
from redis.asyncio.connection import AbstractConnection

from custom_components.power_scheduler.stores import redis_client

_ECHO = b"-ERR unknown command, with args beginning with: "


@dataclass
class Proxy:
    """Passes bytes on between a client and a server, as long as it likes."""

    target: int
    """The server's port."""

    tls: ssl.SSLContext | None = None
    """With it, what clients say must be encrypted; the server sees it plain."""

    delay: float = 0
    """Seconds that each piece of an answer waits."""

    piece: int = 65536
    """Bytes that an answer arrives in at once."""

    deaf: bool = False
    """Whether answers never arrive."""

    cut_after: int | None = None
    """How many bytes of an answer arrive before the connection breaks."""

    nonsense: bytes | None = None
    """What arrives in place of each answer."""

    echo: bool = False
    """Whether all that was asked comes back in an error."""

    renamed: dict[int, int] = field(default_factory=dict)
    """Ports that answers shall name in place of others, of as many digits."""

    faults: int = 0
    """How many answers did not arrive as they were."""

    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self, port: int = 0) -> Self:
        """Listen on a port."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", port, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Break all connections, and listen no more."""
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Break all connections."""
        for writer in self._writers:
            writer.transport.abort()

    def heal(self) -> None:
        """Pass everything on from now on."""
        self.delay, self.piece, self.deaf, self.echo = 0, 65536, False, False
        self.cut_after = self.nonsense = None

    @property
    def ill(self) -> bool:
        """Whether answers do not arrive as they were."""
        whole = self.cut_after is None and self.nonsense is None
        return not whole or bool(self.delay or self.deaf or self.echo)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass on one connection."""
        try:
            answers, asks = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, asks}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._ask(reader, asks, writer))
                group.create_task(self._answer(answers, writer))
        except* OSError:
            pass
        finally:
            for each in (writer, asks):
                self._writers.discard(each)
                each.transport.abort()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        asks: asyncio.StreamWriter,
        writer: asyncio.StreamWriter,
    ) -> None:
        while asked := await reader.read(65536):
            if self.echo:
                self.faults += 1
                writer.write(_ECHO + asked.replace(b"\r\n", b" ") + b"\r\n")
            else:
                asks.write(asked)
        raise ConnectionResetError

    async def _answer(
        self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while answer := await answers.read(65536):
            if self.deaf:
                self.faults += 1
                continue
            for old, new in self.renamed.items():
                answer = answer.replace(str(old).encode(), str(new).encode())
            if self.nonsense is not None:
                self.faults += 1
                answer = self.nonsense
            if self.cut_after is not None:
                self.faults += 1
                writer.write(answer[: self.cut_after])
                await writer.drain()
                break
            for place in range(0, len(answer), self.piece):
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(answer[place : place + self.piece])
        raise ConnectionResetError


@asynccontextmanager
async def proxied(
    target: int, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Proxy]:
    """Run a proxy for the duration of a block."""
    proxy = await Proxy(target, tls).start()
    try:
        yield proxy
    finally:
        await proxy.stop()


def impatient_while_ill(
    monkeypatch: pytest.MonkeyPatch, proxy: Proxy, seconds: float
) -> None:
    """Let stores wait for so little while the proxy is ill, so that tests do too.

    Whenever it is well they wait as long as at home: machines are busy at times.
    """
    patience = property(
        lambda _: seconds if proxy.ill else redis_client.TIMEOUT, lambda *_: None
    )
    for name in ("socket_timeout", "socket_connect_timeout"):
        monkeypatch.setattr(AbstractConnection, name, patience, raising=False)
    monkeypatch.setattr(
        redis_client,
        "timeout",
        lambda usual: asyncio.timeout(2 * seconds if proxy.ill else usual),
    )


@contextmanager
def proxied_apart(target: int, tls: ssl.SSLContext) -> Iterator[Proxy]:
    """Run a proxy in a thread: what it refuses is no error of the test's own loop."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda *_: None)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    starting = asyncio.run_coroutine_threadsafe(Proxy(target, tls).start(), loop)
    proxy = starting.result()
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(proxy.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
