"""PostgreSQL's own lexer and parser, which libpg_query makes a library of and postgast brings along."""
