-- Takes back ${id}. Loses every ${word}.

drop table ${plural};
delete from family_sizes where of_table = '${plural}';
