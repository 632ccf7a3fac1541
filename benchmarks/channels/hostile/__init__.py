"""Requests that no platform makes: none may be taken, none may break anything."""
