"""The texts of messages, and their form as e-mail."""
