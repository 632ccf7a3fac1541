"""Recommendations beside published results, other libraries, and growth."""
