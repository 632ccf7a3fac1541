"""What the services' searches share: the forms of text, vectors kept on disk, Qdrant."""
