"""What a login asks for besides the password: setting it up and taking it off."""
