"""Cookies, choosing how to identify, going to the broker and coming back."""
