"""People who take over from the assistant: tickets, their queue, and words on their way."""
