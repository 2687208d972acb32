"""What is wrong with one field: what would be right, worded to follow the field's name."""

from typing import Final

from api.problems.messages import Text

FIELD_MESSAGES: Final[dict[str, Text]] = {
    "missing": Text("ontbreekt", "is missing"),
    "unknown_field": Text("hoort hier niet; dit mag: {known:list}", "does not belong here; known are: {known:list}"),
    "not_null": Text("mag niet leeg (null) zijn", "must not be null"),
    "must_be_text": Text("moet tekst zijn", "must be text"),
    "must_be_whole_number": Text("moet een heel getal zijn", "must be a whole number"),
    "must_be_number": Text("moet een getal zijn", "must be a number"),
    "must_be_boolean": Text("moet true of false zijn", "must be true or false"),
    "must_be_list": Text("moet een lijst zijn", "must be a list"),
    "must_be_object": Text("moet een object zijn", "must be an object"),
    "must_be_moment": Text(
        "moet een moment in ISO 8601 zijn, zoals 2026-01-31T09:30:00Z",
        "must be a moment in ISO 8601, such as 2026-01-31T09:30:00Z",
    ),
    "needs_time_zone": Text(
        "moet een tijdzone hebben, zoals Z of +02:00", "must have a time zone, such as Z or +02:00"
    ),
    "moment_out_of_range": Text("ligt te ver weg in de tijd", "is too far away in time"),
    "between": Text("moet tussen {min} en {max} liggen", "must be between {min} and {max}"),
    "at_least": Text("moet {min} of meer zijn", "must be {min} or more"),
    "at_most": Text("moet {max} of minder zijn", "must be {max} or less"),
    "number_too_large": Text("is een te groot getal", "is too large a number"),
    "not_empty": Text("mag niet leeg zijn", "must not be empty"),
    "too_short": Text("moet minstens {min} tekens hebben", "must have at least {min} characters"),
    "too_long": Text("mag hoogstens {max} tekens hebben", "must have at most {max} characters"),
    "too_few": Text("moet minstens {min} onderdelen hebben", "must have at least {min} items"),
    "too_many": Text("mag hoogstens {max} onderdelen hebben", "must have at most {max} items"),
    "not_one_of": Text("moet een van deze zijn: {choices:list}", "must be one of: {choices:list}"),
    "nul_character": Text(
        "bevat een teken dat we niet kunnen bewaren (NUL)", "contains a character we can't store (NUL)"
    ),
    "wrong_format": Text("heeft niet de juiste vorm", "does not have the right format"),
    "not_email": Text(
        "moet een e-mailadres zijn, zoals naam@voorbeeld.nl", "must be an e-mail address, such as name@example.com"
    ),
    "not_url": Text(
        "moet een webadres zijn dat begint met https://", "must be a web address that begins with https://"
    ),
    "not_username": Text(
        "mag niet met een spatie beginnen of eindigen, en geen nieuwe regel bevatten",
        "must not begin or end with a space, nor contain a new line",
    ),
    "common_password": Text(
        "is erg bekend en dus makkelijk te raden; kies iets anders",
        "is widely used and so easy to guess; please choose something else",
    ),
    "repeated": Text("mag maar één keer voorkomen", "may be given only once"),
    # The type refuses it for a reason that its description doesn't give, as with a key that is there twice.
    "invalid": Text("klopt niet, of staat er twee keer in", "is not valid, or is there twice"),
    "body_empty": Text("is leeg; er moet JSON in staan", "is empty; it must hold JSON"),
    "body_not_utf8": Text("is geen geldige UTF-8 (byte {byte})", "is not valid UTF-8 (byte {byte})"),
    "body_has_bom": Text("begint met een byte order mark; laat die weg", "begins with a byte order mark; leave it out"),
    "json_cut_off": Text("is JSON waarvan het einde ontbreekt", "is JSON without its end"),
    "lone_surrogate": Text("bevat een halve UTF-16-code", "contains half of a UTF-16 pair"),
    "json_syntax": Text(
        "is geen geldige JSON bij byte {byte} ({reason})", "is not valid JSON at byte {byte} ({reason})"
    ),
    "json_too_deep": Text("mag hoogstens {max} niveaus diep genest zijn", "may be nested at most {max} levels deep"),
}

# Fields and parameters as a parent knows them; what is none goes by its name in JSON.
FIELD_LABELS: Final[dict[str, Text]] = {
    "": Text("het bericht", "the request body"),
    "username": Text("gebruikersnaam", "username"),
    "email": Text("e-mailadres", "e-mail address"),
    "password": Text("wachtwoord", "password"),
    "oldPassword": Text("huidig wachtwoord", "current password"),
    "newPassword": Text("nieuw wachtwoord", "new password"),
    "profilePicture": Text("profielfoto", "profile picture"),
    "name": Text("naam", "name"),
    "age": Text("leeftijd", "age"),
    "bio": Text("over jou", "about you"),
    "title": Text("titel", "title"),
    "description": Text("omschrijving", "description"),
    "category": Text("categorie", "category"),
    "priority": Text("prioriteit", "priority"),
    "status": Text("status", "status"),
    "targetDate": Text("streefdatum", "target date"),
    "specialNeeds": Text("bijzonderheden", "special needs"),
    "routines": Text("routines", "routines"),
    "developmentNotes": Text("notities over de ontwikkeling", "development notes"),
    "lastAssessment": Text("laatste beoordeling", "last assessment"),
    "stressLevel": Text("stressniveau", "stress level"),
    "experienceLevel": Text("ervaring", "experience"),
    "parentType": Text("rol", "role"),
    "primaryConcerns": Text("grootste zorgen", "primary concerns"),
    "supportNetwork": Text("steun om je heen", "support network"),
    "shortTerm": Text("doelen voor de korte termijn", "short-term goals"),
    "longTerm": Text("doelen voor de lange termijn", "long-term goals"),
    "supportAreas": Text("waarbij je steun zoekt", "support areas"),
    "communicationPreference": Text("voorkeur voor contact", "communication preference"),
    "preferredLanguage": Text("taal", "language"),
    "childProfiles": Text("kinderen", "children"),
    "basicInfo": Text("over jezelf", "about yourself"),
    "stressAssessment": Text("hoe het met je gaat", "how you are doing"),
    "goals": Text("doelen", "goals"),
    "step": Text("stap", "step"),
    "data": Text("antwoorden", "answers"),
    "rememberMe": Text("ingelogd blijven", "staying logged in"),
    "include": Text("wat erbij komt", "what to include"),
    "limit": Text("aantal per pagina", "items per page"),
    "cursor": Text("plaats in de lijst", "place in the list"),
}
