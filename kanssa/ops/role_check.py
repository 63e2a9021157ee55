"""A production serves only with the service's own database role.

The role is asked about with the first connection of each process, because a process also starts while
the database is away. A connection of another role is closed: to the rest of the service the database
is away, and the log says why. Once the roles are right it goes on by itself.
"""

from typing import Any

import structlog
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from kanssa.ops.role_rights import examine_role

log = structlog.get_logger(__name__)


class WrongRole(OperationalError):
    """The database role may do what the service must not be able to do, or not what it needs."""


class RoleCheck:
    """Looks at new connections until one is right."""

    def __init__(self) -> None:
        """Nothing was looked at yet."""
        self.is_right = False

    def begin(self) -> None:
        """Look at every new connection from now on, and at one at once. Raises WrongRole."""
        connection_created.connect(self.check_connection, dispatch_uid="kanssa-role-check", weak=False)
        try:
            connection.ensure_connection()
        except WrongRole:
            raise
        except DatabaseError:
            log.warning("the database does not answer: its role is checked with the first connection")
        finally:
            connection.close()

    def check_connection(self, *, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
        """Close a connection of a wrong role. Raises WrongRole."""
        if self.is_right:
            return
        faults = [f"{each.summary} {each.cure}" for each in examine_role(connection) if each.level == "fault"]
        if faults:
            connection.close()
            log.error("the database role is not the service's", faults=faults)
            raise WrongRole("\n".join(faults))
        self.is_right = True
