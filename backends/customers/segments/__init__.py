"""Segments: groups of customers by rule and by likeness."""
