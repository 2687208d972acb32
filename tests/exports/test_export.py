"""The export of an account: all of it, as a file."""

from tests.accounts import Accounts

PATH = "/api/users/me/export"


async def test_first(accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.get(PATH)
    assert answer.status_code == 200, answer.text
    print(answer.headers, answer.text)
    head = await parent.client.head(PATH)
    print(head.status_code, head.headers)
    assert 0
