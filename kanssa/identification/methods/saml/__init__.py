"""SAML 2.0 as Suomi.fi uses it: one strict code path, configured per provider."""

from collections.abc import Mapping
from pathlib import Path

from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.saml.configuration import read_party
from kanssa.identification.methods.saml.method import SamlMethod
from kanssa.identification.methods.saml.parties import Party

__all__ = ["Party", "SamlMethod", "load", "read_party"]


def load(key: str, table: Mapping[str, object], folder: Path) -> SamlMethod:
    """Create the method of one table of the identification file. Raises Misconfigured."""
    return SamlMethod(read_party(key, Section(f"methods.{key}", table, folder)))
