"""Django's PostgreSQL back end, with time limits and a distinct error for a lost COMMIT."""

from time import monotonic
from types import SimpleNamespace
from typing import Any

import psycopg
from django.db import DatabaseError, InterfaceError
from django.db.backends.postgresql import base

from kanssa.database import commit_outcome, time_limits
from kanssa.database.connections import CHECK_SECONDS, BoundedConnection
from kanssa.database.errors import is_connection_lost, is_wait_timeout
from kanssa.database.responsiveness import responsiveness

_FRESH_SECONDS = 5.0
"""A check costs a statement; within this time one answer is enough."""
_DRIVER = SimpleNamespace(**{**vars(psycopg), "connect": BoundedConnection.connect})


class DatabaseWrapper(base.DatabaseWrapper):
    """`commits` counts the transactions sent for COMMIT, answered or not."""

    Database = _DRIVER

    def __init__(self, settings_dict: dict[str, Any], alias: str = "default") -> None:
        super().__init__(settings_dict, alias)
        self.commits = 0
        self._answered_at = 0.0
        if isinstance(pool := settings_dict["OPTIONS"].get("pool"), dict):
            # A pool would otherwise create connections without time limits.
            pool.setdefault("connection_class", BoundedConnection)

    def get_connection_params(self) -> dict[str, Any]:
        """`timeouts_by_role` means that the database role sets the server's time-outs."""
        parameters: dict[str, Any] = super().get_connection_params()
        by_role = parameters.pop("timeouts_by_role", False)
        if (limits := time_limits.limits()) and not by_role:
            parameters.setdefault("options", limits.start_up_options())
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        with responsiveness.connecting(), time_limits.counting_time_spent():
            return super().get_new_connection(time_limits.connecting(conn_params))

    def is_usable(self) -> bool:
        if responsiveness.is_known:
            return False
        # A request that then fails is tried again.
        if monotonic() - self._answered_at < _FRESH_SECONDS:
            return True
        with time_limits.waiting_at_most(CHECK_SECONDS):
            is_usable = bool(super().is_usable())
        if is_usable:
            self._answered_at = monotonic()
        return is_usable

    def set_autocommit(self, autocommit: bool, *more: bool, **named: bool) -> None:  # noqa: FBT001 Django's signature
        # Setting it to False begins a transaction, so the mark is cleared.
        if not autocommit:
            commit_outcome.set_mark(None)
        # Do not connect for this: a connection error would hide the earlier error.
        if self.connection is None and autocommit:
            self.autocommit = True
            return
        super().set_autocommit(autocommit, *more, **named)

    def _commit(self) -> None:
        """Raises CommitOutcomeUnknown if the connection breaks during COMMIT."""
        if self.connection is None or self.connection.closed:
            super()._commit()  # type: ignore[misc]  # the stubs have only what is public
            return
        # Before the answer, which may never come.
        self.commits += 1
        backend = self.connection.info.backend_pid
        try:
            super()._commit()  # type: ignore[misc]
        except (DatabaseError, InterfaceError) as fault:
            if is_connection_lost(fault) or is_wait_timeout(fault):
                raise commit_outcome.CommitOutcomeUnknown(commit_outcome.current_mark(), backend) from fault
            raise

    def _savepoint_rollback(self, sid: str) -> None:
        # Clear the mark: its event may have been in the part that is rolled back.
        commit_outcome.set_mark(None)
        super()._savepoint_rollback(sid)  # type: ignore[misc]
