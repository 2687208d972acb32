"""The recipes of `python -m api RECIPE`, one module each.

The first line of a module's docstring is the recipe's help. `add_arguments(parser)`, if it has one, declares the
arguments, and `run(options, settings)` prints the result and returns the exit status. Modules whose names begin with an
underscore are no recipes.
"""
