"""Kanssa: a housing application becomes valid when every adult on it has confirmed it."""
