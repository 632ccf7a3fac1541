"""Customers: what they agreed to, what they wrote, and their right to be forgotten."""
