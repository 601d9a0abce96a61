"""Tests of pictures with a class for every pixel."""
