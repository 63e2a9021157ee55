"""What every use case is wrapped in."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.db import transaction

from kanssa.accounts.refusals import TooManyTries
from kanssa.accounts.tries import Limit, take_tries
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


def limited(
    refused: type[Refusal], limits: Callable[[Mapping[str, Any]], list[Limit]]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Count each try of an action before it begins, outside its transaction.

    `limits` are made of what is given to the action. Above them it is refused as `refused`, recorded.
    """

    def limiting(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def done(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                take_tries(limits(kwargs), now=cast("datetime", kwargs["now"]))
            except TooManyTries as over:
                refusal = refused(**over.facts)
                record_refusal(action.__name__, refusal, kwargs)
                raise refusal from None
            return action(*args, **kwargs)

        return done

    return limiting


def record_refusal(deed: str, refusal: Refusal, given: dict[str, Any]) -> None:
    """Write that a deed was refused, with the ids it named."""
    now: datetime = given["now"]
    actor: Actor = given.get("actor", SYSTEM)
    ids = {name: str(value) for name, value in given.items() if name.endswith("_id") and value}
    record("refused", actor=actor, now=now, deed=deed, code=refusal.code, ids=ids)
