"""The queue: who waits, one's own tickets, messages left, what colleagues have, what has ended."""

from backends.console.pages import Page
from backends.console.queue.routes import blueprint

PAGE = Page("queue", blueprint, "/staff/")
