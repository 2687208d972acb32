"""Words that made-up families are made of, in Dutch and in English."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple


class Words(NamedTuple):
    """What a parent writes, in one language."""

    concerns: Sequence[str]
    support: Sequence[str]
    support_areas: Sequence[str]
    contact: Sequence[str]
    bios: Sequence[str]
    needs: Sequence[str]
    notes: Sequence[str]
    # Parts of a day, and what is done in them.
    routines: Mapping[str, Sequence[str]]
    bedtime: str
    # Titles and descriptions.
    goals: Sequence[tuple[str, str]]


MOTHERS: Final = (
    "Noor", "Sanne", "Emma", "Lotte", "Femke", "Marieke", "Anouk", "Fleur", "Ilse", "Wendy", "Annemiek", "Roos",
    "Fatima", "Samira", "Ayşe", "Elif", "Naima", "Shanice", "Priya", "Mei", "Agnieszka", "Zofia", "Olena", "Sofía",
    "Chloé", "Ingrid", "Amara", "Selam", "Yasmin", "Chidinma",
)  # fmt: skip
FATHERS: Final = (
    "Jeroen", "Bas", "Thijs", "Daan", "Maarten", "Ruben", "Sjoerd", "Koen", "Pieter", "Wouter", "Gijs", "Joost",
    "Mohamed", "Youssef", "Mehmet", "Emre", "Bilal", "Clyde", "Arjun", "Wei", "Piotr", "Marek", "Andrij", "José",
    "Étienne", "Björn", "Kwame", "Tesfay", "Omar", "Chinedu",
)  # fmt: skip
SURNAMES: Final = (
    "de Vries", "Jansen", "van den Berg", "Bakker", "van Dijk", "Visser", "Smit", "Meijer", "de Boer", "Mulder",
    "Bos", "Vos", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Hoekstra", "'t Hart",
    "El Amrani", "Benali", "Öztürk", "Demir", "Ramdin", "Pinas", "Sharma", "Chen", "Nowak", "Kovalenko",
    "García", "Dubois", "Lindström", "Mensah", "Haile", "Okafor", "O'Brien", "Nguyễn", "Silva", "Rossi",
)  # fmt: skip
CHILDREN: Final = (
    "Bram", "Zoë", "Milan", "Julia", "Sem", "Saar", "Finn", "Lieke", "Mees", "Tess", "Teun", "Evi", "Luuk", "Nora",
    "Jip", "Fenna", "Guus", "Pleun", "Mila", "Levi", "Yara", "Noah", "Amir", "Hanna", "Ilyas", "Defne", "Aylin",
    "Zeynep", "Imran", "Jayden", "Aarav", "Anaya", "Lin", "Oliwia", "Jakub", "Daryna", "Mateo", "Lucía", "Maëlle",
    "Nils", "Kofi", "Ada", "Selin", "Liam", "Olivia", "Isaac", "Maya", "Elif-Su", "Jan-Willem", "Lou",
)  # fmt: skip

DUTCH: Final = Words(
    concerns=(
        "slapen", "eten", "driftbuien", "schermtijd", "zindelijk worden", "ruzie tussen de kinderen", "luisteren",
        "faalangst", "huiswerk", "mijn eigen energie", "tijd voor elkaar", "pesten", "wennen op school",
    ),
    support=("partner", "oma en opa", "buren", "vrienden", "oppas", "consultatiebureau", "leerkracht", "huisarts"),
    support_areas=("slapen", "grenzen stellen", "gezond eten", "rust in huis", "omgaan met emoties", "schermtijd"),
    contact=("e-mail", "app", "telefoon", "'s avonds na acht uur"),
    bios=(
        "Werkt vier dagen en zoekt meer rust aan tafel.",
        "Net verhuisd; de kinderen wennen aan een nieuwe school.",
        "Co-ouder, om de week een vol huis.",
        "Voedt alleen op, met veel hulp van oma.",
    ),
    needs=("koemelkallergie", "ADHD", "bril", "logopedie", "dyslexie", "hoogsensitief", "astma", "notenallergie"),
    notes=(
        "Slaapt sinds kort door, maar wordt vroeg wakker.",
        "Praat honderduit en stelt veel vragen.",
        "Vindt nieuwe situaties spannend; een vaste volgorde helpt.",
        "Is dol op buiten zijn en leert nu fietsen.",
    ),
    routines={
        "ochtend": ("aankleden", "ontbijt", "tanden poetsen", "naar school lopen", "boterhammen smeren"),
        "middag": ("fruit", "buiten spelen", "huiswerk", "zwemles", "lezen"),
        "avond": ("samen eten", "in bad", "tanden poetsen", "voorlezen", "liedje"),
    },
    bedtime="bedtijd",
    goals=(
        ("Samen eten", "Minstens vier avonden in de week, zonder telefoons."),
        ("Om half acht naar bed", "Elke avond dezelfde volgorde: bad, boek, bed."),
        ("Minder schermtijd", "Op schooldagen hooguit een half uur."),
        ("Rustiger blijven bij driftbuien", "Eerst zelf ademhalen, dan pas praten."),
        ("Elke dag buiten", "Ook als het regent: laarzen aan."),
        ("Zelf aankleden", "De kleren liggen 's avonds klaar."),
        ("Meer groente", "Elke week iets nieuws proeven."),
        ("Voorlezen", "Een kwartier voor het slapengaan."),
        ("Een avond voor onszelf", ""),
        ("Zonder ruzie naar school", "Tien minuten eerder opstaan."),
        ("Complimenten geven", "Drie op een dag, en zeggen waarvoor."),
        ("Zindelijk voor de zomer", ""),
        ("Huiswerk zonder strijd", "Op een vaste plek en tijd."),
        ("Meer geduld", ""),
    ),
)  # fmt: skip

ENGLISH: Final = Words(
    concerns=(
        "sleep", "picky eating", "tantrums", "screen time", "potty training", "sibling rivalry", "listening",
        "anxiety", "homework", "my own energy", "settling in a new country", "bilingual upbringing",
    ),
    support=("partner", "grandparents", "neighbours", "friends", "babysitter", "health visitor", "teacher"),
    support_areas=("sleep", "setting limits", "healthy food", "calm at home", "big emotions", "screen time"),
    contact=("email", "app", "phone", "after 8 pm"),
    bios=(
        "Moved here two years ago; we speak two languages at home.",
        "Works shifts, and looks for routines that survive them.",
        "Single parent with a lovely village around us.",
    ),
    needs=("dairy allergy", "ADHD", "glasses", "speech therapy", "dyslexia", "autism", "asthma", "nut allergy"),
    notes=(
        "Sleeps through most nights now.",
        "Switches between languages with ease.",
        "Finds new places hard; a picture schedule helps.",
        "Loves building things and explaining how they work.",
    ),
    routines={
        "morning": ("get dressed", "breakfast", "brush teeth", "walk to school", "pack lunch"),
        "afternoon": ("snack", "play outside", "homework", "swimming", "reading"),
        "evening": ("dinner together", "bath", "brush teeth", "bedtime story", "song"),
    },
    bedtime="bedtime",
    goals=(
        ("Eat dinner together", "At least four evenings a week, phones away."),
        ("In bed by half past seven", "The same order every evening: bath, book, bed."),
        ("Less screen time", "Half an hour at most on school days."),
        ("Stay calm during tantrums", "Breathe first, talk later."),
        ("Outside every day", "Rain is no excuse."),
        ("Getting dressed alone", ""),
        ("More vegetables", "Try one new thing a week."),
        ("A bedtime story", "In both languages, taking turns."),
        ("An evening for ourselves", ""),
        ("Mornings without shouting", "Get up ten minutes earlier."),
        ("Homework without a fight", "A fixed place and time."),
        ("Praise more", "Three times a day, and say what for."),
    ),
)  # fmt: skip
