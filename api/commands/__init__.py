"""The recipes of `python -m api RECIPE`, one module each.

The first line of a module's docstring is the recipe's help; `add_arguments(parser)`, where there is one, declares what
it takes, and `run(options, settings)` returns the exit status. What a module prints is found out elsewhere. A module
whose name begins with an underscore is no recipe.
"""
