"""Events of Rasa read from its broker, and the conversations they make."""
