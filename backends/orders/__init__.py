"""Orders: who may see them, what state they are in, and what a customer may do with them."""
