"""Fits what ``heads`` and ``familiarity`` hold, and the encoder's upper layers. Never serve it."""
