"""The parent process, which readies the database, and its workers, which serve."""
