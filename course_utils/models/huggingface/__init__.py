"""Models of Hugging Face in folders on this machine: found, looked at, and loaded safely."""
