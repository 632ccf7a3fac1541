"""Insights: what happened in conversations, masked and counted."""
