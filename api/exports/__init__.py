"""All that is known of an account and its family, as one document."""
