"""What a search looks at first: the critical tasks alone, then the next heavy ones.

Each priority weighs four times as much as the next one, so that what the heavy tasks
get makes most of the score; and where not all of them have a place, it is found sooner
among those few than among all.
"""

from ..task import Priority
from .draft import Draft


def stages(empty: Draft) -> list[list[int]]:
    """Return the tasks of each stage before that of all tasks.

    Each comes with what it waits for. What could have no place alone is left out,
    unless another waits for it.
    """
    wanted = empty.problem.tasks
    found: list[list[int]] = []
    for least in (Priority.CRITICAL, Priority.HIGH, Priority.NORMAL):
        tasks = {
            task
            for task, one in enumerate(wanted)
            if one.weight >= least.weight and empty.alone.most(task)
        }
        waiting = list(tasks)
        while waiting:
            first = set(wanted[waiting.pop()].after) - tasks
            tasks |= first
            waiting += first
        stage = sorted(tasks)
        if 0 < len(stage) < len(wanted) and stage not in found:
            found.append(stage)
    return found
