"""Lexicons of addresses and names."""
