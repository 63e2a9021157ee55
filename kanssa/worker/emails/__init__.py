"""The words of the letters, and how they look as e-mail."""
