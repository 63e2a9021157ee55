"""Tests mirror kanssa/; the people in them are in cast.py and staff.py."""
