"""Secrets of the service at rest: sealing, opening, keyed look-up.

Keys come from the environment (see docs/operations.md), never from the database.
"""

from kanssa.vault.keyring import fingerprint, open_json, seal_json

__all__ = ["fingerprint", "open_json", "seal_json"]
