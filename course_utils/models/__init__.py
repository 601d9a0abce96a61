"""Networks, pretrained weights, freezing, and what a model answers."""
