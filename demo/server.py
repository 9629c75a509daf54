"""Runs Home Assistant as a child process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import signal
import sys

from .folder import FOLDER, LOG

RESTART = 100
"""Home Assistant's exit code when a user asked for a restart."""


class ServerEndedError(Exception):
    """Home Assistant ended by itself."""


@asynccontextmanager
async def server() -> AsyncIterator[asyncio.subprocess.Process]:
    """Run Home Assistant; stop it cleanly on the way out."""
    with (FOLDER / "console.log").open("ab") as console:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "homeassistant", "--config", str(FOLDER)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            # Ctrl-C is for this script alone, which then asks Home Assistant to stop.
            start_new_session=True,
            # From here, the repository's own custom_components would come first.
            cwd=FOLDER,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


def log_end(lines: int = 30) -> str:
    """Return the end of Home Assistant's log."""
    log = LOG if LOG.exists() else FOLDER / "console.log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
