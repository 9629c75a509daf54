"""What waits for what: orders and cycles of whole lists, each in one pass."""

from collections.abc import Iterable, Mapping

type After = Mapping[str, Iterable[str]]
"""What each task waits for; all of it has an entry of its own."""


def in_order(after: After) -> list[str]:
    """Return all tasks, each after what it waits for, cycles aside."""
    seen: set[str] = set()
    return [task for start in after for task in _reached(start, after, seen)]


def looping(after: After) -> set[str]:
    """Return the tasks that wait for themselves, directly or through others."""
    followers: dict[str, list[str]] = {task: [] for task in after}
    for task, earlier in after.items():
        for other in earlier:
            followers[other].append(task)
    found: set[str] = set()
    seen: set[str] = set()
    for start in reversed(in_order(after)):
        # All that follows a task and was not seen in this order goes round with it.
        group = _reached(start, followers, seen)
        if len(group) > 1 or start in after[start]:
            found |= group.keys()
    return found


def _reached(start: str, ahead: After, seen: set[str]) -> dict[str, None]:
    """Return what a walk reaches that was not seen before, the furthest first."""
    found: dict[str, None] = {}
    waiting = [] if start in seen else [start]
    while waiting:
        task = waiting[-1]
        if task in seen:
            found[waiting.pop()] = None
        else:
            seen.add(task)
            waiting += [other for other in ahead[task] if other not in seen]
    return found
