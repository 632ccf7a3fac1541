"""Experiments: arms, results, stopping."""

from backends.console.experiments.routes import blueprint
from backends.console.pages import Page
from backends.staff.models import SUPERVISOR

PAGE = Page("experiments", blueprint, "/staff/experiments", roles=(SUPERVISOR,))
