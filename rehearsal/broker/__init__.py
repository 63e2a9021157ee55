"""A small OpenID provider where anybody can be anybody; see `python -m rehearsal.broker --help`."""
