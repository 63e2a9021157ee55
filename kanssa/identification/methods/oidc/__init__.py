"""OpenID Connect: one strict code path, configured per broker."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.oidc.broker import Broker
from kanssa.identification.methods.oidc.configuration import read_broker
from kanssa.identification.methods.oidc.method import OidcMethod
from kanssa.identification.methods.oidc.single_sign_on import OidcSignOn, read_roles

__all__ = ["Broker", "OidcMethod", "OidcSignOn", "load", "load_sign_on", "read_broker"]


def load(key: str, table: Mapping[str, object], folder: Path) -> OidcMethod:
    """Create the method of one table of the identification file. Raises Misconfigured."""
    section = Section(f"methods.{key}", table, folder)
    return OidcMethod(read_broker(key, section, now=datetime.now(UTC)))


def load_sign_on(key: str, table: Mapping[str, object], folder: Path) -> OidcSignOn:
    """Create the single sign-on of one table of the identification file. Raises Misconfigured."""
    section = Section(f"staff.{key}", table, folder)
    return OidcSignOn(read_roles(section), read_broker(key, section, now=datetime.now(UTC)))
