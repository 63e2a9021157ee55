"""Serve in production only with the service's own database role.

Each process checks the role with its first connection, because a process may start while the database is
unavailable. A connection with another role is closed: the rest of the service sees the database as
unavailable, and the log gives the reason. Once the roles are right, it continues by itself.
"""

from typing import Any

import structlog
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from kanssa.ops.role_rights import examine_role

log = structlog.get_logger(__name__)


class WrongRole(OperationalError):
    """The database role has rights that the service must not have, or lacks needed ones."""


class RoleCheck:
    """Checks new connections until one has the right role."""

    def __init__(self) -> None:
        self.is_right = False

    def begin(self) -> None:
        """Check every new connection from now on, and one immediately. Raises WrongRole."""
        connection_created.connect(self.check_connection, dispatch_uid="kanssa-role-check", weak=False)
        try:
            connection.ensure_connection()
        except WrongRole:
            raise
        # The process may start before the database: check again with the first connection.
        except DatabaseError:
            log.warning("the database does not answer: its role is checked with the first connection")
        finally:
            connection.close()

    def check_connection(self, *, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
        """Close a connection with a wrong role. Raises WrongRole."""
        # Checked once: the role of a process does not change.
        if self.is_right:
            return
        faults = [f"{each.summary} {each.cure}" for each in examine_role(connection) if each.level == "fault"]
        if faults:
            connection.close()
            log.error("the database role is not the service's", faults=faults)
            raise WrongRole("\n".join(faults))
        self.is_right = True
