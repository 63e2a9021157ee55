"""Seal, open and look up secrets stored in the database.

Keys come from the environment (see docs/operations.md), never from the database.
"""

from kanssa.vault.keyring import fingerprint, open_json, seal_json

__all__ = ["fingerprint", "open_json", "seal_json"]
