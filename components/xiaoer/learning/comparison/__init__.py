"""Comparing the model that serves (champion) with another (challenger), and deciding between them."""
