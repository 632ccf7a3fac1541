"""The knowledge base: questions the shop answers, kept as files and found by meaning and by words."""
