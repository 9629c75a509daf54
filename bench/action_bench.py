"""What the action that plans costs a home: its answer, and what the event loop waits.

usage: scripts/bench action [STARTS]    (default: 3)

The demo home, which has two weeks of history, starts again and again as
`scripts/develop` starts it. As soon as Home Assistant says that it has started, a user
asks over its WebSocket for a plan of 50 tasks on 4 devices with the usual effort, again
and again. Nothing is remembered of a plan, so that each has to be found anew. Meanwhile
`custom_components/loop_watch` watches the event loop from inside; for as long again it
watches the home alone, which tells what this machine does to any event loop.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
import sys
import time
from typing import Any, Final

from aiohttp import ClientSession

from demo.client import Client
from demo.folder import (
    DATABASE,
    FOLDER,
    ROOT,
    choose_port,
    make_folder,
    remove_folder,
    time_zone,
)
from demo.furnish import furnish
from demo.server import EndedError, child

TASKS: Final = 50
DEVICES: Final = ("Pixel 8", "iPhone", "MacBook Air", "Hall tablet")
CALLS: Final = 20
"""How often the action is called after the first time."""

PRIORITIES: Final = ("low", "normal", "high", "critical")
WATCH: Final = Path(__file__).parent / "custom_components" / "loop_watch"
COLUMNS: Final = ("answer", "late", "callback", "lasted", "collected")

type Cost = dict[str, float]
"""What was seen at worst (ms): the answer, if any, and what the watch tells."""


def asked() -> dict[str, Any]:
    """Return the data of an action with many tasks, of which not all can run."""
    random, now = Random(TASKS), datetime.now(UTC)  # noqa: S311 - no secret
    tasks = []
    for number in range(TASKS):
        task: dict[str, Any] = {
            "id": f"t{number}",
            "devices": list(DEVICES),
            "estimated_duration": f"00:{random.choice((10, 15, 20, 30, 45))}:00",
            "cpu": random.randrange(5, 40),
            "network": random.randrange(5, 40),
            "min_battery": random.choice((15, 20, 30, 40)),
            "drain": random.randrange(1, 8),
            "priority": random.choice(PRIORITIES),
        }
        if number % 2:
            earliest = now + timedelta(minutes=random.randrange(600))
            task["earliest"] = earliest.isoformat()
        if number % 3:
            deadline = now + timedelta(minutes=random.randrange(700, 1500))
            task["deadline"] = deadline.isoformat()
        tasks.append(task)
    supposed = {"device": DEVICES[0], "plugged": False}
    return {"tasks": tasks, "dry_run": [supposed]}


async def call(client: Client) -> Cost:
    """Ask for a plan once, as a user does."""
    begin = time.perf_counter()
    answer = await client.act("power_scheduler", "optimize", asked())
    seconds = time.perf_counter() - begin
    if len(answer["tasks"]) != TASKS:
        raise RuntimeError(f"The action gave no plan: {answer}")
    return {"answer": 1e3 * seconds}


async def watched(client: Client, work: Awaitable[Cost]) -> Cost:
    """Return what was seen of the event loop while something was done."""
    await client.act(WATCH.name, "tell", {})
    return {**await work, **await client.act(WATCH.name, "tell", {})}


async def alone(seconds: float) -> Cost:
    """Ask for nothing."""
    await asyncio.sleep(seconds)
    return {}


async def prepare(port: int) -> None:
    """Make a new home that is watched, and give it its past."""
    remove_folder()
    make_folder(port)
    (FOLDER / "custom_components" / WATCH.name).symlink_to(WATCH)
    with (FOLDER / "configuration.yaml").open("a") as configuration:
        configuration.write(f"{WATCH.name}:\n")
    to = (str(DATABASE), time_zone())
    async with child("demo.history", *to, cwd=ROOT) as process:
        if await process.wait():
            raise EndedError("The history could not be made")


@asynccontextmanager
async def started(port: int) -> AsyncIterator[Client]:
    """Run Home Assistant, from the moment on in which it answers."""
    async with (
        child("homeassistant", "--config", str(FOLDER), cwd=FOLDER),
        ClientSession() as session,
    ):
        client = Client(session, f"http://127.0.0.1:{port}")
        await client.wait_until_reachable()
        await client.sign_in()
        yield client


async def starts(count: int) -> AsyncIterator[tuple[list[Cost], Cost]]:
    """Yield what each call cost, and what was seen of the home alone, of each start."""
    port = choose_port(0)
    await prepare(port)
    async with started(port) as client:
        await client.wait_until_running()
        await furnish(client)
    for _ in range(count):
        async with started(port) as client:
            await client.wait_until_running()
            calls = [await watched(client, call(client)) for _ in range(CALLS + 1)]
            seconds = sum(one["answer"] for one in calls) / 1e3
            yield calls, await watched(client, alone(seconds))
    remove_folder()


async def main(count: int) -> None:
    """Print what the first call of each start cost, and the others."""
    print(f"The action in a home, {TASKS} tasks on {len(DEVICES)} devices, ms:\n")
    print(f"| | {' | '.join(COLUMNS)} |")
    print("| --- " * (len(COLUMNS) + 1) + "|")
    others, homes = [], []
    async for (first, *later), home in starts(count):
        print_row("first call of a start", [first], max)
        others += later
        homes.append(home)
    print_row(f"{len(others)} others, median", others, median)
    print_row(f"{len(others)} others, worst", others, max)
    print_row("the home alone, worst", homes, max)


def print_row(
    name: str, costs: Sequence[Cost], choose: Callable[[Iterable[float]], float]
) -> None:
    """Print one figure for each column, chosen among some costs."""
    cells = (
        f"{choose([cost[column] for cost in costs]):.1f}" if column in costs[0] else "-"
        for column in COLUMNS
    )
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:] or ["3"])))
