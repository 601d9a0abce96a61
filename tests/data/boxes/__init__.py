"""Tests of pictures with boxes."""
