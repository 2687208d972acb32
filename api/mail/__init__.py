"""Mails: what they say, their queue, and how they are sent."""
