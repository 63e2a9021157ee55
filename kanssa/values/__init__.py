"""Frozen types that every room may use; nothing here knows Django's models or settings."""
