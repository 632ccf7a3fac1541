"""What the recommendations learn from, and the nightly training."""
