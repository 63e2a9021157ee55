"""Signing in and out, my applications, status."""
