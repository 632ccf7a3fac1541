"""Measures over conversations: definitions, daily sums, queries."""
