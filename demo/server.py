"""Runs Home Assistant, and what prepares it, in processes of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import sys

from .folder import FOLDER

CONSOLE = FOLDER / "console.log"
RESTART = 100
"""Home Assistant's exit code when a user asked for a restart."""


class EndedError(Exception):
    """A process ended that should not have."""


@asynccontextmanager
async def child(
    module: str, *arguments: str, cwd: Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a Python module in another process; ask it to stop on the way out."""
    with CONSOLE.open("ab") as console:
        console.truncate(0)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            # Ctrl-C is for the script alone, which then asks its child to stop.
            start_new_session=True,
            cwd=cwd,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def last_words(lines: int = 30) -> str:
    """Return the end of what the last child said."""
    return "\n".join(CONSOLE.read_text(errors="replace").splitlines()[-lines:])
