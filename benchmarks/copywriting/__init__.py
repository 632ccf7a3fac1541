"""How well the shop writes marketing copy without a language model, and whom it refuses."""
