"""Frozen types for every package; they know neither Django's models nor its settings."""
