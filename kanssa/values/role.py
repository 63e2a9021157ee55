from enum import StrEnum


class Role(StrEnum):
    """A clerk serves people at the desk, a supervisor reviews, an operator runs the service.

    No role includes another: a supervisor who also serves people has both roles.
    """

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
