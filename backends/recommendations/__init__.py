"""Recommendations from what customers viewed and bought, each with one reason that is true."""
