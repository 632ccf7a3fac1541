"""Outreach: approved copy sent to those who agreed to it."""
