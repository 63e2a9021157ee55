import sys
from collections.abc import Iterable

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_MENDING = frozenset({"doctor", "keys", "saml"})
"""Commands that find or mend faults, which must start with them."""
_OF_THE_OWNER = frozenset({"collectstatic", "migrate", "roles"})
"""Commands that need the owner's database role, or no database."""


class OpsConfig(AppConfig):
    """The room `kanssa.ops`; production starts only when nothing in it is a rehearsal's."""

    name = "kanssa.ops"

    def ready(self) -> None:
        """Refuse to start a production that is none. Raises ImproperlyConfigured."""
        from kanssa.ops.production_checks import faults
        from kanssa.ops.role_check import RoleCheck, WrongRole

        if settings.MODE != "production" or _is(_MENDING):
            return
        if found := faults():
            raise _refusal(found)
        if not _is(_OF_THE_OWNER):
            try:
                RoleCheck().begin()
            except WrongRole as wrong:
                raise _refusal(str(wrong).splitlines()) from wrong


def _is(commands: frozenset[str]) -> bool:
    return not commands.isdisjoint(sys.argv[1:2])


def _refusal(faults: Iterable[str]) -> ImproperlyConfigured:
    return ImproperlyConfigured("Kanssa does not start:\n" + "\n".join(f"- {fault}" for fault in faults))
