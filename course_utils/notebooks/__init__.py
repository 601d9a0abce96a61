"""The notebooks as files: run, executed anew, written as pages."""
