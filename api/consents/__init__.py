"""What parents agree to: texts, answers, and their withdrawal."""
