"""Identification: the protocol, its methods, attempts, sessions and document checks."""
