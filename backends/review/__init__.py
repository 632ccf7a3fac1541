"""What the assistant could not answer by its stories, kept for people to learn from."""
