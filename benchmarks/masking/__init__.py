"""Precision and recall of masking personal data, on texts labelled by hand."""
