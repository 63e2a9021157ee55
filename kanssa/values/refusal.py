"""A refusal is an answer; any other exception is a bug."""

from typing import ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """Base of every refusal.

    `code` is stable, for programs and tests; `reason` is a whole sentence for people, translated when
    shown; `status` is the HTTP status of the page, and `retry_after` the seconds after which trying
    again can help.
    """

    code: ClassVar[str]
    reason: ClassVar[str | Promise]
    status: ClassVar[int] = 409
    retry_after: ClassVar[int | None] = None

    def __init__(self, **facts: object) -> None:
        """Keep `facts` for the page and the log; never a person's name or code."""
        super().__init__(self.code)
        self.facts = facts
