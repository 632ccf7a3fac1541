"""Experiments measured: policies, off-policy estimates, regret, speed, errors under peeking."""
