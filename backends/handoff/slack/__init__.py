"""Slack as a console for staff: a thread for each ticket in a channel of theirs."""
