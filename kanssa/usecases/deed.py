"""What every use case is wrapped in."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from kanssa.evidence.record import record
from kanssa.values.actor import SYSTEM, Actor
from kanssa.values.refusal import Refusal

P = ParamSpec("P")
R = TypeVar("R")


def use_case(deed: Callable[P, R]) -> Callable[P, R]:
    """Run a deed in one transaction; record a refusal after the rollback, then let it on.

    Every deed takes `now` (aware) and, but for those of nobody, `actor` by keyword.
    """

    @wraps(deed)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            with transaction.atomic():
                return deed(*args, **kwargs)
        except Refusal as refusal:
            record_refusal(deed.__name__, refusal, kwargs)
            raise

    return done


def record_refusal(deed: str, refusal: Refusal, given: dict[str, Any]) -> None:
    """Write that a deed was refused, with the ids it named."""
    now: datetime = given["now"]
    actor: Actor = given.get("actor", SYSTEM)
    ids = {name: str(value) for name, value in given.items() if name.endswith("_id") and value}
    record("refused", actor=actor, now=now, deed=deed, code=refusal.code, ids=ids)
