"""Whole answers, kept in front of Django for as long as what they show is what is public."""
