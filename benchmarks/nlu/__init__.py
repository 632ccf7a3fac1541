"""Understanding, measured on public data sets beside Rasa's own components."""
