"""A request whose body came too slowly."""

SENT_TOO_SLOWLY = "kanssa.sent_too_slowly"
"""The variable of the request's environment by which the server says so."""
