"""The supervisor's pages: document checks, decisions, history, roles, protected reads."""
