"""Application messages (应用消息): members of the corporation write to a self-built app."""
