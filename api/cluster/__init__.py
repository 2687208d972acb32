"""Three PostgreSQL nodes under Patroni on this machine, with etcd, to try and to test what happens when one fails."""
