"""Briefs: what copy is wanted, and whether it can be written without lying."""
