"""Scoring by a language model: an option that re-ranks the first products of a list."""
