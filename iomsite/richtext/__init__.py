"""Rich text: what may stand in it, how it is kept, and how it is printed."""
