"""Tests of the adoption of the system before."""
