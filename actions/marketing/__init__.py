"""Marketing messages: no more of them, and again."""
