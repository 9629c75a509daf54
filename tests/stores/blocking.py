"""A watch over the event loop: what reads files or looks names up in it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import ssl
import sys
import threading

import pytest

_BLOCKING = {"open", "os.listdir", "os.scandir", "socket.gethostbyname", "time.sleep"}
_watches: list[list[str]] = []


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _watches and event in _BLOCKING:
        note(f"{event} {args[:1]}")


def note(event: str) -> None:
    """Write down what happens in the main thread, where the loop runs."""
    if threading.current_thread() is threading.main_thread():
        for watch in _watches:
            watch.append(event)


sys.addaudithook(_hook)  # For good; it only looks while somebody watches.


@contextmanager
def watched_loop(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the blocking calls that the event loop makes inside the block."""
    really_create = ssl.create_default_context

    def create(*args: object, **kwargs: object) -> ssl.SSLContext:
        note("ssl.create_default_context")
        context: ssl.SSLContext = really_create(*args, **kwargs)  # type: ignore[arg-type]
        return context

    calls: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(ssl, "create_default_context", create)
        # In its debug mode the loop itself reads source files, for its tracebacks.
        loop = asyncio.get_running_loop()
        loop.set_debug(False)
        _watches.append(calls)
        try:
            yield calls
        finally:
            _watches.remove(calls)
            loop.set_debug(True)
