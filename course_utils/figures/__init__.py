"""Axes that speak, and the plots that several lessons share."""
