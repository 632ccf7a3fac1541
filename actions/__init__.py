"""What the assistant does between hearing and answering: one module a topic (see docs/actions.md)."""
