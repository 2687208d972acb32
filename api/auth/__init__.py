"""Who calls: accounts that log in, their sessions and passwords, and holding back who guesses."""
