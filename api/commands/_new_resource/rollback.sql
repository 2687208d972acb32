-- Takes back ${id}. Loses every ${word}.

drop table ${plural};
drop function limit_${plural}();
