-- The first texts that parents are asked to agree to. They say what this service does, in plain words. Whoever runs it should have a
-- lawyer read them, and put name, address and contact of the operator in them, before parents do.
--
-- A text that parents have answered isn't edited: a new migration adds the next version, and from its in_force_at on all are asked again.
--
-- Locks: none but on the new rows.
-- Rollback loses the texts, and answers to them.

insert into consent_texts (purpose, version, in_force_at, title_nl, text_nl, title_en, text_en)
values
  (
    'terms', 1, '2026-11-26T00:00:00Z',
    'Gebruiksvoorwaarden',
    'Nestwerk helpt je als ouder met overzicht, doelen en suggesties. Het is geen arts, psycholoog of hulpdienst:'
    ' wat je hier leest, vervangt hun advies niet. Heb je direct hulp nodig, bel dan 112 of je huisarts. Je '
    'account is van jou alleen: houd je wachtwoord voor jezelf. Vul over anderen alleen in wat je mag delen. Je '
    'kunt op elk moment stoppen en je account laten verwijderen.',
    'Terms of use',
    'Nestwerk helps you as a parent with overview, goals and suggestions. It is no doctor, psychologist or '
    'emergency service: what you read here doesn''t replace their advice. If you need help at once, call 112 or '
    'your doctor. Your account is yours alone: keep your password to yourself. Only enter about others what you '
    'may share. You can stop at any time and have your account removed.'
  ),
  (
    'privacy', 1, '2026-11-26T00:00:00Z',
    'Privacyverklaring',
    'We bewaren wat je zelf invult: je gebruikersnaam, e-mailadres en wachtwoord (alleen als hash), je profiel, '
    'de namen en leeftijden van je kinderen en, als je daarvoor toestemming geeft, gegevens over gezondheid en '
    'welzijn. We gebruiken die om de app te laten werken. Voor de beveiliging bewaren we een jaar lang wanneer en '
    'vanaf welk netwerk er is ingelogd, en wat er aan je account is gewijzigd, ook als je account is verwijderd: '
    'dan staat er alleen nog een nummer bij. We verkopen niets en gebruiken het niet voor reclame. De rest bewaren '
    'we zolang je een account hebt; in back-ups blijft alles daarna nog een tijd staan. Je kunt je gegevens inzien, '
    'verbeteren, meenemen en laten verwijderen, en een klacht indienen bij de Autoriteit Persoonsgegevens.',
    'Privacy notice',
    'We keep what you enter yourself: your username, e-mail address and password (only as a hash), your profile, '
    'your children''s names and ages and, if you agree to that, data about health and well-being. We use it to '
    'make the app work. For security we keep for a year when and from which network somebody logged in, and what '
    'was changed in your account, also when your account is gone: with no more than a number then. We sell nothing '
    'and don''t use it for advertising. The rest is kept for as long as you have an account; backups hold it all '
    'for some time longer. You can see, correct, take along and remove your data, and complain to your '
    'data protection authority.'
  ),
  (
    'health_data', 1, '2026-11-26T00:00:00Z',
    'Gegevens over gezondheid en welzijn',
    'Je geeft ons toestemming om te bewaren wat je over gezondheid en welzijn invult: van je kinderen bijzondere '
    'behoeften, routines, notities over hun ontwikkeling en het laatste onderzoek; van jezelf hoe gestrest je '
    'bent, je zorgen, wie je helpt en wat je over jezelf vertelt; en jullie doelen. We kiezen daarmee suggesties '
    'voor je, deels met een taalmodel als de beheerder dat gebruikt. Zonder je toestemming werkt de rest van de '
    'app, zonder doelen en suggesties. Je kunt je toestemming altijd intrekken: dan verwijderen we deze gegevens, '
    'je doelen en je suggesties meteen, en dat is niet terug te draaien. In back-ups staan ze dan nog een tijd.',
    'Data about health and well-being',
    'You agree that we keep what you enter about health and well-being: of your children special needs, routines,'
    ' notes on their development and the last assessment; of yourself how stressed you are, your concerns, who '
    'helps you and what you tell of yourself; and your goals. We choose suggestions for you with it, in part with'
    ' a language model if the operator uses one. Without your consent the rest of the app works, without goals '
    'and suggestions. You can withdraw it at any time: we then remove this data, your goals and your suggestions '
    'at once, and that can''t be undone. Backups hold them for some time longer.'
  );
