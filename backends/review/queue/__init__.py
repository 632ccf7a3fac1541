"""The review queue: what the assistant did not understand, grouped, and what people decided."""
