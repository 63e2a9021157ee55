"""A person comes in."""
