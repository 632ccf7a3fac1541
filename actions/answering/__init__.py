"""Answering when no story fits: from the knowledge base, by a generator, and by asking back."""
