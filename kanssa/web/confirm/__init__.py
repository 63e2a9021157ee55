"""The invited adult's door, terms, choosing, checking and confirming."""
