"""What somebody who works for the city may do."""

from enum import StrEnum


class Role(StrEnum):
    """A clerk serves people at the desk, a supervisor reviews, an operator runs the service.

    None holds another: who supervises and serves has both.
    """

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
