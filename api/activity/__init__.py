"""What was done to the caller's account, and from where: the part of the audit trail that its owner may read."""
