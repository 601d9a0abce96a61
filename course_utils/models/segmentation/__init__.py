"""Networks that say for every pixel what it belongs to: pictures to maps of classes."""
