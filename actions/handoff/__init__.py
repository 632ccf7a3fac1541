"""Handing a conversation over to the shop's people, and taking it back."""
