import sys

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class OpsConfig(AppConfig):
    """The room `kanssa.ops`; production starts only when nothing in it is a rehearsal's."""

    name = "kanssa.ops"

    def ready(self) -> None:
        """Refuse to start a production that is none. Raises ImproperlyConfigured."""
        from kanssa.ops.production import faults

        if settings.MODE == "production" and not _is_mending() and (found := faults()):
            raise ImproperlyConfigured(
                "Kanssa does not start:\n" + "\n".join(f"- {fault}" for fault in found)
            )


def _is_mending() -> bool:
    """Whether this is a command by which one finds or mends faults, which must start with them."""
    return sys.argv[1:2] in (["doctor"], ["keys"], ["saml"])
