"""Users of the service who sign in with a password of their own."""
