"""Decisions become changes of the project's files, to be looked at and committed by hand."""
