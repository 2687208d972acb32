-- Takes back 0035_suggestion_library. Loses all texts and concerns, those added since too, and what was suggested to parents.

delete from library_suggestions;
delete from concerns;
