"""Profiles: tags with probabilities, learnt from examples and rules, each with its evidence."""
