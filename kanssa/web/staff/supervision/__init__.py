"""The supervisor's screens: checks, what clerks ask, reads of protected people, roles, the desk's hours."""
