"""Erasing a customer: everywhere, at once, with a report of what was done."""
