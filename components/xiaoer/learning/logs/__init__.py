"""Transcripts of customer service to candidates for training data."""
