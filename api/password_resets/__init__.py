"""Setting a new password by a link that is mailed to the address of an account."""
