"""`just adopt` from end to end: parents of the system before log in, and everything of theirs is there."""

import httpx
import psycopg
import pytest

from tests.adoption.conftest import Adopt, MakeDatabases
from tests.adoption.old_system import HASH, PASSWORD
from tests.auth.logins import log_in
from tests.conftest import running_service

FORMER = "select old_password from former_passwords where user_id = 9"


@pytest.mark.long
async def test_parents_go_on_where_they_were(make_databases: MakeDatabases, adopt: Adopt) -> None:
    databases = make_databases(25)
    copied = adopt(databases)
    assert copied.status == 0, copied.err
    service_dsn = databases.new.replace("postgres@", "nestwerk_service@")
    with (
        running_service(service_dsn, log_level="warning", workers=1) as address,
        psycopg.connect(databases.new, autocommit=True) as new,
        psycopg.connect(databases.old, autocommit=True) as old,
    ):
        async with httpx.AsyncClient(base_url=address, verify=False) as client:
            answer = await log_in(client, "geheim-3", PASSWORD)
            assert answer.status_code == 200, answer.text
            assert answer.json()["user"] == {
                "id": 9, "username": "geheim-3", "email": "geheim-3@voorbeeld.nl", "profilePicture": None,
                "consentNeeded": True,
            }  # fmt: skip
            progress = (await client.get("/api/onboarding/progress")).json()
            assert progress["completedOnboarding"] is True
            document = progress["onboardingData"]
            assert [(child["name"], child["age"]) for child in document["childProfiles"]] == [
                ("Geheim Bram", 3), ("Geheim Noor", 2),
            ]  # fmt: skip
            assert document["goals"] == {
                "shortTerm": ["Geheim samen eten"], "longTerm": ["Geheim meer rust", "Geheim lezen"],
                "supportAreas": ["geheim slapen"],
            }  # fmt: skip
            assert document["basicInfo"] == {
                "name": "Geheim 3", "parentType": "mom", "experienceLevel": "experienced", "email": "geheim-3@privé.nl",
            }  # fmt: skip
            profile = (await client.get("/api/profile")).json()
            assert profile["email"] == "geheim-3@privé.nl"
            assert profile["createdAt"] == "2024-01-01T12:00:03Z"
            # A child that is added gets an id of its own.
            assert (await client.post("/api/child-profiles", json={"name": "Fien", "age": 1})).status_code == 201
            # The hash is Argon2id's by now, and the former one is kept.
            assert new.execute(FORMER).fetchone() == (HASH,)
            assert adopt(databases, "--verify").status == 0
            # What changes there comes after, and the login still works.
            old.execute("update app.users set \"profilePicture\" = '/uploads/profile-9-1.png' where id = 9")
            assert adopt(databases).status == 0
            assert new.execute(FORMER).fetchone() == (HASH,)
            answer = await log_in(client, "GEHEIM-3", PASSWORD)
            assert answer.json()["user"]["profilePicture"] == "/uploads/profile-9-1.png"
            # With another password there is no going back.
            change = {"oldPassword": PASSWORD, "newPassword": "een nieuwe lange zin"}
            assert (await client.post("/api/users/me/password", json=change)).status_code == 204
            assert new.execute(FORMER).fetchone() is None
            # It's theirs from now on, whatever the old database says.
            old.execute('update app.users set "profilePicture" = null where id = 9')
            conflict = adopt(databases)
            assert (conflict.status, ("changed_here", "9") in conflict.findings) == (1, True)
            await log_in(client, "geheim-4", PASSWORD)
            assert adopt(databases, "--finish").status == 1  # nobody agrees
            assert adopt(databases, "--finish", "--yes").out.startswith("1 former hashes are removed")
            assert new.execute("select count(*) from former_passwords").fetchone() == (0,)
            await log_in(client, "geheim-5", PASSWORD)
            assert new.execute("select count(*) from former_passwords").fetchone() == (0,)
