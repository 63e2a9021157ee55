"""Tests: they mirror kanssa/; the cast is in conftest.py."""
