-- Takes back ${id}. Loses every ${word}.

drop table ${plural};
