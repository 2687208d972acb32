"""What a DBA asks of a database: its schema, its drift, its picture, its slow statements."""
