"""Runs the demo: Home Assistant with a furnished home and Power Scheduler in it.

Called by `scripts/develop`, in the environment that holds Home Assistant.
"""

import argparse
import asyncio
from contextlib import suppress
from datetime import datetime
import shutil
import signal
import sys
from time import monotonic
from zoneinfo import ZoneInfo

from aiohttp import ClientResponseError, ClientSession

from .client import PASSWORD, USER, Client, CommandError
from .folder import (
    DATABASE,
    FOLDER,
    LOG,
    ROOT,
    choose_port,
    make_folder,
    remove_folder,
    time_zone,
)
from .furnish import furnish, plan
from .server import RESTART, EndedError, child, last_words
from .table import plan_table


def main() -> int:
    """Read the command line and run the demo until it is stopped."""
    parser = argparse.ArgumentParser(prog="scripts/develop", description=__doc__)
    parser.add_argument("--fresh", action="store_true", help="start over")
    parser.add_argument("--port", type=int, help="default: 8123, or any that is free")
    options = parser.parse_args()
    if options.fresh:
        remove_folder()
    try:
        asyncio.run(_run(choose_port(options.port)))
    except EndedError as error:
        print(f"{last_words()}\n\n{error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _run(port: int) -> None:
    """Run Home Assistant until Ctrl-C, or a signal to stop, comes."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    for stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(stop, task.cancel)
    make_folder(port)
    with suppress(asyncio.CancelledError):
        await _fill()
        while await _serve(port) == RESTART:
            print("Home Assistant restarts, as was asked for ...")
    print("\nStopped.")


async def _fill() -> None:
    """Give a new home its past, in a process of its own: it needs the recorder."""
    if DATABASE.exists():
        return
    print("Filling in two weeks of history ...")
    unfinished = DATABASE.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    to = (str(unfinished), time_zone())
    async with child("demo.history", *to, cwd=ROOT) as process:
        if await process.wait():
            raise EndedError("The history could not be made")
    unfinished.rename(DATABASE)


async def _serve(port: int) -> int:
    """Run Home Assistant once; return its exit code."""
    begin = monotonic()
    print("Starting Home Assistant ...")
    # In the repository, its own custom_components would come before the folder's.
    async with child("homeassistant", "--config", str(FOLDER), cwd=FOLDER) as process:
        ended = asyncio.create_task(process.wait())
        shown = asyncio.create_task(_show(f"http://127.0.0.1:{port}", begin))
        try:
            await asyncio.wait((ended, shown), return_when=asyncio.FIRST_COMPLETED)
            if shown.done():
                shown.result()
            code = await ended
        finally:
            shown.cancel()
        if code not in (0, RESTART):
            raise EndedError(f"Home Assistant ended with {code}")
        return code


async def _show(url: str, begin: float) -> None:
    """Furnish the home once it is up, and print what there is to know."""
    async with ClientSession() as session:
        client = Client(session, url)
        await client.wait_until_reachable()
        await client.sign_in()
        version = await client.wait_until_running()
        try:
            await furnish(client)
            answer = await _plan(client)
        except (CommandError, ClientResponseError) as error:
            # Whoever develops the integration wants to look at what runs.
            answer = f"It failed: {error}\n{last_words()}"
    print(
        f"\nHome Assistant {version} is up after {monotonic() - begin:.1f} s.\n"
        f"  address   {url}\n"
        f"  user      {USER}\n"
        f"  password  {PASSWORD}\n"
        f"  log       {LOG.relative_to(ROOT)}\n\n"
        "What power_scheduler.optimize says to a few tasks of this home:\n\n"
        f"{answer}\n\n"
        "Ctrl-C stops it; scripts/develop goes on with this home, --fresh starts over."
    )


async def _plan(client: Client) -> str:
    """Return a real plan as a table."""
    answer = await plan(client)
    now = datetime.now(ZoneInfo(time_zone()))
    width = shutil.get_terminal_size((120, 24)).columns
    return plan_table(answer, now, width)


if __name__ == "__main__":
    sys.exit(main())
