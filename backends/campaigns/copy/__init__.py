"""Marketing copy: briefs, variants written from facts, and their approval."""
