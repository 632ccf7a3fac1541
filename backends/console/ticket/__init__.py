"""A ticket: what was said, what is known, the reply, and what else can be done with it."""

from backends.console.pages import Page
from backends.console.ticket.routes import blueprint

PAGE = Page("ticket", blueprint)
