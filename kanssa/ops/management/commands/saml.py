"""`python -m kanssa.manage saml metadata [method]`: our metadata for a SAML provider."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.timezone import now

from kanssa.identification import registry
from kanssa.identification.configuration.section import Misconfigured
from kanssa.identification.protocol import PublishesDocument
from kanssa.identification.single_logout import SingleLogout


class Command(BaseCommand):
    """Prints the published metadata byte for byte; it contains nothing secret."""

    help = "Print our metadata for a SAML identity provider."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["metadata"])
        parser.add_argument("method", nargs="?", help="its key in the identification file")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        """Raises CommandError with the cure."""
        key = _chosen(options["method"])
        return_url = settings.BASE_URL + reverse("return", kwargs={"method": key})
        method = registry.methods()[key]
        assert isinstance(method, PublishesDocument)  # noqa: S101 for the type
        document = method.published(f"{return_url}metadata/", return_url=return_url, now=now())
        if document is None:
            raise CommandError(f"methods.{key}: has no metadata. Name another method.")
        self.stdout.write(document.content.decode(), ending="")


def _chosen(key: str | None) -> str:
    try:
        methods = registry.methods()
    except Misconfigured as fault:
        raise CommandError(str(fault)) from None
    known = [
        key
        for key, method in methods.items()
        if isinstance(method, SingleLogout) and isinstance(method, PublishesDocument)
    ]
    if key in known:
        return str(key)
    if key is None and len(known) == 1:
        return known[0]
    among = ", ".join(known) or "none is configured"
    raise CommandError(f"Name one of the SAML methods: {among}.")
