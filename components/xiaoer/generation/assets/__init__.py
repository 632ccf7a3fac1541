"""What the generation package reads: texts for language models."""
