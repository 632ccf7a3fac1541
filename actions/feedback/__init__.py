"""Asking how a conversation was: solved or not, satisfaction, recommendation, a comment."""
