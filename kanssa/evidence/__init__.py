"""Provable evidence: one event per action, written in the action's transaction."""
