"""A request whose body came too slowly."""

BODY_TIMED_OUT = "kanssa.sent_too_slowly"
"""The variable of the request's environment by which the server says so."""
