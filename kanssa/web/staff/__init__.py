"""Staff come in: sign-in, second factor, who one is. Nothing here leads to or from applicants' pages."""
