"""Filling in and sending an application."""
