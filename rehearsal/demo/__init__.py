"""The demo's initial applications."""
