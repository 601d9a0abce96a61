"""Texts: English prose that lies on every machine, and labelled texts of one's own."""
