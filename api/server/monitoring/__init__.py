"""What the service does, in numbers: all workers together, as Prometheus reads it, with a dashboard and alerts."""
