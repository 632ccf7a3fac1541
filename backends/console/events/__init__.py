"""The stream of what has changed, which keeps open pages fresh."""

from backends.console.events.routes import blueprint
from backends.console.pages import Page

PAGE = Page("events", blueprint)
