"""What `just new-resource` writes: templates of its files, with the words of the noun put in."""
