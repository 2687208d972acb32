"""Whose an e-mail address is: links that confirm it, and the page that they lead to."""
