"""Marketing: copy, experiments, and what is sent to whom."""
