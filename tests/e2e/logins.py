"""Who logs in: the name of the login, and whom it belongs to in `tests.factories.Company`."""

LOGINS = {
    "clerk": "clerk",
    "second": "second_clerk",
    "agent": "agent",
    "region": "regional_manager",
    "officer": "officer",
}
PASSWORD = "a password long enough"
