"""What the assistant did not understand, in groups, for supervisors to decide."""

from backends.console.pages import Page
from backends.console.review.routes import blueprint
from backends.staff.models import SUPERVISOR

PAGE = Page("review", blueprint, "/staff/review", roles=(SUPERVISOR,))
