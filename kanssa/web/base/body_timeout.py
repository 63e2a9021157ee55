"""Name the environment variable by which the server says that a request's body came too slowly."""

BODY_TIMED_OUT = "kanssa.sent_too_slowly"
"""Set to true in the request's environment."""
