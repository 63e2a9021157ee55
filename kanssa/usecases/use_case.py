"""The wrapper of every use case: transaction, retry, recorded refusals and rate limits."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast, overload

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from kanssa.accounts.rate_limits import Limit, count_attempts
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.accounts.visitor_limits import may_record_refusal
from kanssa.applications.powers.table import require_power
from kanssa.applications.reading.commit_outcomes import CommitOutcome, resolved_outcome
from kanssa.applications.states import Action
from kanssa.database.commit_outcome import CommitOutcomeUnknown
from kanssa.database.errors import is_connection_lost
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.values.actor import SYSTEM, Actor
from kanssa.values.refusal import Refusal

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
_NOT_IDENTIFIED = ("browser", "link", "system")


class NothingStored(OperationalError):
    """The connection broke, and nothing of the transaction was stored."""


@overload
def use_case(of: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def use_case(of: Action, /) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def use_case(of: Callable[..., Any] | Action, /) -> Callable[..., Any]:
    """Run an action in one transaction; record a refusal after the rollback, then raise it again.

    `@use_case(Action.…)` names its row in the table of powers: an actor that the row does not name is refused
    before anything is read. `@use_case` alone is for what acts on no application; `tests/architecture` lists
    these with a reason. Every action takes `now` (aware) and, unless it has no actor, `actor` by keyword. If
    the connection broke and nothing was committed, the action runs once more on a new one.
    """
    if isinstance(of, Action):
        return lambda action: _wrapped(action, power=of)
    return _wrapped(of, power=None)


def _wrapped(action: Callable[P, R], *, power: Action | None) -> Callable[P, R]:
    @wraps(action)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            _require_power(power, kwargs)
            return _retry_when_connection_lost(lambda: _commit(lambda: action(*args, **kwargs)))
        except Refusal as refusal:
            record_refusal(action.__name__, refusal, kwargs)
            raise

    return done


def by_power(of: Action) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Name the row of an action that cannot run in one transaction, and so is not wrapped by `use_case`."""

    def checking(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def done(*args: P.args, **kwargs: P.kwargs) -> R:
            _require_power(of, kwargs)
            return action(*args, **kwargs)

        return done

    return checking


def _require_power(of: Action | None, given: Mapping[str, Any]) -> None:
    if of is not None and (actor := _actor_of(given)):
        require_power(of, actor)


def _actor_of(given: Mapping[str, Any]) -> Actor | None:
    # Of a member of staff the actor follows; no page passes another one beside them.
    actor: Actor | None = given["staff"].actor if "staff" in given else given.get("actor")
    return actor


def limited(
    refused: type[Refusal], limits: Callable[[Mapping[str, Any]], list[Limit]]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Count each attempt of an action before it begins, outside its transaction.

    `limits` are made from the action's arguments. Above them the action is refused as `refused`, and that
    is recorded.
    """

    def limiting(action: Callable[P, R]) -> Callable[P, R]:
        @wraps(action)
        def done(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                # Outside the action's transaction, so that a refused attempt stays counted.
                count_attempts(limits(kwargs), now=cast("datetime", kwargs["now"]))
            except TooManyAttempts as over:
                refusal = refused(**over.facts)
                record_refusal(action.__name__, refusal, kwargs)
                raise refusal from None
            return action(*args, **kwargs)

        return done

    return limiting


def record_refusal(action: str, refusal: Refusal, given: dict[str, Any]) -> None:
    now: datetime = given["now"]
    actor = _actor_of(given) or SYSTEM
    if actor.kind in _NOT_IDENTIFIED and not may_record_refusal(action, now=now):
        log.info("a refusal was not recorded", action=action, code=refusal.code)
        return
    # Ids alone: other arguments may hold personal data.
    ids = {name: str(value) for name, value in given.items() if name.endswith("_id") and value}
    facts: dict[str, Any] = {"deed": action, "code": refusal.code, "ids": ids}  # keys as stored in the log
    record(EventKind.REFUSED, actor=actor, now=now, **facts)


def _retry_when_connection_lost(act: Callable[[], R]) -> R:
    try:
        return act()
    except (DatabaseError, InterfaceError) as fault:
        is_whole = not connection.in_atomic_block and not isinstance(fault, CommitOutcomeUnknown)
        if not is_whole or not is_connection_lost(fault):
            raise
    # Once only: a second failure is an outage, and its answer must not keep the visitor waiting.
    connection.close()
    return act()


def _commit(act: Callable[[], R]) -> R:
    """Commit the action. Raises CommitOutcomeUnknown where even looking again does not tell."""
    given: list[R] = []
    try:
        with transaction.atomic():
            given.append(act())
    except CommitOutcomeUnknown as doubt:
        outcome = resolved_outcome(doubt.mark, backend=doubt.backend)
        if outcome is CommitOutcome.NOT_STORED:
            raise NothingStored("the transaction was not committed") from doubt
        if outcome is not CommitOutcome.STORED:
            raise
    return given[0]
