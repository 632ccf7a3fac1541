"""Typed async clients of the shop's backends. They know nothing of Rasa."""
