"""Whether a client's fields take what their columns take, by trying both."""
