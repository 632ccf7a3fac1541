"""How words of staff reach the customer: an outbox, and who empties it."""
