"""The guard: what a generated reply must pass before a customer sees it."""

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.guard import Guard, default_rules
from xiaoer.generation.guard.rule import Objection, Rule

__all__ = ["Draft", "Guard", "Objection", "Rule", "default_rules"]
