"""The file formats that articles are imported from, each as rows with their line numbers."""
