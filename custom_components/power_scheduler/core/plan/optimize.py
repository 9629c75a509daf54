"""The best plan for all tasks of a request."""

from ..decision import Plan
from ..request import Request
from ..snapshot import Snapshot


def optimize(request: Request, snapshot: Snapshot) -> Plan:
    """Place every task of a request where it earns most.

    Args:
        request: The tasks and their terms.
        snapshot: All batteries as of now.

    Returns:
        A plan with one decision for each task, in the order given.
    """
    raise NotImplementedError
