"""Mutation testing of the SQL: what would just check and the tests notice, if a statement were another one?"""
