"""The terms of use: one file per version, named by the day from which it is in force."""

from kanssa.applications.content.terms.read import Terms, terms_in_force

__all__ = ["Terms", "terms_in_force"]
