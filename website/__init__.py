"""The lessons as a static site that needs neither Jupyter nor the network."""
