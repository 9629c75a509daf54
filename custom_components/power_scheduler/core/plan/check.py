"""Whether each task may run now, and if not, why and when."""

from ..decision import Decision
from ..request import Request
from ..snapshot import Snapshot


def check(request: Request, snapshot: Snapshot) -> tuple[Decision, ...]:
    """Judge each task by itself, now, on the request's only device.

    Args:
        request: The tasks and their terms, with exactly one device.
        snapshot: All batteries as of now.

    Returns:
        One decision for each task, in the order given.
    """
    raise NotImplementedError
