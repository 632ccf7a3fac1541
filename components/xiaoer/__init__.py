"""Xiaoer (店小二): BERT understanding and dialogue components for Rasa 3.6."""

__version__ = "0.1.0"
