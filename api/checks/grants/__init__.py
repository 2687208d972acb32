"""What each role may do, held against what the statements need and the columns' privacy."""
