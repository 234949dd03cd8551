"""Database and media as one archive, and back into an empty system."""
