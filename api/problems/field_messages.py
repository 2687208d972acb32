"""Messages about one field; each follows the field's name in a sentence."""

from typing import Final

from api.problems.text import Text

MISSING: Final = Text("ontbreekt", "is missing")
UNKNOWN_FIELD: Final = Text("hoort hier niet; dit mag: {known:list}", "does not belong here; known are: {known:list}")
# For objects that have no fields, and addresses that take no parameters: there is nothing to list.
NO_FIELDS: Final = Text(
    "hoort hier niet; dit object is altijd leeg", "does not belong here; this object is always empty"
)
NO_PARAMETERS: Final = Text(
    "hoort hier niet; dit adres heeft geen parameters", "does not belong here; this address takes no parameters"
)
NOT_NULL: Final = Text("mag niet leeg (null) zijn", "must not be null")
MUST_BE_TEXT: Final = Text("moet tekst zijn", "must be text")
MUST_BE_WHOLE_NUMBER: Final = Text("moet een heel getal zijn", "must be a whole number")
MUST_BE_NUMBER: Final = Text("moet een getal zijn", "must be a number")
MUST_BE_BOOLEAN: Final = Text("moet true of false zijn", "must be true or false")
MUST_BE_LIST: Final = Text("moet een lijst zijn", "must be a list")
MUST_BE_OBJECT: Final = Text("moet een object zijn", "must be an object")
MUST_BE_MOMENT: Final = Text(
    "moet een moment in ISO 8601 zijn, zoals 2026-01-31T09:30:00Z",
    "must be a moment in ISO 8601, such as 2026-01-31T09:30:00Z",
)
MUST_BE_DATE: Final = Text("moet een datum zijn, zoals 2026-01-31", "must be a date, such as 2026-01-31")
MUST_BE_TIME: Final = Text("moet een tijd zijn, zoals 07:30:00", "must be a time of day, such as 07:30:00")
MUST_BE_DURATION: Final = Text(
    "moet een duur in ISO 8601 zijn, zoals P1DT2H30M", "must be a duration in ISO 8601, such as P1DT2H30M"
)
MUST_BE_UUID: Final = Text(
    "moet een UUID zijn, zoals 0189f7e2-77a5-7000-8000-000000000000",
    "must be a UUID, such as 0189f7e2-77a5-7000-8000-000000000000",
)
MUST_BE_DECIMAL: Final = Text(
    'moet een getal zijn dat als tekst geschreven is, zoals "12.50"',
    'must be a number that is written as text, such as "12.50"',
)
NEEDS_TIME_ZONE: Final = Text(
    "moet een tijdzone hebben, zoals Z of +02:00", "must have a time zone, such as Z or +02:00"
)
MOMENT_OUT_OF_RANGE: Final = Text("ligt te ver weg in de tijd", "is too far away in time")
MUST_BE_LATER: Final = Text("moet later zijn dan het begin", "must be later than the beginning")
BETWEEN: Final = Text("moet tussen {min} en {max} liggen", "must be between {min} and {max}")
AT_LEAST: Final = Text("moet {min} of meer zijn", "must be {min} or more")
AT_MOST: Final = Text("moet {max} of minder zijn", "must be {max} or less")
NUMBER_TOO_LARGE: Final = Text("is een te groot getal", "is too large a number")
NEEDS_CONSENT: Final = Text("bewaren we alleen met je toestemming", "is only kept with your consent")
NOT_EMPTY: Final = Text("mag niet leeg zijn", "must not be empty")
TOO_SHORT: Final = Text("moet minstens {min} tekens hebben", "must have at least {min} characters")
TOO_LONG: Final = Text("mag hoogstens {max} tekens hebben", "must have at most {max} characters")
TOO_FEW: Final = Text("moet minstens {min} onderdelen hebben", "must have at least {min} items")
TOO_MANY: Final = Text("mag hoogstens {max} onderdelen hebben", "must have at most {max} items")
TOO_MANY_VALUES: Final = Text("mag in totaal hoogstens {max} waarden hebben", "must have at most {max} values in all")
TOO_LARGE: Final = Text("mag hoogstens {max:size} groot zijn", "must have at most {max:size}")
NOT_ONE_OF: Final = Text("moet een van deze zijn: {choices:list}", "must be one of: {choices:list}")
NUL_CHARACTER: Final = Text(
    "bevat een teken dat we niet kunnen bewaren (NUL)", "contains a character we can't store (NUL)"
)
WRONG_FORMAT: Final = Text("heeft niet de juiste vorm", "does not have the right format")
NOT_EMAIL: Final = Text(
    "moet een e-mailadres zijn, zoals naam@voorbeeld.nl", "must be an e-mail address, such as name@example.com"
)
REPEATED: Final = Text("mag maar één keer voorkomen", "may be given only once")
# For what only the type itself refuses, such as the first value of a repeated key.
INVALID: Final = Text("klopt niet, of staat er twee keer in", "is not valid, or is there twice")
BODY_EMPTY: Final = Text("is leeg; er moet JSON in staan", "is empty; it must hold JSON")
BODY_NOT_UTF8: Final = Text("is geen geldige UTF-8 (byte {byte})", "is not valid UTF-8 (byte {byte})")
BODY_HAS_BOM: Final = Text(
    "begint met een byte order mark; laat die weg", "begins with a byte order mark; leave it out"
)
JSON_CUT_OFF: Final = Text("is JSON waarvan het einde ontbreekt", "is JSON without its end")
LONE_SURROGATE: Final = Text("bevat een halve UTF-16-code", "contains half of a UTF-16 pair")
JSON_SYNTAX: Final = Text(
    "is geen geldige JSON bij byte {byte} ({reason})", "is not valid JSON at byte {byte} ({reason})"
)
JSON_TOO_DEEP: Final = Text("mag hoogstens {max} niveaus diep genest zijn", "may be nested at most {max} levels deep")
