"""Reading of texts that knows no Rasa, no model and no shop."""
