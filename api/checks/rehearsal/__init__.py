"""Rehearsals: migrations are applied to a copy while clients run the statements of the previous release."""
