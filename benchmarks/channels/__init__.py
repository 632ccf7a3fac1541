"""Connectors under load, failure and attack, and how fast a person sees a customer's message."""
