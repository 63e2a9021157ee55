"""Users who sign in with a password of their own, and their limits."""
