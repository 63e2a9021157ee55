import sys
from collections.abc import Iterable

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_REPAIR_COMMANDS = frozenset({"doctor", "keys", "saml"})
"""Commands that find or fix faults, and so must start despite them."""
_OWNER_COMMANDS = frozenset({"collectstatic", "migrate", "roles"})
"""Commands that need the owner's database role, or no database."""


class OpsConfig(AppConfig):
    """Refuses to start production with rehearsal or test settings."""

    name = "kanssa.ops"

    def ready(self) -> None:
        """Raises ImproperlyConfigured."""
        from kanssa.ops.production_checks import faults
        from kanssa.ops.role_check import RoleCheck, WrongRole

        if settings.MODE != "production" or _runs(_REPAIR_COMMANDS):
            return
        if found := faults():
            raise _refusal(found)
        if not _runs(_OWNER_COMMANDS):
            try:
                RoleCheck().begin()
            except WrongRole as wrong:
                raise _refusal(str(wrong).splitlines()) from wrong


def _runs(commands: frozenset[str]) -> bool:
    return not commands.isdisjoint(sys.argv[1:2])


def _refusal(faults: Iterable[str]) -> ImproperlyConfigured:
    return ImproperlyConfigured("Kanssa does not start:\n" + "\n".join(f"- {fault}" for fault in faults))
