-- The library's texts, and the words by which parents name what worries them: rows to read and to edit.
--
-- Each text is one small thing that a parent can do today: practical and kind, for all kinds of families, without blame, and without
-- advice of doctors or lawyers. The Dutch and the English one say the same, each as an editor in that language would write it.
-- Line breaks in a text are spaces.
--
-- A text whose concern is sensitive is only for parents who name it. Words are beginnings of words, in plain_words: 'slapel' is in
-- 'slapeloos'. Short ones that begin other words, such as 'moe' in 'moeder', stand with a neighbour.
--
-- Locks: none that anybody waits for.
-- Rollback loses the library: all texts and concerns, those added since too, and with them what was suggested to parents.

insert into concerns (concern, is_sensitive, words_nl, words_en)
values
  (
    'sleep', false,
    '{slapen, slaap, slapel, inslap, doorslap, bedtijd, naar bed, nacht, dutje, wakker}',
    '{sleep, asleep, bedtime, night, nap time, naps, napping, waking}'
  ),
  (
    'eating', false,
    '{eten, eet, avondeten, groente, maaltijd, lust, kieskeurig, voeding, borstvoeding, flesvoeding}',
    '{eat, food, meal, picky, fussy eater, vegetable, dinner, breastfeed, feeding}'
  ),
  (
    'crying', false,
    '{huil, krijsen, troost, jengel}',
    '{crying, cries, cry a lot, colic, sooth}'
  ),
  (
    'tantrums', false,
    '{driftbui, drift, boos, boze, woede, peuterpubert, koppig, uitbarsting, schreeuw}',
    '{tantrum, meltdown, anger, angry, outburst, temper, rage, stubborn, shout, screaming}'
  ),
  (
    'anxiety', false,
    '{angst, bang, pieker, zorgen om, zorgen over, spanning, zenuw, nachtmerrie, faalangst, paniek}',
    '{anxi, worry, worri, fear, afraid, scared, nervous, panic, nightmare, phobia}'
  ),
  (
    'siblings', false,
    '{broer, zus, jaloers, jaloezie, tweeling, onderlinge ruzie, ruzie tussen}',
    '{sibling, brother, sister, jealous, rivalry, twins, fighting between}'
  ),
  (
    'screens', false,
    '{scherm, telefoon, mobiel, tablet, gamen, games, computer, televisie, tv, internet, filmpjes,
    sociale media}',
    '{screen, phone, gaming, video game, social media, television, device, online}'
  ),
  (
    'school', false,
    '{school, juf, meester, leerkracht, klas, cijfers, toets, onderwijs}',
    '{school, teacher, classroom, grades, exam, preschool, nursery}'
  ),
  (
    'homework', false,
    '{huiswerk, leren voor, studeren, concentr, rekenen, spelling, werkstuk}',
    '{homework, studying, revision, concentrat, maths, spelling}'
  ),
  (
    'discipline', false,
    '{opvoed, gedrag, grens, grenzen, regels, luister, gehoorza, ongehoorza, straf, brutaal, consequent,
    streng}',
    '{disciplin, behavio, misbehav, boundar, limits, rules, listen, obey, disobe, punish, defian, strict,
    consisten}'
  ),
  (
    'separation', false,
    '{afscheid, verlatingsangst, scheidingsangst, eenkennig, loslaten, hechting, heimwee, wegbrengen, wennen}',
    '{separation, goodbye, drop off, clingy, letting go, homesick, attachment, settling in}'
  ),
  (
    'development', false,
    '{ontwikkel, mijlpa, taal, spraak, leren praten, lopen, kruipen, motoriek, zelfstandig, meertalig,
    tweetalig, achterstand}',
    '{develop, milestone, speech, language, walking, crawl, motor skill, independen, bilingual, multilingual}'
  ),
  (
    'friendships', false,
    '{vrienden, vriendje, vriendin, vriendschap, speelafspra, erbij horen, buitengesloten, samen spelen,
    sociaal}',
    '{friends, friendship, playdate, social skill, left out, fitting in, playing together}'
  ),
  (
    'bullying', true,
    '{pest, gepest, cyberpest, uitgescholden, uitlachen, buitensluiten}',
    '{bully, bullie, cyberbully, picked on, teased, teasing, name calling}'
  ),
  (
    'self_confidence', false,
    '{zelfvertrouwen, zelfbeeld, eigenwaarde, onzeker, verlegen, weerbaar, faalangst, perfectionis}',
    '{confiden, self esteem, self image, insecur, shy, resilien, perfectionis}'
  ),
  (
    'communication', false,
    '{communic, praten, gesprek, contact met mijn, vertelt niets, vertelt niks}',
    '{communicat, talking, conversation, talk to, open up, listening}'
  ),
  (
    'puberty', false,
    '{puber, tiener, hormon, menstru, veranderend lichaam}',
    '{puberty, teen, hormon, adolesc, growing up, changing body}'
  ),
  (
    'toilet', false,
    '{zindelijk, potje, plassen, bedplas, wc, toilet, luier}',
    '{toilet, potty, bedwet, bed wetting, wetting, nappy, nappies, diaper}'
  ),
  (
    'boredom', false,
    '{verveel, vervel, spelen, speelidee, activiteit, uitje, vrije tijd, knutsel}',
    '{bored, play, activit, days out, things to do, craft}'
  ),
  (
    'special_needs', true,
    '{autis, adhd, beperking, handicap, prikkel, hooggevoelig, hoogsensitief, dyslex, dyscalcul, down syndroom,
    syndroom van down, slechthorend, slechtziend, doof, blind, rolstoel, extra zorg, zorgintensief,
    speciaal onderwijs, bijzondere behoefte}',
    '{special need, special education, autis, adhd, disab, sensory, neurodiver, dyslex, down syndrome,
    down s syndrome, deaf, hard of hearing, visually impaired, wheelchair, highly sensitive,
    learning difficult}'
  ),
  (
    'work_balance', false,
    '{werk, baan, kantoor, balans, combineren, weinig tijd, tijdgebrek, opvang, creche, gastouder}',
    '{work, job, career, office, childcare, daycare, juggl, balance, little time, no time}'
  ),
  (
    'exhaustion', false,
    '{vermoeid, moeheid, doodmoe, oververmoeid, moe zijn, moe ben, uitgeput, uitputting, burn out, burnout,
    overbelast, overspannen, stress, energie, opgebrand, geen rust, meer rust, overprikkeld, somber, depress}',
    '{tired, exhaust, fatigue, burn out, burnout, burnt out, overwhelm, stress, energy, drained, overload,
    depress, baby blues}'
  ),
  (
    'guilt', false,
    '{schuldgevoel, schuldig, tekortschiet, tekort schiet, goede ouder, goede moeder, goede vader, falen,
    twijfel}',
    '{guilt, good enough, failing, bad mum, bad mother, bad dad, bad father, bad parent, self doubt, perfect}'
  ),
  (
    'loneliness', false,
    '{eenzaam, alleenstaand, er alleen voor, alleen voel, isole, isolement, geen netwerk, weinig steun,
    geen steun, somber, depress}',
    '{lonely, loneliness, depress, alone, isolat, single mum, single mom, single mother, single dad, single father,
    single parent, no support, no village}'
  ),
  (
    'relationship', true,
    '{relatie, huwelijk, mijn partner, met partner, mijn echtgeno, mijn vrouw}',
    '{relationship, marriage, my partner, my husband, my wife, my spouse, as a couple}'
  ),
  (
    'coparenting', true,
    '{scheiding, echtscheiding, vechtscheiding, gescheiden, gaan scheiden, co ouder, coouder, twee huizen,
    omgangsregeling, bezoekregeling, ex partner, nieuw samengesteld, stiefkind, stiefouder, bonuskind}',
    '{divorc, separated, co parent, coparent, custody, two homes, shared care, ex partner, ex husband, ex wife,
    stepchild, step child, step family, blended family}'
  ),
  (
    'pregnancy', true,
    '{zwanger, in verwachting, bevalling, verloskundige, uitgerekend, baby op komst, adoptie}',
    '{pregnan, expecting a, due date, giving birth, childbirth, midwife, baby on the way, adoption}'
  ),
  (
    'money', false,
    '{geld, financ, schulden, armoede, rondkomen, budget, kosten, toeslag}',
    '{money, financ, debt, poverty, afford, budget, bills, expens, cost of}'
  );

insert into library_suggestions (
  slug, category, min_age, max_age, concerns, stress_levels, experience_levels, title_nl, text_nl, title_en, text_en
)
select slug, category::suggestion_category, min_age, max_age,
       concerns::text[], stress_levels::stress_level[], experience_levels::experience_level[],
       title_nl, regexp_replace(text_nl, '\s+', ' ', 'g'),
       title_en, regexp_replace(text_en, '\s+', ' ', 'g')
  from (
    values
    -- The first years
    (
      'a-spot-for-feeding', 'food', 0, 0,
      '{eating,exhaustion}', '{}', '{}',
      'Een vaste plek om te voeden',
      'Maak één vaste plek om te voeden, met de borst of de fles: een glas water, iets lekkers, een kussen, de
      oplader. Zet alles klaar voor je gaat zitten, en vraag wie langskomt om het weer bij te vullen. Jij geeft al
      genoeg; dit mag naar jou toe komen.',
      'A spot for feeding',
      'Make one spot for feeding, by breast or bottle: a glass of water, a snack, a cushion, the charger. Put it all
      within reach before you sit down, and ask whoever drops by to fill it up again. You give plenty already; this
      can come to you.'
    ),
    (
      'one-feed-without-a-phone', 'food', 0, 0,
      '{eating,screens}', '{}', '{}',
      'Eén voeding zonder telefoon',
      'Kies vandaag één voeding waarbij de telefoon in een andere kamer blijft. Kijk naar de handjes, de wimpers, het
      gezicht dat langzaam loom wordt. Je hoeft niets te zeggen. Bij de andere voedingen mag je gewoon scrollen; ook
      dat hoort bij een baby die vaak wil eten.',
      'One feed without a phone',
      'Pick one feed today when your phone stays in another room. Look at the little hands, the lashes, the face that
      slowly goes drowsy. You don’t have to say anything. At the other feeds, scroll all you like; that too is life
      with a baby who eats often.'
    ),
    (
      'tell-your-baby-what-you-do', 'connection', 0, 1,
      '{development,communication}', '{}', '{}',
      'Vertel je baby wat je doet',
      'Vertel hardop wat je doet terwijl je je kind aankleedt: ‘Nu gaat je arm in de mouw.’ Wacht daarna even. Een
      blik, een geluidje of trappelende beentjes zijn het antwoord. Zo voeren jullie de eerste gesprekken, in de taal
      die jij het liefst praat.',
      'Tell your baby what you are doing',
      'While you dress your baby, say out loud what you’re doing: ‘Now your arm goes into the sleeve.’ Then wait a
      moment. A look, a little sound or kicking legs is the answer. These are your first conversations, in whichever
      language feels like home.'
    ),
    (
      'down-on-the-floor', 'play', 0, 0,
      '{development}', '{}', '{}',
      'Samen op de grond',
      'Leg een kleed op de grond en ga naast je wakkere baby liggen. Leg je kind even op de buik, met jouw gezicht
      vlakbij en op dezelfde hoogte. Een minuutje is al genoeg; draai je baby terug zodra het niet leuk meer is. Een
      paar keer kort is fijner dan één keer lang.',
      'Down on the floor together',
      'Spread out a rug and lie down next to your wide-awake baby. Put your baby on their tummy for a moment, with
      your face close by and at the same height. A minute is plenty; roll them back as soon as the fun is over. A few
      short turns beat one long one.'
    ),
    (
      'step-away-safely', 'emotions', 0, 0,
      '{crying,exhaustion}', '{high,very_high}', '{}',
      'Even weglopen mag',
      'Wordt het huilen je te veel? Leg je baby veilig op de rug in het eigen bedje, doe de deur dicht en haal een
      paar minuten adem in een andere kamer. Ga daarna kijken. Even afstand nemen is ook goed zorgen. Ben je ongerust
      of kun je niet meer? Bel meteen iemand: een vriend, de buren of je huisarts.',
      'It is all right to step away',
      'Is the crying getting too much? Lay your baby safely on their back in their own cot, close the door and breathe
      in another room for a few minutes. Then go back and check. Stepping away is good care too. Worried, or at the
      end of your strength? Call someone straight away: a friend, a neighbour or your GP.'
    ),
    (
      'night-in-two-shifts', 'sleep', 0, 2,
      '{sleep,exhaustion}', '{high,very_high}', '{}',
      'Verdeel de nacht in tweeën',
      'Spreek vanavond af wie de eerste helft van de nacht opstaat en wie de tweede. Wie vrij is, slaapt door, liefst
      in een andere kamer. Sta je er alleen voor? Vraag iemand die je vertrouwt om deze week een middag met je kind te
      gaan wandelen, zodat jij kunt slapen.',
      'Split the night in two',
      'Agree tonight who gets up in the first half of the night and who in the second. Whoever is off duty sleeps, in
      another room if possible. On your own? Ask someone you trust to take your child for a walk one afternoon this
      week, so that you can lie down.'
    ),
    (
      'three-steps-to-bed', 'sleep', 0, 2,
      '{sleep}', '{}', '{first_time}',
      'Drie vaste stapjes naar bed',
      'Kies drie rustige dingen en doe ze elke avond in dezelfde volgorde: een schone luier, de gordijnen dicht, één
      liedje. Weinig licht, zachte stem. Het hoeft niet meteen te werken; de herhaling doet langzaam haar werk. Opa,
      de oppas of de andere ouder kan dezelfde drie stapjes doen.',
      'Three steady steps to bed',
      'Pick three quiet things and do them every evening in the same order: a clean nappy, curtains closed, one song.
      Low light, soft voice. It needn’t work at once; repetition does its work slowly. Grandad, the babysitter or the
      other parent can take the same three steps.'
    ),
    (
      'one-line-a-day', 'self_care', 0, 2,
      '{guilt,exhaustion}', '{}', '{first_time}',
      'Eén zin per dag',
      'Schrijf vanavond één zin over vandaag in je telefoon of een schriftje: iets liefs, iets grappigs, of gewoon hoe
      moe je was. Meer hoeft niet. Over een paar maanden lees je terug hoeveel er is gebeurd, ook in weken die op één
      lange dag leken.',
      'One line a day',
      'Tonight, write one sentence about today on your phone or in a notebook: something sweet, something funny, or
      simply how tired you were. That’s all. In a few months you’ll see how much happened, even in the weeks that felt
      like one long day.'
    ),
    (
      'visitors-on-your-terms', 'support', 0, 0,
      '{exhaustion,loneliness}', '{moderate,high,very_high}', '{first_time}',
      'Bezoek op jouw voorwaarden',
      'Maak één berichtje dat je aan iedereen kunt sturen: ‘Wat leuk dat je wilt komen! Tussen twee en drie past het
      goed. Neem gerust iets te eten mee.’ Wie komt kijken, mag ook de was ophangen. En is het een zware dag? Dan mag
      je afzeggen zonder uitleg.',
      'Visitors on your terms',
      'Write one message you can send to everybody: ‘How lovely that you’d like to come! Between two and three suits
      us well. Do bring something to eat.’ Whoever comes to see the baby can hang out some washing, too. And on a hard
      day, you’re allowed to cancel without explaining.'
    ),
    (
      'sing-what-you-know', 'connection', 0, 3,
      '{crying,development}', '{}', '{}',
      'Zing wat je kent',
      'Zing een liedje dat je van vroeger kent, in de taal van je ouders, of gewoon iets van de radio. Vals is niet
      erg: voor je kind telt dat jij het bent. Neem elke dag hetzelfde liedje bij het aankleden of opruimen, dan weet
      je kind na een tijdje al wat er komt.',
      'Sing what you know',
      'Sing a song from your own childhood, in your parents’ language, or just something off the radio. Out of tune is
      fine: what counts is that it’s you. Use the same song every day for getting dressed or tidying up, and after a
      while your child will know what comes next.'
    ),
    (
      'look-where-they-look', 'play', 0, 1,
      '{development}', '{}', '{first_time}',
      'Kijk mee met je baby',
      'Ga vijf minuten zitten zonder telefoon en kijk waar je baby naar kijkt. De lamp, je mouw, de kat? Noem het en
      kijk mee. Je hoeft niets voor te doen en niets aan te leren. Samen kijken naar wat je kind boeit, dat is al
      spelen.',
      'Look where your baby looks',
      'Sit down for five minutes without your phone and see what your baby is looking at. The lamp, your sleeve, the
      cat? Name it and look at it together. There’s nothing you need to show or teach. Looking together at what
      fascinates your child is already play.'
    ),
    (
      'crying-list-on-the-fridge', 'emotions', 0, 0,
      '{crying}', '{}', '{}',
      'Een huillijstje op de koelkast',
      'Bij hard huilen is helder denken lastig. Schrijf daarom op een rustig moment op wat bij jouw baby vaak helpt:
      voeding, schone luier, dicht tegen je aan, een rondje buiten. Hang het op, dan kan ook de oppas het aflopen.
      Helpt er niets? Erbij blijven is ook troost.',
      'A crying list on the fridge',
      'It’s hard to think clearly when a baby is crying. So at a quiet moment, write down what often helps yours: a
      feed, a clean nappy, being held close, a walk outside. Put it up, so that a babysitter can work through it too.
      Nothing helps? Staying close is a comfort as well.'
    ),
    (
      'walk-and-hum', 'emotions', 0, 1,
      '{crying}', '{}', '{}',
      'Lopen en neuriën',
      'Loop even rond met je kind rechtop tegen je borst, je hand achter het hoofdje, en neurie één lage toon. Je kind
      voelt het trillen en hoort je ademhaling. Let ondertussen op je eigen schouders: laat ze zakken. Zo kom je er
      samen doorheen, ook als het huilen nog even duurt.',
      'Walk and hum',
      'Walk about with your child upright against your chest, your hand behind their head, and hum one low note. Your
      child feels the vibration and hears your breath. Notice your own shoulders as you do it, and let them drop. You
      get through it together, even if the crying lasts a while.'
    ),
    (
      'ten-minutes-of-daylight', 'self_care', 0, 2,
      '{exhaustion,loneliness,crying}', '{high,very_high}', '{}',
      'Een rondje buiten telt mee',
      'Zet je kind in de wagen en loop een blokje om, al is het maar tien minuten. Geen doel, geen boodschappen.
      Buitenlucht doet jullie allebei goed. Groet onderweg één iemand: op een dag met vooral babygeluiden kan een kort
      praatje goud waard zijn.',
      'A walk round the block counts',
      'Put your child in the pram and walk round the block, even if it’s only ten minutes. No aim, no shopping. Fresh
      air does you both good. Say hello to one person on the way: on a day of mostly baby sounds, a short chat can be
      worth its weight in gold.'
    ),
    (
      'leaf-through-a-board-book', 'play', 0, 2,
      '{development,communication}', '{}', '{}',
      'Blader samen in een boekje',
      'Neem je kind op schoot met een stevig boekje. Je hoeft niet te lezen wat er staat: wijs iets aan, doe een
      geluid na, sla bladzijden over. Twee minuten is prima, en tien keer dezelfde bladzijde ook. In veel bibliotheken
      is lenen voor kinderen gratis.',
      'Leaf through a board book',
      'Take your child on your lap with a sturdy book. You don’t have to read the words: point at something, make a
      noise, skip pages. Two minutes is fine, and so is the same page ten times over. At many libraries, children can
      borrow for free.'
    ),
    (
      'peekaboo-teaches-goodbye', 'play', 0, 2,
      '{separation}', '{}', '{}',
      'Kiekeboe: weg en weer terug',
      'Verstop je gezicht achter je handen, of even om de hoek van de deur, en kom met een lach weer tevoorschijn. Je
      kind oefent spelend iets groots: wie weggaat, komt ook terug. Zeg er elke keer hetzelfde bij, bijvoorbeeld ‘Dag
      … en daar ben ik weer!’',
      'Peekaboo: gone and back again',
      'Hide your face behind your hands, or just round the door, and come back with a smile. Your child is practising
      something big through play: people who go also return. Say the same words every time, such as ‘Bye-bye … and
      here I am again!’'
    ),
    (
      'snack-within-reach', 'self_care', 0, 1,
      '{exhaustion}', '{high,very_high}', '{}',
      'Eerst iets voor jezelf',
      'Zet op de plek waar je het meest zit iets te drinken in een beker met deksel en iets te eten dat je met één
      hand kunt pakken. Doe het nu één keer, voor de rest van de dag. Zorgen voor een klein mens gaat lichter als je
      zelf iets in je maag hebt.',
      'Something for yourself first',
      'Where you sit most, put a drink in a cup with a lid and something to eat that you can manage with one hand. Do
      it once now, for the rest of the day. Looking after a small person is easier when you’ve had something
      yourself.'
    ),
    (
      'week-without-comparing', 'self_care', 0, 3,
      '{guilt,development,loneliness}', '{moderate,high,very_high}', '{first_time}',
      'Een week zonder vergelijken',
      'Voel je je na het scrollen onzekerder dan ervoor? Zet dan één account of groep een week op stil. Foto’s laten
      zelden de hele dag zien, en ieder kind heeft een eigen tempo. Met een vraag die blijft hangen, kun je altijd
      terecht bij het consultatiebureau.',
      'A week without comparing',
      'Do you feel less sure of yourself after scrolling than before? Then mute one account or group for a week.
      Photos rarely show the whole day, and every child has their own pace. If a question keeps nagging, your health
      visitor will be glad to hear it.'
    ),
    (
      'one-person-for-advice', 'support', 0, 4,
      '{guilt,development,sleep}', '{}', '{first_time}',
      'Kies één iemand voor raad',
      'Iedereen heeft een mening over opvoeden, en ze spreken elkaar tegen. Kies vandaag één of twee mensen naar wie
      je luistert, bijvoorbeeld een vriendin met nuchtere ideeën en iemand van het consultatiebureau. Tegen de rest
      zeg je: ‘Dank je, ik denk erover na.’',
      'Choose one person for advice',
      'Everyone has an opinion on raising children, and they contradict each other. Today, choose one or two people to
      listen to, perhaps a friend with down-to-earth ideas and your health visitor. To everyone else you can say:
      ‘Thank you, I’ll think about it.’'
    ),
    (
      'no-need-to-know-it-all', 'self_care', 0, 3,
      '{guilt,exhaustion}', '{high,very_high}', '{first_time}',
      'Je hoeft het nog niet te kunnen',
      'Niemand wordt als ouder geboren. Denk aan iets dat een maand geleden nog lastig was en nu bijna vanzelf gaat,
      al is het maar een rompertje aantrekken. Zeg hardop: ‘Dat heb ik geleerd.’ Wat vandaag niet lukt, komt een
      andere keer.',
      'You needn’t know it all yet',
      'Nobody is born a parent. Think of one thing that was hard a month ago and is almost second nature now, even if
      it’s only putting on a vest. Say out loud: ‘I learned that.’ What doesn’t work out today will come another
      time.'
    ),
    (
      'find-one-other-new-parent', 'support', 0, 2,
      '{loneliness}', '{}', '{first_time}',
      'Eén ander met een baby',
      'Je hebt geen hele vriendenkring nodig, één ander met een kind van dezelfde leeftijd is al veel. Spreek vandaag
      iemand aan bij het consultatiebureau, in de buurtapp of bij de bibliotheek: ‘Zin om een keer samen een rondje
      met de wagen te lopen?’',
      'One other parent with a baby',
      'You don’t need a whole circle of friends; one other parent with a child of the same age is a lot. Today, speak
      to someone at the baby clinic, in a local group or at the library: ‘Would you fancy a walk with the prams some
      time?’'
    ),
    (
      'library-or-community-morning', 'support', 0, 5,
      '{loneliness,money}', '{}', '{}',
      'Een ochtend onder de mensen',
      'Zoek op wat er deze week gratis is in de buurt: een voorleesochtend, een inloop in het buurthuis, een speelplek
      bij de kerk of moskee. Zet één ding in je agenda en spreek met jezelf af dat je een kwartier blijft. Langer mag,
      weggaan mag ook.',
      'A morning among people',
      'Look up what’s free near you this week: a story time, a drop-in at the community centre, a playgroup at a
      church or mosque. Put one thing in your diary and promise yourself to stay for a quarter of an hour. Longer is
      fine, and so is leaving.'
    ),
    (
      'speak-the-language-of-your-heart', 'connection', 0, 8,
      '{development,communication}', '{}', '{}',
      'Praat de taal van je hart',
      'Spreek je thuis meer dan één taal? Kies een vast moment voor de taal waarin jij grapjes maakt en troost: in
      bad, bij het eten, onder het wandelen. Je kind mag antwoorden in een andere taal. Jij gaat gewoon door, dan
      krijgt het ze allebei mee.',
      'Speak the language of your heart',
      'More than one language at home? Choose a regular moment for the one in which you joke and comfort: at bath
      time, at dinner, on a walk. Your child can answer in another language. You simply carry on, and they will take
      in both.'
    ),
    (
      'count-to-ten-for-an-answer', 'connection', 1, 10,
      '{communication,development}', '{}', '{}',
      'Tel tot tien voor het antwoord',
      'Stel je kind een vraag en tel dan in stilte tot tien. Sommige kinderen hebben die tijd nodig om woorden te
      vinden, of antwoorden met een blik of gebaar. Vul niets in en herhaal niets, kijk alleen vriendelijk. Misschien
      verrast het je hoeveel er nog komt.',
      'Count to ten for an answer',
      'Ask your child a question, then count to ten in silence. Some children need that time to find words, or answer
      with a look or a gesture. Don’t fill in, don’t repeat, just look friendly. You may be surprised how much is
      still on its way.'
    ),

    -- Before the birth, and families that are growing
    (
      'list-for-helpers', 'support', null, null,
      '{pregnancy,exhaustion}', '{}', '{}',
      'Een hulplijstje voor straks',
      'Is er een kindje op komst? Maak nu een lijstje van dingen die anderen straks kunnen doen: koken, een was
      draaien, de hond uitlaten, een uurtje wandelen met de wagen. Vraagt iemand ‘Kan ik iets doen?’, dan laat je het
      lijstje zien. Kiezen is makkelijker dan bedenken.',
      'A list for future helpers',
      'Is a little one on the way? Make a list now of things others can do later: cook, run a wash, walk the dog, take
      the pram out for an hour. When someone asks ‘Can I do anything?’, show them the list. Choosing is easier than
      thinking something up.'
    ),
    (
      'letter-to-the-child-to-come', 'connection', null, null,
      '{pregnancy}', '{low,moderate}', '{}',
      'Een briefje aan wie nog komt',
      'In verwachting, of wacht je op een pleeg- of adoptiekind? Schrijf een kort briefje aan je kind: wie je bent,
      waar je woont, waar je naar uitkijkt. Drie zinnen zijn genoeg. Doe er een datum bij en bewaar het. Later is het
      een cadeau, voor je kind en voor jou.',
      'A note to the one who is coming',
      'Expecting, or waiting for a foster or adopted child? Write your child a short note: who you are, where you
      live, what you’re looking forward to. Three sentences will do. Add the date and keep it. One day it will be a
      present, for your child and for you.'
    ),
    (
      'talk-about-nights-beforehand', 'connection', null, null,
      '{pregnancy,sleep}', '{}', '{first_time}',
      'Praat nu al over de nachten',
      'Komt er een baby? Bespreek vóór de geboorte drie dingen met wie straks meezorgt: wie staat er ’s nachts op, wie
      kookt, en hoe zeggen we het als het te veel wordt? Het plan mag later anders. Krijg je je kind alleen? Bespreek
      het met je moeder, broer of beste vriend.',
      'Talk about the nights beforehand',
      'Is a baby coming? Before the birth, talk through three things with whoever will share the care: who gets up at
      night, who cooks, and how do we say that it’s too much? The plan may change. Having your child on your own? Talk
      to your mum, brother or best friend.'
    ),
    (
      'fewer-things-on-the-list', 'self_care', null, null,
      '{pregnancy,money,exhaustion}', '{high,very_high}', '{first_time}',
      'Streep iets van de babylijst',
      'Wordt de lijst van spullen voor de baby steeds langer? Streep er vandaag drie door. Een veilige slaapplek, wat
      kleertjes, luiers en iemand die je kunt bellen: daar kom je in het begin ver mee. Kleertjes en boekjes zijn
      tweedehands net zo goed, en kopen kan later altijd nog.',
      'Cross something off the baby list',
      'Is the list of baby things getting longer and longer? Cross out three today. A safe place to sleep, some
      clothes, nappies and someone you can ring will take you a long way at first. Clothes and books are just as good
      second-hand, and you can always buy things later.'
    ),
    (
      'let-your-child-prepare-for-the-baby', 'siblings', 2, 9,
      '{pregnancy,siblings}', '{}', '{experienced,multiple_children}',
      'Laat je kind meedenken over de baby',
      'Komt er een baby bij? Geef je kind een eigen taak: een rompertje kiezen of een tekening maken voor in de gang.
      Vertel ook eerlijk dat een baby eerst vooral slaapt, drinkt en huilt. En beloof één ding dat van jullie samen
      blijft, zoals voorlezen voor het slapen.',
      'Let your child prepare for the baby',
      'Is a baby joining the family? Give your child a job of their own: choosing a vest or making a drawing for the
      hall. Tell them honestly that babies mostly sleep, drink and cry at first. And promise one thing that stays just
      yours together, like the bedtime story.'
    ),
    (
      'rest-before-the-birth', 'self_care', null, null,
      '{pregnancy,exhaustion}', '{high,very_high}', '{}',
      'Vandaag een halfuur liggen',
      'In verwachting en moe? Zet een wekker op een halfuur en ga liggen, ook als de was er nog staat. Je hoeft niet
      te slapen. Zijn er al kinderen in huis? Laat ze naast je tekenen of naar een verhaal luisteren, of ruil een
      halfuur met een ander. Rusten is nu ook iets doen.',
      'Half an hour lying down today',
      'Pregnant and tired? Set an alarm for half an hour and lie down, even if the washing is still there. You don’t
      have to sleep. Children in the house already? Let them draw beside you or listen to a story, or swap half an
      hour with someone. Resting is doing something, too.'
    ),
    (
      'baby-waits-too', 'siblings', 1, 7,
      '{siblings,tantrums}', '{}', '{multiple_children}',
      'Ook de baby moet weleens wachten',
      '‘Straks, eerst de baby’: dat hoort een groter kind vaak. Draai het vandaag een keer om en zeg hardop tegen de
      jongste: ‘Jij ligt lekker, ik help nu even je broer.’ De kleinste begrijpt het nog niet, maar de grootste hoort:
      ik tel ook mee.',
      'The baby has to wait sometimes, too',
      '‘In a minute, the baby first’: older children hear that a lot. Turn it round once today and say out loud to the
      youngest: ‘You’re comfy there, I’m helping your brother now.’ The little one won’t understand, but the big one
      hears: I count too.'
    ),

    -- Toddlers and preschoolers
    (
      'two-good-choices', 'behaviour', 1, 5,
      '{tantrums,discipline}', '{}', '{}',
      'Laat kiezen uit twee',
      'Vraag niet ‘Wil je je jas aan?’ maar ‘Eerst je jas of eerst je schoenen?’ Met twee keuzes die jij allebei prima
      vindt, heeft je kind iets te zeggen en gebeurt er toch wat nodig is. Valt er een keer niets te kiezen? Zeg dan
      vriendelijk: ‘Dit beslis ik.’',
      'Offer a choice of two',
      'Instead of ‘Will you put your coat on?’, try ‘Coat first or shoes first?’ With two choices that are both fine
      by you, your child has a say and what’s needed still gets done. Nothing to choose this time? Then say kindly:
      ‘This one is mine to decide.’'
    ),
    (
      'name-the-storm', 'emotions', 1, 5,
      '{tantrums}', '{}', '{}',
      'Geef de bui een naam',
      'Bij een driftbui hoef je niets uit te leggen. Blijf in de buurt, zorg dat je kind zich geen pijn kan doen en
      zeg kort wat je ziet: ‘Je bent boos. Je wilde nog blijven.’ Wacht dan, en adem zelf rustig door. Praten kan
      later, als de bui is overgewaaid.',
      'Give the storm a name',
      'There’s no need to explain anything during a tantrum. Stay near, make sure your child can’t get hurt, and say
      briefly what you see: ‘You’re cross. You wanted to stay.’ Then wait, and keep your own breath slow. Talking can
      come later, when the storm has passed.'
    ),
    (
      'tell-when-it-will-end', 'routines', 2, 8,
      '{tantrums,discipline}', '{}', '{}',
      'Kondig het einde aan',
      'Stoppen met iets leuks is moeilijk. Zeg vijf minuten van tevoren wat er komt, en aan het eind nog eens: ‘Nog
      één keer van de glijbaan, dan gaan we.’ Een zandloper of een liedje helpt wie nog niet kan klokkijken. Doe
      daarna rustig wat je hebt gezegd.',
      'Tell them when it will end',
      'Stopping something nice is hard. Say what’s coming five minutes ahead, and once more at the end: ‘One last go
      on the slide, then we’re off.’ A sand timer or a song helps those who can’t tell the time yet. Then calmly do as
      you said.'
    ),
    (
      'drawer-where-everything-is-allowed', 'play', 1, 3,
      '{boredom,discipline,exhaustion}', '{}', '{}',
      'Een la waar alles mag',
      'Maak één lage la of bak vrij met spullen die je kind altijd mag pakken: plastic bakjes, een vergiet, houten
      lepels. Niets scherps of breekbaars, en niets dat in een mond past. Zo kun jij de tafel dekken terwijl je kind
      vlakbij een eigen kastje uitruimt.',
      'A drawer where everything is allowed',
      'Clear one low drawer or box and fill it with things your child may always take: plastic tubs, a colander,
      wooden spoons. Nothing sharp or breakable, and nothing that fits in a mouth. Then you can lay the table while
      your child empties their own cupboard next to you.'
    ),
    (
      'laundry-helper', 'routines', 1, 5,
      '{development,exhaustion}', '{}', '{}',
      'Doe samen de was',
      'Laat je kind sokken in de wasmand gooien, theedoeken aangeven of washandjes opstapelen. Netjes hoeft het niet
      te worden. Het duurt misschien langer, maar je hebt in één moeite door samen gespeeld, en je kind voelt zich
      nuttig en groot.',
      'Do the laundry together',
      'Let your child throw socks into the basket, hand you tea towels or pile up flannels. It doesn’t need to be
      neat. It may take longer, but you’ve played together in the same time, and your child feels useful and grown
      up.'
    ),
    (
      'potty-without-must', 'routines', 2, 4,
      '{toilet}', '{}', '{}',
      'Het potje erbij, zonder moeten',
      'Zet het potje op een vaste plek en laat je kind er ook eens met kleren aan op zitten, bijvoorbeeld als je
      voorleest. Vertel waar het voor is en wees blij met het oefenen, niet alleen met het resultaat. Vandaag nee?
      Morgen is er weer een kans.',
      'A potty without pressure',
      'Put the potty in a regular spot and let your child sit on it fully dressed sometimes, while you read to them
      for instance. Explain what it’s for and be glad of the practice, not only the result. No today? There’ll be
      another chance tomorrow.'
    ),
    (
      'teddy-goes-first', 'routines', 2, 4,
      '{toilet}', '{}', '{}',
      'De knuffel gaat eerst',
      'Laat een knuffel het potje uitproberen: broek omlaag, zitten, wachten, handen wassen. Je kind is de baas en
      legt uit hoe het moet. Gaat er bij de knuffel iets mis, dan troost je kind: ‘Geeft niets, beer.’ Zo wordt het
      gewoon, zonder dat iemand iets hoeft.',
      'Teddy goes first',
      'Let a soft toy try out the potty: trousers down, sit, wait, wash hands. Your child is in charge and explains
      how it’s done. If teddy has an accident, your child does the comforting: ‘Never mind, Bear.’ It becomes
      ordinary, without anyone having to do anything.'
    ),
    (
      'clothes-that-come-down-fast', 'routines', 2, 5,
      '{toilet}', '{}', '{}',
      'Broeken die snel omlaag gaan',
      'Kies deze week broeken met elastiek, zonder knopen of riem. Leg een setje droge kleren klaar bij de deur, zodat
      een ongelukje geen drama is: ‘Geeft niets, we pakken een droge.’ Hoe gewoner jij doet, hoe minder spannend het
      voor je kind is.',
      'Trousers that come down quickly',
      'This week choose elasticated trousers, no buttons or belts. Keep a set of dry clothes by the door, so that an
      accident is no drama: ‘Never mind, we’ll fetch dry ones.’ The more matter-of-fact you are, the less worrying it
      is for your child.'
    ),
    (
      'loo-time-at-set-moments', 'routines', 3, 7,
      '{toilet,school}', '{}', '{}',
      'Vaste momenten voor de wc',
      'Wie druk speelt, vergeet te gaan. Koppel de wc aan iets dat toch al gebeurt: na het opstaan, voor het eten,
      voor je de deur uitgaat. Zeg ‘we gaan even plassen’ in plaats van te vragen of het moet. Vertel ook op school of
      de opvang welk woord jullie thuis gebruiken.',
      'Set moments for the loo',
      'Busy players forget to go. Link the toilet to something that happens anyway: after getting up, before eating,
      before leaving the house. Say ‘let’s go for a wee’ rather than asking whether they need to. And tell school or
      nursery which word you use at home.'
    ),
    (
      'explore-a-strange-toilet', 'routines', 3, 8,
      '{toilet,anxiety,school}', '{}', '{}',
      'Een vreemde wc verkennen',
      'Durft je kind alleen thuis naar de wc? Ga er op een andere plek samen kijken zonder dat het moet: waar is het
      licht, hoe klinkt de spoeling, waar hangt het papier? Ook op school mag dat vaak even voor de les. Iets wat je
      kent, is minder spannend.',
      'Explore a strange toilet',
      'Does your child only dare to use the loo at home? Go and have a look at another one together, without needing
      to: where’s the light, what does the flush sound like, where’s the paper? School will often let you do this
      before lessons. What you know is less scary.'
    ),
    (
      'two-layers-on-the-bed', 'sleep', 3, 9,
      '{toilet,sleep}', '{}', '{}',
      'Twee lagen op het bed',
      'Is het bed ’s nachts weleens nat? Maak het dubbel op: matrasbeschermer, hoeslaken, en daarbovenop nog eens
      allebei. Na een ongelukje haal je de bovenste laag eraf en kan iedereen weer slapen. Zeg erbij dat het veel
      kinderen overkomt en dat niemand er iets aan kan doen.',
      'Two layers on the bed',
      'Is the bed sometimes wet at night? Make it up twice: a mattress protector, a sheet, and then both again on top.
      After an accident you take off the upper layer and everyone can go back to sleep. Say that it happens to many
      children and that it’s nobody’s fault.'
    ),
    (
      'same-goodbye-every-time', 'routines', 1, 6,
      '{separation,school}', '{}', '{}',
      'Elke keer hetzelfde afscheid',
      'Bedenk samen een afscheid: drie kussen, een high five, zwaaien bij het raam. Doe het elke keer zo en houd het
      kort, ook als er tranen zijn. Stilletjes weglopen lijkt makkelijker, maar een duidelijk ‘Dag, na het fruit ben
      ik er weer’ geeft meer houvast.',
      'The same goodbye every time',
      'Invent a goodbye together: three kisses, a high five, a wave at the window. Do it the same way each time and
      keep it short, even when there are tears. Slipping away seems easier, but a clear ‘Bye, I’ll be back after snack
      time’ gives more to hold on to.'
    ),
    (
      'heart-on-two-hands', 'emotions', 3, 8,
      '{separation,anxiety,school}', '{}', '{}',
      'Een hartje in twee handen',
      'Teken ’s ochtends een hartje in de hand van je kind en één in die van jezelf. Mist je kind je op school of bij
      de oppas, dan mag het op het hartje drukken. Jij doet dat ook af en toe. ’s Avonds vertellen jullie elkaar
      wanneer.',
      'A heart on two hands',
      'In the morning, draw a little heart in your child’s palm and one in your own. If your child misses you at
      school or with the childminder, they can press the heart. You do so too, now and then. In the evening, tell each
      other when.'
    ),
    (
      'short-practice-apart', 'routines', 1, 4,
      '{separation}', '{}', '{}',
      'Oefen met even weg zijn',
      'Valt afscheid nemen zwaar? Oefen op een ontspannen dag. Laat je kind bij iemand die het goed kent, zeg
      duidelijk gedag en ga tien minuten een brief posten. Kom terug met ‘Daar ben ik weer, zoals ik zei.’ Maak het de
      volgende keer ietsje langer.',
      'Practise being away for a moment',
      'Is saying goodbye hard? Practise on an easy day. Leave your child with someone they know well, say a clear
      goodbye and go and post a letter for ten minutes. Come back with ‘Here I am again, just as I said.’ Make it a
      little longer next time.'
    ),
    (
      'something-new-beside-something-known', 'food', 1, 9,
      '{eating}', '{}', '{}',
      'Iets nieuws naast iets vertrouwds',
      'Leg een klein stukje van iets nieuws naast eten dat je kind al lust, gesneden zoals bij de leeftijd past. Eet
      zelf mee en zeg er niets over. Kijken, ruiken en voelen tellen ook. Proeven hoeft niet; wat je vaak ziet, wordt
      vanzelf minder vreemd.',
      'Something new beside something known',
      'Put a small piece of something new next to food your child already likes, cut to suit their age. Eat some
      yourself and don’t comment. Looking, smelling and touching count as well. Tasting isn’t required; what you see
      often slowly becomes less strange.'
    ),
    (
      'help-yourself-at-table', 'food', 3, 10,
      '{eating,development}', '{}', '{}',
      'Zelf opscheppen',
      'Zet het eten, als het niet meer heet is, in schalen op tafel en laat je kind zelf opscheppen, hoe weinig ook.
      Jij kiest wat er op tafel staat, je kind hoeveel ervan op het bord komt. Knoeien hoort erbij. Wie zelf mag
      kiezen, hoeft minder tegen te houden.',
      'Helping yourself at table',
      'Once it’s no longer hot, put the food on the table in bowls and let your child help themselves, however little
      that is. You choose what’s on the table, your child how much goes on the plate. Spills are part of it. Having a
      choice leaves less to fight against.'
    ),
    (
      'socks-song-tidy-up', 'routines', 2, 8,
      '{discipline,exhaustion}', '{}', '{}',
      'Opruimen op één liedje',
      'Zet een vrolijk liedje op en ruim samen op tot het afgelopen is. Geef ieder een eigen opdracht: jij de blokken,
      ik de boeken. Is de muziek afgelopen, dan zijn jullie klaar, ook als nog niet alles op zijn plek ligt. Zo wordt
      opruimen iets kleins in plaats van een strijd.',
      'Tidy up to one song',
      'Put on a cheerful song and tidy up together until it ends. Give everyone a job: you do the blocks, I do the
      books. When the music stops you’re done, even if the room isn’t. That makes tidying something small instead of a
      battle.'
    ),
    (
      'wait-before-helping', 'behaviour', 2, 7,
      '{development,self_confidence}', '{}', '{}',
      'Wacht even met helpen',
      'Een rits, een schoen, een puzzelstukje: wacht vandaag één keer wat langer voor je helpt. Ga erbij zitten en
      zeg: ‘Jij bent bezig, ik heb de tijd.’ Vraagt je kind om hulp, doe dan het kleinste stukje voor en laat de rest
      aan je kind.',
      'Wait a little before you help',
      'A zip, a shoe, a puzzle piece: today, wait a bit longer before you help, just once. Sit down beside them and
      say: ‘You’re working on it, I’ve got time.’ If your child asks for help, do the smallest bit and leave the rest
      to them.'
    ),
    (
      'what-do-you-think', 'connection', 3, 7,
      '{development,communication}', '{}', '{}',
      'Vraag terug: wat denk jij?',
      'Bij de tiende ‘waarom’ van de dag hoef je het antwoord niet te weten. Vraag: ‘Goeie vraag. Wat denk jij?’
      Luister naar de theorie, hoe wild ook, en vertel dan pas de jouwe. Je kind oefent met nadenken en jij krijgt
      even pauze.',
      'Ask back: what do you think?',
      'At the tenth ‘why’ of the day, you needn’t know the answer. Try: ‘Good question. What do you think?’ Listen to
      the theory, however wild, and only then share yours. Your child practises thinking and you get a short break.'
    ),
    (
      'cardboard-box-day', 'play', 2, 8,
      '{boredom,money}', '{}', '{}',
      'Een doos is ook speelgoed',
      'Vraag bij de supermarkt een grote doos en haal nietjes en plastic eraf. Zet hem midden in de kamer met wat
      stiften en zeg niets. Boot, winkel, raket, huisdierenhotel: het komt vanzelf. Blijf in de buurt en speel mee als
      je wordt uitgenodigd.',
      'A box is a toy, too',
      'Ask a shop for a large cardboard box and take off any staples and plastic. Put it in the middle of the room
      with some felt tips and say nothing. Boat, shop, rocket, pet hotel: it will come. Stay close and join in when
      you’re invited.'
    ),
    (
      'toys-on-holiday', 'play', 1, 8,
      '{money,boredom}', '{}', '{}',
      'Speelgoed met vakantie',
      'Pak de helft van het speelgoed in een tas en zet die een paar weken weg. Met minder om uit te kiezen wordt er
      vaak langer gespeeld, en er is minder op te ruimen. Komt de tas terug, dan voelt alles weer nieuw, zonder dat je
      iets hebt gekocht.',
      'Toys on holiday',
      'Pack half the toys in a bag and put it away for a few weeks. With less to choose from, children often play
      longer, and there’s less to tidy. When the bag comes back everything feels new again, and you haven’t bought a
      thing.'
    ),
    (
      'colour-hunt-outside', 'play', 2, 7,
      '{boredom,screens}', '{}', '{}',
      'Kleurenjacht om de hoek',
      'Kies samen een kleur en ga een rondje lopen: wie ziet er iets geels? Tel tot je er tien hebt, of maak foto’s
      van de vondsten. Kijken is genoeg, oprapen hoeft niet. Regent het? Dan glimmen alle kleuren, en laarzen maken
      het nog leuker.',
      'Colour hunt round the corner',
      'Choose a colour together and go for a walk: who can see something yellow? Count until you have ten, or take
      pictures of what you find. Looking is enough, no need to pick things up. Raining? Then all the colours shine,
      and wellies make it even better.'
    ),
    (
      'quiet-time-instead-of-nap', 'sleep', 2, 5,
      '{sleep,exhaustion}', '{}', '{}',
      'Rusttijd in plaats van slaaptijd',
      'Wil je kind overdag niet meer slapen? Maak er rusttijd van: gordijnen half dicht, een paar boekjes en een
      knuffel. Begin met tien minuten en een wekkertje dat vertelt wanneer het klaar is. Slapen mag, liggen mag ook.
      Jij gaat in die tijd ook zitten.',
      'Rest time instead of nap time',
      'Has your child gone off daytime naps? Make it rest time: curtains half closed, a few books and a soft toy.
      Start with ten minutes and a timer that says when it’s over. Sleeping is fine, lying there is fine too. And you
      sit down as well.'
    ),
    (
      'hello-at-the-playground', 'support', 1, 9,
      '{loneliness,friendships}', '{}', '{}',
      'Zeg als eerste hallo',
      'Op het schoolplein of in de speeltuin staan vaak meer ouders alleen dan je denkt. Zeg vandaag tegen één iemand
      iets kleins: ‘Hoe oud is die van jou?’ Meer hoeft niet. De derde keer is het al een bekende, en zo begint een
      buurt.',
      'Be the first to say hello',
      'At the school gate or the playground, more parents feel alone than you’d think. Say something small to one of
      them today: ‘How old is yours?’ That’s all. By the third time it’s a familiar face, and that’s how a
      neighbourhood begins.'
    ),

    -- Behaviour, feelings and routines from about three to twelve
    (
      'ten-minutes-led-by-the-child', 'connection', 2, 11,
      '{tantrums,siblings,discipline,communication}', '{}', '{}',
      'Tien minuten waarin je kind de baas is',
      'Zet een wekker op tien minuten en laat je kind kiezen wat jullie doen. Jij volgt: geen telefoon, geen tips,
      geen vragen over school. Gaat de wekker, dan is het klaar, en morgen weer. Zo weet je kind: dit stukje tijd is
      van mij, daar hoef ik niet om te vragen.',
      'Ten minutes led by your child',
      'Set a timer for ten minutes and let your child choose what you do. You follow: no phone, no tips, no questions
      about school. When it rings you stop, and tomorrow there’s another turn. Your child learns: this bit of time is
      mine, I needn’t fight for it.'
    ),
    (
      'say-exactly-what-went-well', 'behaviour', 2, 12,
      '{discipline,self_confidence}', '{}', '{}',
      'Zeg precies wat er goed ging',
      'Let vandaag op één moment waarop iets wél lukt, en zeg wat je zag: ‘Je wachtte tot je zus uitgepraat was.’ Dat
      zegt meer dan ‘goed zo’, want nu weet je kind wat het deed. Klein mag: een jas aan de haak, een hand die niet
      sloeg, een grapje op het juiste moment.',
      'Say exactly what went well',
      'Watch for one moment today when something does work and say what you saw: ‘You waited until your sister had
      finished.’ That says more than ‘well done’, because now your child knows what they did. It can be small: a coat
      on its hook, a hand that didn’t hit, a well-timed joke.'
    ),
    (
      'whisper-instead', 'behaviour', 2, 10,
      '{discipline,tantrums}', '{}', '{}',
      'Fluister eens',
      'Merk je dat je stem omhooggaat? Hurk neer, kijk je kind aan en fluister wat je wilt zeggen. De meeste kinderen
      worden nieuwsgierig, en zelf zak je ook een tandje. Lukt het niet, haal dan eerst een glas water en begin daarna
      opnieuw.',
      'Try a whisper',
      'Do you notice your voice going up? Crouch down, look at your child and whisper what you want to say. Most
      children get curious, and you come down a notch yourself. If it doesn’t work, fetch a glass of water first and
      then start afresh.'
    ),
    (
      'say-what-is-allowed', 'behaviour', 2, 9,
      '{discipline}', '{}', '{}',
      'Zeg wat wél mag',
      '‘Niet rennen!’ zegt niet wat je kind dan moet doen. Draai het om: ‘Loop maar naast mij’, ‘Gooien mag met de
      zachte bal’, ‘Handen op je eigen bord’. Kies één ‘niet’ dat je vaak zegt, bedenk er een ‘wel’ bij en probeer dat
      een dag lang.',
      'Say what they can do',
      '‘Don’t run!’ doesn’t say what to do instead. Turn it round: ‘Walk here beside me’, ‘You can throw the soft
      ball’, ‘Hands on your own plate’. Choose one ‘don’t’ that you say a lot, think of a ‘do’ to go with it and try
      that for a day.'
    ),
    (
      'one-thing-at-a-time', 'behaviour', 3, 10,
      '{discipline,development,communication}', '{}', '{}',
      'Eén ding tegelijk',
      '‘Tas ophangen, schoenen uit, handen wassen’ zijn drie opdrachten. Zeg er één, wacht tot het gedaan is en noem
      dan pas de volgende. Ga er eerst even bij staan of leg een hand op een schouder. Het lijkt langzamer, maar je
      hoeft minder te herhalen.',
      'One thing at a time',
      '‘Bag on the hook, shoes off, wash your hands’ is three tasks. Say one, wait until it’s done, and only then
      mention the next. Go and stand close first, or put a hand on a shoulder. It seems slower, but you’ll have to
      repeat yourself less.'
    ),
    (
      'three-house-rules', 'behaviour', 3, 12,
      '{discipline}', '{low,moderate,high}', '{}',
      'Drie huisregels zijn genoeg',
      'Bedenk samen drie regels die altijd gelden, in woorden van de kinderen: ‘We doen elkaar geen pijn’, ‘We ruimen
      op wat we pakken’, ‘We zeggen het als we weggaan’. Hang ze op. De kleinere regels mag je deze week laten
      schieten; dat scheelt een hoop kleine discussies.',
      'Three house rules are enough',
      'Think up three rules that always hold, in the children’s own words: ‘We don’t hurt each other’, ‘We put back
      what we take’, ‘We say so when we go out’. Put them up. You can let the smaller ones go this week; it saves a
      lot of small arguments.'
    ),
    (
      'a-consequence-that-fits', 'behaviour', 4, 14,
      '{discipline}', '{}', '{}',
      'Een gevolg dat erbij past',
      'Ging er iets mis? Vraag: ‘Hoe maken we dit weer goed?’ Wie knoeit, pakt een doekje; wie iemand kwetst, bedenkt
      iets aardigs. Dat leert meer dan straf die er niets mee te maken heeft. Wacht wel tot iedereen gekalmeerd is,
      jij ook.',
      'A consequence that fits',
      'Did something go wrong? Ask: ‘How do we put this right?’ Whoever spills fetches a cloth; whoever hurt someone
      thinks of something kind. That teaches more than a punishment that has nothing to do with it. Do wait until
      everyone has calmed down, you included.'
    ),
    (
      'rule-that-no-longer-fits', 'behaviour', 5, 18,
      '{discipline,communication}', '{}', '{experienced}',
      'Welke regel is te klein geworden?',
      'Kinderen groeien uit hun jas, en ook uit regels. Vraag vandaag: ‘Welke afspraak past niet meer bij jou?’
      Luister zonder meteen ja of nee te zeggen. Misschien kan er iets soepeler, en soms snapt je kind na het gesprek
      beter waarom iets blijft zoals het is.',
      'Which rule has become too small?',
      'Children grow out of their coats, and out of rules as well. Ask today: ‘Which rule no longer fits you?’ Listen
      without saying yes or no at once. Perhaps something can be loosened, and sometimes your child will see better
      why a thing stays as it is.'
    ),
    (
      'morning-in-pictures', 'routines', 3, 9,
      '{discipline,school}', '{}', '{}',
      'De ochtend in plaatjes',
      'Teken samen vier stappen van de ochtend: aankleden, eten, tandenpoetsen, jas aan. Stokpoppetjes zijn prima.
      Hang het blad op kindhoogte en vraag alleen nog: ‘Wat komt er nu?’ Dan wijst het papier de weg en hoef jij
      minder te herinneren.',
      'The morning in pictures',
      'Draw four steps of the morning together: get dressed, eat, brush teeth, coat on. Stick figures are fine. Hang
      it at your child’s height and only ask: ‘What comes next?’ Then the paper shows the way and you have less
      reminding to do.'
    ),
    (
      'tomorrow-starts-tonight', 'routines', 4, 13,
      '{school,work_balance}', '{}', '{}',
      'Morgen begint vanavond',
      'Leg samen na het eten alles voor morgen klaar: kleren, tas, gymspullen, het briefje dat nog moest worden
      getekend. Vijf minuten, en ieder doet zijn eigen stapel. De ochtend begint dan een beetje lichter, ook als
      iemand met het verkeerde been uit bed stapt.',
      'Tomorrow starts tonight',
      'After dinner, put out everything for tomorrow together: clothes, bag, PE kit, the form that still needed
      signing. Five minutes, and each does their own pile. The morning then starts a bit lighter, even if someone gets
      out of bed on the wrong side.'
    ),
    (
      'box-for-worries', 'emotions', 4, 12,
      '{anxiety,sleep}', '{}', '{}',
      'Een doosje voor zorgen',
      'Geef je kind een leeg doosje. Zorgen mogen erin, getekend of geschreven, en dan gaat het deksel dicht tot
      morgen. Kies samen een moment overdag om er één uit te halen en erover te praten. Zo hoeft een hoofd ze ’s
      nachts niet vast te houden.',
      'A box for worries',
      'Give your child an empty box. Worries can go in, drawn or written, and then the lid stays shut until tomorrow.
      Choose a moment in the day to take one out together and talk about it. That way a head doesn’t have to hold on
      to them all night.'
    ),
    (
      'small-steps-to-brave', 'emotions', 4, 14,
      '{anxiety,self_confidence}', '{}', '{}',
      'Tree voor tree leren durven',
      'Vindt je kind iets eng, zoals een feestje? Maak er samen een trapje van. De laagste tree is heel klein: een
      kaartje maken. De volgende: alleen even binnen kijken, samen met jou. Vier elke tree die lukt. Blijven staan mag
      ook, terug naar een lagere tree ook.',
      'Brave, one rung at a time',
      'Is something scary for your child, like a party? Turn it into a ladder together. The lowest rung is tiny:
      making a card. The next: just having a look inside, with you. Celebrate each rung. Staying on one is fine, and
      so is stepping back down.'
    ),
    (
      'five-finger-candles', 'emotions', 3, 10,
      '{anxiety,tantrums}', '{}', '{}',
      'Vijf kaarsjes aan één hand',
      'Steek je hand op: elke vinger is een kaarsje. Adem in door je neus en blaas heel zacht één vinger ‘uit’, tot ze
      alle vijf gebogen zijn. Oefen het als iedereen vrolijk is, dan kent je kind het als het spannend wordt. Bij jou
      werkt het ook, in de rij bij de kassa.',
      'Five candles on one hand',
      'Hold up your hand: each finger is a candle. Breathe in through your nose and very softly blow one finger ‘out’,
      until all five are bent. Practise when everyone is cheerful, and your child will know it when things get tense.
      It works for you too, in the queue at the till.'
    ),
    (
      'weather-report-inside', 'emotions', 3, 10,
      '{communication,tantrums,anxiety}', '{}', '{}',
      'Wat voor weer is het bij jou?',
      'Vraag aan tafel of in bed: ‘Wat voor weer is het vanbinnen bij jou?’ Zon, mist, onweer, van alles door elkaar.
      Begin zelf: ‘Bij mij een beetje bewolkt, maar het klaart op.’ Je hoeft het weer niet te veranderen. Het mag er
      gewoon even zijn.',
      'What’s your weather like?',
      'At the table or at bedtime, ask: ‘What’s the weather like inside you?’ Sun, fog, thunder, a bit of everything.
      Start with your own: ‘A bit cloudy here, but clearing up.’ You don’t have to change the weather. It may simply
      be there for a while.'
    ),
    (
      'tears-are-welcome', 'emotions', 3, 12,
      '{crying,communication}', '{}', '{}',
      'Tranen mogen er zijn',
      '‘Stil maar, het is niets’ zeg je om te troosten. Probeer eens: ‘Huil maar even, ik blijf bij je.’ Meer hoef je
      niet te doen; een hand op de rug is genoeg. Verdriet dat er mag zijn, gaat vaak sneller voorbij dan verdriet dat
      weg moet.',
      'Tears are welcome',
      '‘Hush, it’s nothing’ is meant as comfort. Just this once, try: ‘Have a good cry, I’m staying with you.’ There’s
      nothing more you need to do; a hand on the back is enough. Sadness that’s allowed often passes sooner than
      sadness that has to go away.'
    ),
    (
      'after-school-unwinding', 'emotions', 4, 10,
      '{crying,school,tantrums}', '{}', '{}',
      'De ontlading na school',
      'De hele dag je best doen kost kracht, en thuis mag het eruit. Stel het eerste halfuur na school geen vragen.
      Geef iets te eten en te drinken, en een rustige bezigheid: schommelen, bouwen, naast je op de bank. De verhalen
      komen later vanzelf, of niet.',
      'Unwinding after school',
      'Doing your best all day takes strength, and home is where it comes out. For the first half-hour after school,
      ask nothing. Offer something to eat and drink and a calm thing to do: swinging, building, sitting beside you on
      the sofa. The stories will come later, or they won’t.'
    ),
    (
      'mistake-of-the-day', 'emotions', 5, 15,
      '{self_confidence,anxiety,school}', '{}', '{}',
      'De fout van de dag',
      'Vertel aan tafel een fout die je vandaag zelf maakte en hoe het verderging: de verkeerde bus, een gekke
      spelfout in een bericht. Wie wil, vertelt er ook een. Lachen mag, uitlachen niet. Zo hoort fouten maken bij
      iedereen, ook bij grote mensen.',
      'Mistake of the day',
      'At dinner, talk about a mistake you made today and what came of it: the wrong bus, a silly typo in a message.
      Whoever wants to can share one, too. Laughing is fine, laughing at someone isn’t. It makes mistakes something
      everybody has, grown-ups included.'
    ),
    (
      'notes-of-pride', 'emotions', 4, 13,
      '{self_confidence}', '{}', '{}',
      'Een pot vol trots',
      'Zet een lege pot neer met papiertjes ernaast. Schrijf of teken er elke dag samen één ding op waar je kind trots
      op is: een bal gevangen, iemand geholpen, iets durven vragen. Op een dag dat het tegenzit, lees je er samen een
      paar terug.',
      'A jar full of pride',
      'Put out an empty jar with slips of paper beside it. Every day, write or draw one thing your child is proud of:
      a ball caught, a person helped, a question they dared to ask. On a day when things go wrong, read a few of them
      back together.'
    ),
    (
      'say-sorry-afterwards', 'connection', 2, 18,
      '{guilt,discipline,exhaustion}', '{high,very_high}', '{}',
      'Sorry zeggen is ook opvoeden',
      'Viel je vandaag harder uit dan je wilde? Ga er straks even bij zitten: ‘Ik schreeuwde. Dat lag niet aan jou.
      Het spijt me.’ Geen ‘maar’ erachter. Je kind leert dat ruzie niet het einde is, en jij mag de dag daarna ook
      loslaten.',
      'Saying sorry is part of parenting',
      'Were you harsher today than you meant to be? Sit down with your child later: ‘I shouted. It wasn’t your fault.
      I’m sorry.’ No ‘but’ after it. Your child learns that a row isn’t the end, and you can let go of the day, too.'
    ),
    (
      'family-meeting-quarter-hour', 'connection', 6, 18,
      '{discipline,communication,siblings}', '{low,moderate}', '{}',
      'Een kwartier met z’n allen',
      'Kies een vast kwartier in de week om samen te overleggen, met iets lekkers erbij. Ieder noemt iets dat goed
      ging en iets dat beter kan. Kies één punt en bedenk samen iets om een week te proberen. Om de beurt is iemand de
      voorzitter, ook de jongste.',
      'A quarter of an hour all together',
      'Choose a regular quarter of an hour each week to talk things over, with something nice to eat. Everyone names
      one thing that went well and one that could be better. Pick one point and agree on a week’s trial. Take turns to
      chair, the youngest included.'
    ),
    (
      'tell-about-the-old-days', 'connection', 4, 16,
      '{communication,loneliness}', '{}', '{}',
      'Vertel over vroeger',
      'Vertel iets uit je eigen jeugd: een straat, een gerecht, wat kattenkwaad, een liedje. Geen les, gewoon een
      verhaal. Bel er een opa, tante of oude bekende bij die het beter weet. Zo weet je kind waar het vandaan komt,
      ook als dat ver weg is.',
      'A story from your own childhood',
      'Tell your child something from your own childhood: a street, a dish, a prank, a song. Not a lesson, just a
      story. Ring a grandparent, an aunt or an old friend if they know it better. Your child finds out where they come
      from, even if that’s far away.'
    ),
    (
      'story-in-turns', 'play', 5, 12,
      '{boredom,siblings}', '{}', '{}',
      'Om de beurt een zin',
      'Begin een verhaal met één zin: ‘Op een dag stond er een olifant in de lift.’ Je kind maakt de volgende, dan jij
      weer. Het hoeft nergens heen te gaan. Het werkt aan tafel, in de bus en in de wachtkamer, en er is niets voor
      nodig.',
      'A sentence each',
      'Start a story with one sentence: ‘One day there was an elephant in the lift.’ Your child makes the next, then
      it’s you again. It doesn’t have to lead anywhere. It works at the table, on the bus and in a waiting room, and
      you need nothing for it.'
    ),
    (
      'jar-against-boredom', 'play', 4, 11,
      '{boredom,screens}', '{}', '{}',
      'Een pot tegen verveling',
      'Schrijf of teken samen twintig dingen die je kind zelf kan doen op strookjes: een hut onder de tafel, een brief
      aan oma, sokkenbal, een winkel maken. Roept iemand ‘ik verveel me’, dan mag er een uit de pot. En even niets
      doen is ook een goed plan.',
      'A jar against boredom',
      'Together, write or draw twenty things your child can do alone on strips of paper: a den under the table, a
      letter to grandma, sock ball, setting up shop. Whoever calls ‘I’m bored’ takes one from the jar. And doing
      nothing for a bit is a good plan as well.'
    ),
    (
      'dance-for-one-song', 'play', 1, 12,
      '{tantrums,boredom}', '{}', '{}',
      'Dansen, één nummer lang',
      'Hangt er een bui in de lucht? Zet een lievelingsnummer op en dans samen in de kamer, zo gek als je wilt. Kies
      om de beurt de muziek. Na drie minuten heeft iedereen weer adem, en is het makkelijker om aan iets lastigs te
      beginnen.',
      'Dance for one song',
      'Is there a storm in the air? Put on a favourite song and dance round the room together, as silly as you like.
      Take turns choosing the music. Three minutes later everyone has their breath back, and it’s easier to start on
      something difficult.'
    ),
    (
      'day-out-that-costs-nothing', 'play', 2, 12,
      '{money,boredom}', '{}', '{}',
      'Een dagje uit dat niets kost',
      'Loop naar een park dat jullie nog niet kennen, picknick eens ergens anders of probeer een speeltuin in een
      andere wijk. Laat je kind de weg wijzen en het brood dragen in een eigen tas. Wat een uitje bijzonder maakt, is
      dat jullie samen op pad zijn.',
      'A day out that costs nothing',
      'Walk to a park you don’t know yet, have a picnic somewhere else or try a playground in another part of town.
      Let your child point the way and carry the sandwiches in their own bag. What makes an outing special is going
      off together.'
    ),
    (
      'reading-aloud-to-readers', 'learning', 6, 12,
      '{development,school,homework}', '{}', '{}',
      'Voorlezen als ze zelf al lezen',
      'Ook wie zelf kan lezen, vindt luisteren fijn. Lees tien minuten voor uit een boek dat je kind kiest, of om de
      beurt een bladzijde. Stop op een spannend punt. Lees je zelf niet zo makkelijk? Luister dan samen naar een
      luisterboek van de bibliotheek.',
      'Reading aloud to readers',
      'Children who can read still like to listen. Read aloud for ten minutes from a book your child picks, or take
      turns with the pages. Stop at an exciting point. Is reading not easy for you? Then listen to an audiobook from
      the library together.'
    ),

    -- Food, from three years on
    (
      'talk-about-other-things-at-dinner', 'food', 3, 14,
      '{eating,communication}', '{}', '{}',
      'Praat aan tafel over iets anders',
      'Spreek af dat het vanavond niet over happen en lege borden gaat. Stel liever een gekke vraag: ‘Welk dier was
      jij vandaag?’ of ‘Wat zou je doen als je onzichtbaar was?’ Hoe minder strijd er aan tafel is, hoe fijner het is
      om er te zitten.',
      'Talk about other things at dinner',
      'Agree that tonight nobody talks about bites and empty plates. Ask a silly question instead: ‘Which animal were
      you today?’ or ‘What would you do if you were invisible?’ The less of a battle the table is, the nicer it is to
      sit there.'
    ),
    (
      'cook-one-part-together', 'food', 3, 9,
      '{eating,development,boredom}', '{low,moderate}', '{}',
      'Een hulpkok voor één ding',
      'Laat je kind vanavond één ding doen: sla wassen, deeg kneden, tafelkaartjes tekenen. Kies iets zonder mes of
      hete pan, en blijf erbij. Noem het gerecht naar de kok: ‘soep van Noor’. Wie heeft meegeholpen, is vaak ook
      nieuwsgieriger naar de smaak.',
      'A kitchen helper for one job',
      'Let your child do one thing tonight: wash the salad, knead dough, draw name cards for the table. Choose
      something without a knife or a hot pan, and stay close. Name the dish after its cook: ‘Noor’s soup’. Those who
      helped are often more curious about the taste.'
    ),
    (
      'own-shopping-list', 'food', 3, 9,
      '{boredom,tantrums,eating}', '{}', '{}',
      'Een eigen boodschappenlijstje',
      'Teken of schrijf drie dingen op een briefje voor je kind: bananen, brood, melk. In de winkel gaan jullie samen
      op zoek en mag je kind afstrepen. Wie een taak heeft, verveelt zich minder, en jullie zijn het snoepschap zo
      voorbij.',
      'A shopping list of their own',
      'Draw or write three things on a note for your child: bananas, bread, milk. In the shop you look for them
      together and your child ticks them off. With a job to do there’s less time for boredom, and you’re past the
      sweets before you know it.'
    ),
    (
      'sandwiches-are-dinner', 'self_care', null, null,
      '{exhaustion,guilt,eating}', '{high,very_high}', '{}',
      'Vanavond brood, en dat is prima',
      'Geen energie om te koken? Brood met iets erop en wat fruit erbij, klaar. Eet het desnoods op een kleed op de
      grond en noem het een picknick. Gezelligheid zit niet in de pannen, en jij houdt een halfuur over om te zitten.',
      'Sandwiches for dinner are fine',
      'No energy to cook? Bread with something on it, some fruit, done. Eat it on a rug on the floor if you like and
      call it a picnic. Good company doesn’t come out of saucepans, and you’ll have half an hour left to sit down.'
    ),
    (
      'family-dish-from-before', 'food', 5, 15,
      '{eating,communication}', '{low,moderate}', '{}',
      'Een gerecht met een verhaal',
      'Vraag in de familie of bij kennissen naar een gerecht van vroeger of van ver, en maak het samen, al is het maar
      een deel ervan. Laat je kind vragen hoe het heette en wie het maakte. Proeven mag, vertellen is het halve werk.',
      'A dish with a story',
      'Ask family or friends about a dish from long ago or far away and make it together, even if it’s just a small
      part of it. Let your child ask what it was called and who used to make it. Tasting is welcome; the telling is
      half of it.'
    ),
    (
      'teen-cooks-once-a-week', 'food', 12, 18,
      '{eating,development,exhaustion}', '{}', '{}',
      'Eén avond kookt je tiener',
      'Vraag je tiener één vaste avond te kiezen om te koken. Wat het wordt, bedenkt de kok zelf, binnen het geld dat
      er is. Jij bent er voor vragen en geeft geen tips. Tosti’s tellen ook. Eet het met smaak en bedank de kok.',
      'One night your teenager cooks',
      'Ask your teenager to pick one regular evening to cook. What it’ll be is up to them, within the money there is.
      You’re there for questions and don’t give tips. Cheese on toast counts. Eat it with relish and thank the cook.'
    ),

    -- Sleep, from two years on
    (
      'last-hour-softer', 'sleep', 1, 10,
      '{sleep}', '{}', '{}',
      'Het laatste uur wordt zachter',
      'Doe een uur voor bedtijd één lamp uit, praat wat zachter en kies alleen nog rustige dingen: puzzelen, tekenen,
      een boekje. Zeg het als een spelletje: ‘Het huis gaat al een beetje slapen.’ Je hoeft niet alles te veranderen;
      één lamp is een begin.',
      'The last hour gets softer',
      'An hour before bedtime, turn off one lamp, lower your voice and choose only calm things: a puzzle, drawing, a
      book. Make a game of it: ‘The house is getting sleepy.’ You needn’t change everything; one lamp is a start.'
    ),
    (
      'one-more-thing-ticket', 'sleep', 3, 8,
      '{sleep,discipline}', '{}', '{}',
      'Een kaartje voor ‘nog één ding’',
      'Nog een slok, nog een kus, nog een vraag? Geef je kind elke avond één zelfgemaakt kaartje waarmee het nog één
      ding mag vragen. Ingeleverd is op. Kies samen de regels en houd je er allebei aan. Wie iets te besteden heeft,
      gaat er zuinig mee om.',
      'A ticket for ‘one more thing’',
      'One more sip, one more kiss, one more question? Give your child a home-made ticket each evening, good for one
      more thing. Once handed in, it’s gone. Decide the rules together and both keep to them. Those with something to
      spend tend to spend it wisely.'
    ),
    (
      'promise-to-look-in', 'sleep', 3, 8,
      '{sleep,separation,anxiety}', '{}', '{}',
      'Ik kom zo nog even kijken',
      'Wil je kind niet dat je weggaat? Zeg: ‘Ik kom over vijf minuten even kijken’, en doe dat echt, ook als het stil
      is. Een hand op de deken, een fluisterwoord, en weer weg. Maak de pauze langzaam wat langer. Je kind mag erop
      bouwen dat je komt.',
      'I’ll look in on you soon',
      'Does your child not want you to go? Say: ‘I’ll look in on you in five minutes’, and really do so, even if it’s
      quiet. A hand on the blanket, a whisper, and off again. Slowly make the gap a bit longer. Your child can count
      on you.'
    ),
    (
      'rewind-the-day', 'sleep', 3, 9,
      '{sleep,anxiety,communication}', '{}', '{}',
      'Spoel de dag terug',
      'Vertel in het donker samen de dag, van achter naar voren: ‘Net poetsten we je tanden, daarvoor aten we soep,
      daarvoor …’ Het is een rustig spelletje dat gedachten op een rij zet, en soms kom je zo langs iets waar je kind
      nog over wilde praten.',
      'Rewind the day',
      'In the dark, tell the day together from back to front: ‘Just now we brushed your teeth, before that we had
      soup, before that …’ It’s a quiet game that puts thoughts in order, and sometimes you pass something your child
      still wanted to talk about.'
    ),
    (
      'from-toes-to-nose', 'sleep', 5, 15,
      '{sleep,anxiety}', '{}', '{}',
      'Van je tenen naar je neus',
      'Lukt inslapen niet? Loop samen het hele lijf langs: knijp je tenen samen, tel tot drie en laat los. Dan de
      benen, de buik, de handen, de schouders, en tot slot een gek gezicht. Praat zachtjes en langzaam. Doe zelf mee,
      dan is jouw dag ook een beetje klaar.',
      'From your toes to your nose',
      'Is it hard to drop off? Travel along the body: squeeze your toes, count to three and let go. Then legs, tummy,
      hands, shoulders, and last of all a silly face. Speak softly and slowly. Do it along with your child, and your
      own day winds down too.'
    ),
    (
      'basket-for-early-birds', 'sleep', 4, 8,
      '{sleep,exhaustion}', '{}', '{}',
      'Een mandje voor vroege vogels',
      'Wordt je kind wakker voor het dag is? Zet ’s avonds een mandje klaar met stille dingen: boekjes, papier en
      potloden, een knuffel. Spreek een teken af voor wanneer het ochtend is, zoals een wekkertje of licht door het
      gordijn. Wissel af en toe wat om.',
      'A basket for early birds',
      'Does your child wake before the day does? In the evening, put out a basket with quiet things: books, paper and
      pencils, a soft toy. Agree on a sign that it’s morning, like a small alarm clock or light through the curtains.
      Swap something now and then.'
    ),
    (
      'gentle-sunday-evening', 'sleep', 12, 18,
      '{sleep,puberty,school}', '{}', '{}',
      'Een zachte landing op zondag',
      'Uitslapen in het weekend is heerlijk, de maandag wat minder. Vraag je tiener wat zou helpen om zondagavond
      rustig te landen: tas klaar, douchen, samen een aflevering kijken, eerder naar boven. Laat het een eigen plan
      zijn; jij herinnert er alleen aan als dat gewenst is.',
      'A gentle landing on Sunday',
      'Lie-ins at the weekend are lovely, Mondays less so. Ask your teenager what would help them land softly on
      Sunday evening: bag packed, a shower, one episode together, off to bed a bit sooner. Let the plan be theirs; you
      only help with reminders if they’d like that.'
    ),

    -- School, friends and bullying
    (
      'ask-something-small-about-school', 'learning', 4, 13,
      '{school,communication}', '{}', '{}',
      'Vraag iets kleins over school',
      'Op ‘Hoe was het?’ komt vaak ‘goed’. Vraag iets kleins: ‘Naast wie zat je?’ of ‘Waar moest je om lachen?’ Vertel
      ook zelf iets van je dag. Komt er niets, dan komt er niets. Veel verhalen wachten tot het tandenpoetsen.',
      'Ask something small about school',
      '‘How was it?’ often gets you ‘fine’. Ask something small: ‘Who did you sit next to?’ or ‘What made you laugh?’
      Share something of your own day as well. If nothing comes, nothing comes. Many stories wait until teeth are
      being brushed.'
    ),
    (
      'short-note-to-the-teacher', 'learning', 4, 16,
      '{school,development}', '{}', '{}',
      'Een kort berichtje aan school',
      'Zit je iets dwars over school? Wacht niet op het volgende oudergesprek. Stuur de leerkracht of mentor één
      vriendelijke zin: ‘Thuis merk ik dat … Ziet u dat ook?’ Een vraag opent meer deuren dan een klacht, en soms is
      er in vijf minuten al iets geregeld.',
      'A short note to school',
      'Is something about school on your mind? Don’t wait for the next parents’ evening. Send the teacher one friendly
      sentence: ‘At home I notice that … Do you see that too?’ A question opens more doors than a complaint, and
      sometimes five minutes is all it takes.'
    ),
    (
      'same-start-for-homework', 'learning', 7, 15,
      '{homework}', '{}', '{}',
      'Een vast begin voor huiswerk',
      'Beginnen is het zwaarst. Bedenk samen een vast begin: iets eten, telefoon in een andere kamer, wekker op tien
      minuten. Daarna mag je kind kiezen: stoppen of doorgaan. Vaak is de drempel dan al weg, en anders zijn er tien
      minuten gedaan.',
      'The same start for homework',
      'Starting is the hardest part. Work out a regular start together: a snack, the phone in another room, a timer
      set to ten minutes. After that your child may choose: stop or carry on. Often the hurdle has gone by then, and
      if not, ten minutes are done.'
    ),
    (
      'work-side-by-side', 'learning', 6, 12,
      '{homework,school}', '{}', '{}',
      'Werk naast elkaar',
      'Ga tijdens het huiswerk aan dezelfde tafel zitten met een klusje van jezelf: de post, een boodschappenlijst,
      een knoop die eraan moet. Je bent erbij zonder mee te kijken. Vraagt je kind iets, vraag dan eerst terug: ‘Wat
      weet je er al van?’',
      'Work side by side',
      'During homework, sit at the same table with a job of your own: the post, a shopping list, a button to sew on.
      You’re there without looking over a shoulder. If your child asks something, first ask in return: ‘What do you
      know about it already?’'
    ),
    (
      'draw-out-the-week', 'learning', 11, 18,
      '{homework,school,development}', '{}', '{}',
      'Teken de week uit',
      'Pak met je kind een groot vel papier en teken zeven vakken. Zet eerst de leuke dingen erin: sport, vrienden,
      niksen. Kijk dan pas waar het schoolwerk past, in kleine blokjes. Wie de week voor zich ziet, hoeft minder in
      het hoofd te houden.',
      'Draw out the week',
      'Take a large sheet of paper with your child and draw seven boxes. Put in the nice things first: sport, friends,
      doing nothing. Only then see where the schoolwork fits, in small blocks. If you can see the week in front of
      you, there’s less to keep in your head.'
    ),
    (
      'evening-before-a-test', 'learning', 10, 18,
      '{school,anxiety,homework}', '{}', '{}',
      'De avond voor een toets',
      'Op de laatste avond leert bijna niemand nog veel. Vraag: ‘Wat zou je nu rust geven?’ Samen de tas pakken, één
      keer overhoren, een wandeling, op tijd licht uit. Zeg ook dat je van je kind houdt, welk cijfer het ook wordt.
      Dat mag best hardop.',
      'The evening before a test',
      'Hardly anyone learns much more on the last evening. Ask: ‘What would help you feel calm now?’ Packing the bag
      together, one round of questions, a walk, lights out in good time. Say as well that you love them whatever the
      mark. It’s worth saying out loud.'
    ),
    (
      'ask-what-was-hard-and-what-helped', 'learning', 6, 15,
      '{school,homework,self_confidence}', '{}', '{}',
      'Wat hielp de vorige keer?',
      'Zit je kind vast bij een vak of opdracht? Vraag naar een andere keer dat iets lastig was en toch lukte: ‘Wat
      deed je toen? Wie hielp je?’ Schrijf het op een briefje en plak het op de agenda. Zo heeft je kind zijn eigen
      raad bij de hand.',
      'What helped last time?',
      'Is your child stuck on a subject or task? Ask about another time when something was hard and worked out all the
      same: ‘What did you do then? Who helped?’ Write it on a sticky note and put it in their diary. That way they
      have their own advice to hand.'
    ),
    (
      'one-friend-one-hour', 'connection', 4, 11,
      '{friendships}', '{}', '{}',
      'Eén kind, één uurtje',
      'Vrienden maken is makkelijker met z’n tweeën dan in een groep. Vraag één kind om een uurtje te komen, met iets
      om te doen: deeg kneden, een hut bouwen, naar de speeltuin. Stop als het nog leuk is. Kort en fijn smaakt naar
      meer.',
      'One child, one hour',
      'Making friends is easier in twos than in a group. Ask one child over for an hour, with something to do:
      kneading dough, building a den, going to the playground. Stop while it’s still fun. Short and sweet leaves
      everyone wanting a next time.'
    ),
    (
      'practise-with-soft-toys', 'play', 4, 9,
      '{friendships,self_confidence}', '{}', '{}',
      'Oefen het met knuffels',
      'Vindt je kind het moeilijk om mee te doen met anderen? Speel het na met knuffels: ‘Beer wil meespelen. Wat kan
      Beer zeggen?’ Laat ook eens zien dat het de eerste keer niet lukt. Wie het al eens gespeeld heeft, weet op het
      schoolplein eerder wat te doen.',
      'Practise with soft toys',
      'Does your child find it hard to join in with others? Act it out with soft toys: ‘Bear would like to play too.
      What could Bear say?’ Show it going wrong the first time as well. Having played it once, it’s easier to know
      what to do in the playground.'
    ),
    (
      'teen-friends-are-welcome', 'connection', 11, 18,
      '{friendships,puberty}', '{}', '{}',
      'De vrienden zijn welkom',
      'Laat je tiener weten dat vrienden hier mogen zijn, ook zonder groot plan. Een pak crackers op tafel en een
      ouder die gedag zegt en daarna weer verdwijnt, meer is niet nodig. Zo leer je ze kennen, en je kind weet dat
      thuis een plek is om te landen.',
      'Their friends are welcome',
      'Let your teenager know that friends may come here, without any big plan. A packet of crackers on the table and
      a parent who says hello and then disappears is all it takes. You get to know them, and your child knows that
      home is a place to land.'
    ),
    (
      'listen-before-arranging', 'emotions', 5, 16,
      '{bullying,friendships,school}', '{}', '{}',
      'Eerst luisteren, dan pas regelen',
      'Vertelt je kind dat het wordt gepest? Zeg eerst: ‘Wat goed dat je het vertelt. Het ligt niet aan jou.’ Schrijf
      samen op wat er gebeurde en wanneer. Neem daarna contact op met school, en bespreek vooraf met je kind wat je
      gaat zeggen. Je hoeft dit niet alleen op te lossen.',
      'Listen first, then arrange',
      'Is your child telling you about being bullied? First say: ‘I’m glad you told me. It isn’t your fault.’ Write
      down together what happened and when. Then get in touch with school, and tell your child beforehand what you’ll
      say. You don’t have to solve this alone.'
    ),
    (
      'three-safe-people', 'learning', 5, 15,
      '{bullying,anxiety,school}', '{}', '{}',
      'Wie zijn jouw drie mensen?',
      'Vraag je kind: naar wie ga je op school als er iets vervelends gebeurt? En op de club? En onderweg? Schrijf
      samen drie namen op en vertel die mensen dat ze op het lijstje staan. Weten bij wie je terechtkunt, maakt een
      schooldag lichter.',
      'Who are your three people?',
      'Ask your child: who do you go to at school when something nasty happens? And at your club? And on the way?
      Write down three names together and let those people know they’re on the list. Knowing where to turn makes a
      school day lighter.'
    ),
    (
      'when-your-child-was-unkind', 'behaviour', 5, 15,
      '{bullying,friendships,discipline}', '{}', '{}',
      'Als je kind zelf onaardig was',
      'Hoor je dat je kind een ander plaagt of pest? Haal eerst adem; het maakt je kind niet slecht, en jou ook niet.
      Vraag wat er gebeurde, hoe dat voor de ander was en hoe het goed te maken is. Help bij één stap, zoals een
      gesprek of een briefje, en vraag er volgende week nog eens naar.',
      'When your child was the unkind one',
      'Have you heard that your child teases or bullies someone? Breathe first; it doesn’t make your child bad, or you
      a bad parent. Ask what happened, what it was like for the other child and how to put it right. Help with one
      step, such as a talk or a note, and ask about it again next week.'
    ),
    (
      'deal-about-nasty-messages', 'screens', 9, 17,
      '{screens,communication}', '{}', '{}',
      'Een afspraak voor nare berichten',
      'Spreek op een rustig moment af: ‘Krijg je iets naars op je telefoon, dan mag je het mij laten zien, en je raakt
      je telefoon niet kwijt.’ Veel kinderen zwijgen uit angst daarvoor. Samen bewaar je het bericht, blokkeer je de
      afzender en bedenk je wie kan helpen.',
      'A deal about nasty messages',
      'At a quiet moment, agree: ‘If you get something nasty on your phone, you can show me, and you won’t lose the
      phone.’ Many children stay silent for fear of that. Together you keep the message, block the sender and think
      about who can help.'
    ),
    (
      'a-place-where-it-feels-good', 'connection', 6, 16,
      '{bullying,friendships,self_confidence}', '{}', '{}',
      'Een plek waar het wél fijn is',
      'Is de klas op dit moment geen fijne plek? Zoek er één waar je kind zichzelf kan zijn: een neef of nicht, de
      buren, scouting, muziek, een dier om voor te zorgen. Maak er deze week één afspraak. Eén goede plek geeft moed
      voor de rest.',
      'A place where it feels good',
      'Is the classroom not a happy place right now? Look for one where your child can be themselves: a cousin, the
      neighbours, scouts, music, an animal to care for. Make one arrangement this week. One good place gives courage
      for the others.'
    ),

    -- Screens
    (
      'basket-for-all-phones', 'screens', 3, 18,
      '{screens,communication}', '{}', '{}',
      'Een mandje voor alle telefoons',
      'Zet een mandje naast de deur van de kamer. Tijdens het eten gaan alle telefoons erin, ook die van de
      volwassenen. Laat je kind de baas van het mandje zijn. Gaat er iets over? Dat kan wachten. Begin met één
      maaltijd per week.',
      'A basket for everyone’s phones',
      'Put a basket by the door. During the meal all phones go in, the grown-ups’ as well. Let your child be in charge
      of the basket. Something ringing? It can wait. Start with one meal a week.'
    ),
    (
      'watch-it-together-once', 'screens', 2, 10,
      '{screens,communication}', '{}', '{}',
      'Kijk een keer mee',
      'Ga één aflevering naast je kind zitten en kijk echt mee. Vraag daarna: ‘Wie vind jij de leukste? Wat zou jij
      doen?’ Zo weet je wat je kind ziet, en wordt het scherm iets van jullie samen. Ook fijn: tien minuten zitten
      telt voor jou als rust.',
      'Watch it together for once',
      'Sit beside your child for one episode and really watch. Then ask: ‘Who do you like best? What would you have
      done?’ You’ll know what your child sees, and the screen becomes something you share. Also nice: ten minutes
      sitting down counts as a rest for you.'
    ),
    (
      'stop-at-the-end-of-an-episode', 'screens', 3, 10,
      '{screens,tantrums,discipline}', '{}', '{}',
      'Stop bij het einde, niet ertussenin',
      'Midden in een spel of filmpje stoppen is voor iedereen lastig. Spreek daarom geen minuten af maar een einde:
      deze aflevering, dit level. Kom er de laatste minuut bij zitten en kijk mee. Dan kun je er samen uitstappen, en
      vertellen wat er hierna komt.',
      'Stop at the end, not in between',
      'Stopping in the middle of a game or a film is hard for anyone. So don’t agree on minutes but on an ending: this
      episode, this level. For the last minute, come and sit with your child and watch. Then you can step out together
      and say what comes next.'
    ),
    (
      'quiet-film-while-you-sit', 'self_care', 3, 8,
      '{screens,guilt,exhaustion}', '{high,very_high}', '{}',
      'Een filmpje mag',
      'Ben je op? Kies een rustig filmpje dat je kent, zet het aan en ga er zelf naast zitten met iets te drinken.
      Niets opruimen, niets inhalen. Zeg van tevoren wat er daarna komt, bijvoorbeeld eten. Eén middag met een filmpje
      zegt niets over wat voor ouder je bent.',
      'A film is fine',
      'Worn out? Choose a calm film that you know, put it on and sit down beside your child with a drink. No tidying,
      no catching up. Say beforehand what comes afterwards, dinner for instance. One afternoon with a film says
      nothing about the kind of parent you are.'
    ),
    (
      'let-them-explain-the-game', 'screens', 7, 17,
      '{screens,communication,puberty}', '{}', '{}',
      'Laat je het spel uitleggen',
      'Vraag of je een kwartier mag meedoen met het spel dat je kind speelt, en laat je alles uitleggen. Verlies
      gerust. Vraag wat er leuk aan is en met wie het speelt. Over regels praat je een andere keer; vandaag ben je
      alleen te gast.',
      'Let them explain the game',
      'Ask whether you may join for a quarter of an hour in the game your child plays, and have everything explained
      to you. Feel free to lose. Ask what’s fun about it and who they play with. Rules are for another time; today
      you’re just a guest.'
    ),
    (
      'phones-sleep-elsewhere', 'screens', 9, 18,
      '{screens,sleep,puberty}', '{}', '{}',
      'Telefoons slapen in de gang',
      'Kies samen een plek buiten de slaapkamers waar ’s nachts alle telefoons opladen, ook de jouwe. Een simpel
      wekkertje neemt het wekken over. Spreek een tijd af waar iedereen mee kan leven en probeer het een week. Kijk
      daarna samen hoe het bevalt.',
      'Phones sleep in the hall',
      'Choose a spot outside the bedrooms where all phones charge at night, yours included. A simple alarm clock can
      do the waking. Agree on a time that everyone can live with and try it for a week. Then see together how you like
      it.'
    ),
    (
      'put-your-own-phone-away', 'screens', 0, 18,
      '{screens,guilt}', '{low,moderate,high}', '{}',
      'Eerst je eigen telefoon',
      'Kies vandaag één kwartier waarin je telefoon in een andere kamer ligt. Zeg erbij waarom: ‘Ik wil er nu even
      helemaal zijn.’ Grijp je er toch naar? Dat zegt vooral hoe goed die dingen gemaakt zijn. Morgen nog een
      kwartier.',
      'Your own phone first',
      'Choose one quarter of an hour today when your phone lies in another room. Say why: ‘I want to be all here for a
      while.’ Did you reach for it anyway? That mostly shows how well these things are made. Another quarter of an
      hour tomorrow.'
    ),
    (
      'teen-makes-the-screen-plan', 'screens', 12, 17,
      '{screens,discipline,puberty}', '{low,moderate,high}', '{}',
      'Laat je tiener het voorstel doen',
      'Vraag je tiener om zelf een voorstel voor schermtijd te schrijven: wanneer wel, wanneer niet, en wat er gebeurt
      als het niet lukt. Zeg wat voor jou vaststaat, zoals slaap en school. Probeer het voorstel twee weken en kijk er
      samen op terug.',
      'Let your teenager make the proposal',
      'Ask your teenager to write their own proposal for screen time: when, when not, and what happens if it doesn’t
      work. Say what is fixed for you, such as sleep and school. Try the proposal for two weeks and then look back on
      it together.'
    ),
    (
      'photo-ask-before-posting', 'screens', 5, 18,
      '{screens,communication}', '{}', '{}',
      'Vraag het voor je een foto deelt',
      'Laat je kind de foto zien voor je hem doorstuurt of plaatst, en vraag: ‘Mag deze naar opa? Mag hij op
      internet?’ Een nee is een nee. Zo leert je kind dat het zelf mag kiezen wat anderen zien, en dat dit ook geldt
      voor foto’s van vrienden.',
      'Ask before you share a photo',
      'Show your child the photo before you send or post it, and ask: ‘Can this one go to grandad? Can it go online?’
      No means no. Your child learns that they decide what others see, and that the same goes for pictures of
      friends.'
    ),

    -- Siblings, and families with several children
    (
      'reporter-not-referee', 'siblings', 3, 14,
      '{siblings,discipline}', '{}', '{}',
      'Wees verslaggever, geen scheidsrechter',
      'Bij ruzie hoef je niet te weten wie er begon. Zeg wat je ziet: ‘Ik zie twee kinderen en één step. Jullie willen
      allebei.’ Wacht dan even. Vaak komt er een plan. Dreigt er iemand pijn te krijgen, dan ga je ertussen zonder te
      kiezen: ‘Stop. Eerst afkoelen.’',
      'Be a reporter, not a referee',
      'In a quarrel you needn’t know who started it. Say what you see: ‘I see two children and one scooter. You both
      want it.’ Then wait a moment. Often a plan appears. If someone might get hurt, step in without taking sides:
      ‘Stop. Cool down first.’'
    ),
    (
      'own-quarter-hour-each', 'siblings', 2, 16,
      '{siblings,communication}', '{low,moderate,high}', '{multiple_children}',
      'Ieder kind een eigen kwartier',
      'Schrijf voor elk kind deze week één kwartier met jou op de kalender: samen de hond uitlaten, een spelletje, mee
      naar de winkel. Klein is goed. Komt er iets tussen? Zet er meteen een nieuwe tijd bij. Een kind dat weet wanneer
      het aan de beurt is, kan beter wachten.',
      'A quarter of an hour each',
      'For each child, put one quarter of an hour with you on the calendar this week: walking the dog, a game, coming
      along to the shop. Small is good. Has something come up? Write in a new time at once. A child who knows when
      it’s their turn finds waiting easier.'
    ),
    (
      'no-labels-for-a-day', 'siblings', 2, 16,
      '{siblings,self_confidence}', '{}', '{experienced,multiple_children}',
      'Een dag zonder etiketten',
      '‘De wilde’, ‘de makkelijke’, ‘de slimme’: ook aardige etiketten plakken. Let er vandaag op en zeg in plaats
      daarvan wat je ziet: ‘Jij klimt graag’ of ‘Je hebt lang gewacht’. Zo blijft er ruimte om morgen anders te zijn,
      voor ieder kind.',
      'A day without labels',
      '‘The wild one’, ‘the easy one’, ‘the clever one’: even kind labels stick. Notice them today and say what you
      see instead: ‘You love climbing’ or ‘You waited a long time’. That leaves every child room to be different
      tomorrow.'
    ),
    (
      'one-job-one-team', 'siblings', 3, 12,
      '{siblings,boredom}', '{}', '{multiple_children}',
      'Eén klus, één team',
      'Geef de kinderen samen een opdracht die alleen lukt als ze elkaar helpen: een kussenhut bouwen, een grote
      tekening voor opa, alle schoenen op volgorde van maat zetten. De beloning is voor het team: samen kiezen wat er
      wordt voorgelezen. Niemand wint, dus niemand verliest.',
      'One job, one team',
      'Give the children a task together that only works if they help each other: building a cushion den, a big
      drawing for grandad, lining up the shoes by size. The reward is for the team: choosing the story together.
      Nobody wins, so nobody loses.'
    ),
    (
      'shelf-that-is-not-shared', 'siblings', 2, 11,
      '{siblings,friendships}', '{}', '{}',
      'Niet alles hoeft gedeeld',
      'Geef ieder kind een plank, doos of la met dingen die een ander alleen na vragen mag pakken. De rest is van
      iedereen. Een kind dat zeker weet dat iets eigen blijft, vindt delen vaak makkelijker. Handig ook als er een
      vriendje komt spelen.',
      'Not everything has to be shared',
      'Give each child a shelf, box or drawer of things that others may only take after asking. The rest belongs to
      everyone. A child who’s sure that something stays theirs often finds sharing easier. It helps when friends come
      round to play, too.'
    ),
    (
      'bedtime-in-stages', 'sleep', 1, 11,
      '{sleep,siblings}', '{}', '{multiple_children}',
      'Naar bed in etappes',
      'Slapen je kinderen rond dezelfde tijd? Schuif er tien minuten tussen. De oudste leest of tekent terwijl jij de
      jongste toedekt, en krijgt daarna zelf een rustig stukje. Leg uit dat opblijven een taak is: stil zijn. Zo
      krijgt ieder een eigen welterusten.',
      'Bedtime in stages',
      'Do your children go to bed at about the same time? Put ten minutes in between. The eldest reads or draws while
      you tuck in the youngest, and then gets a quiet moment, too. Explain that staying up comes with a job: being
      quiet. Everyone gets a goodnight of their own.'
    ),
    (
      'fair-is-not-always-equal', 'siblings', 4, 16,
      '{siblings,discipline,communication}', '{}', '{multiple_children}',
      'Eerlijk is niet altijd gelijk',
      '‘Dat is niet eerlijk!’ Leg uit dat ieder krijgt wat nodig is: de een nieuwe schoenen, de ander een halfuur
      hulp. Vraag dan: ‘Wat heb jij op dit moment nodig?’ Dat is een ander gesprek dan wie er meer heeft. Soms is het
      antwoord gewoon een knuffel.',
      'Fair isn’t always equal',
      '‘That’s not fair!’ Explain that everyone gets what they need: one gets new shoes, another half an hour of help.
      Then ask: ‘What do you need right now?’ That’s a different conversation from who has more. Sometimes the answer
      is simply a cuddle.'
    ),
    (
      'hand-on-my-arm', 'behaviour', 3, 10,
      '{siblings,discipline,exhaustion}', '{}', '{multiple_children}',
      'Een hand op mijn arm',
      'Roepen ze allemaal tegelijk? Spreek een teken af: wie iets wil vragen, legt een hand op jouw arm. Jij legt jouw
      hand erop; dat betekent ‘ik heb je gezien, je bent zo aan de beurt’. Oefen het eerst als spelletje, en kom je
      belofte snel na.',
      'A hand on my arm',
      'Do they all call at once? Agree on a sign: whoever wants to ask something lays a hand on your arm. You put your
      hand on top; that means ‘I’ve seen you, your turn is coming’. Practise it as a game first, and keep your promise
      quickly.'
    ),
    (
      'bag-by-the-door', 'routines', 0, 7,
      '{exhaustion,work_balance}', '{}', '{multiple_children}',
      'Eén tas die altijd klaarstaat',
      'Zet bij de deur één tas met wat jullie steeds nodig hebben: schone kleren voor ieder kind, doekjes, iets te
      drinken, een boekje. Vul hem aan zodra je thuiskomt, niet als je weg moet. Laat een kind controleren of alles
      erin zit; dat is een eervolle baan.',
      'One bag that’s always ready',
      'By the door, keep one bag with what you always need: clean clothes for each child, wipes, something to drink, a
      book. Refill it when you get home, not when you have to leave. Let a child check that it’s all there; it’s a job
      to be proud of.'
    ),
    (
      'quiet-half-hour-for-all', 'self_care', 4, 14,
      '{exhaustion,siblings}', '{high,very_high}', '{multiple_children}',
      'Een stil halfuur voor iedereen',
      'Kies een vast halfuur in het weekend waarin ieder een eigen plekje heeft en niemand iets hoeft: lezen, tekenen,
      liggen. Laat de deuren open en blijf in de buurt. Jij doet ook mee, zonder wasmand. Begin met tien minuten en
      bouw het op.',
      'A quiet half-hour for everyone',
      'Pick a regular half-hour at the weekend when everyone has a spot of their own and nobody has to do anything:
      reading, drawing, lying down. Leave the doors open and stay near. You take part as well, without the laundry.
      Start with ten minutes and build it up.'
    ),
    (
      'this-child-is-a-different-child', 'connection', 0, 12,
      '{development,guilt,siblings}', '{}', '{experienced,multiple_children}',
      'Dit kind is een ander kind',
      'Wat bij de een werkte, werkt bij de ander soms niet. Dat ligt niet aan jou. Schrijf vandaag drie dingen op die
      typisch zijn voor dít kind: waar wordt het rustig van, waar lacht het om, wat vindt het lastig? Probeer één ding
      dat daarbij past.',
      'This child is a different child',
      'What worked for one sometimes doesn’t for another. That’s not your doing. Today, write down three things that
      are typical of this child: what calms them, what makes them laugh, what do they find hard? Try one thing that
      suits that.'
    ),

    -- From about ten to eighteen
    (
      'talk-side-by-side', 'connection', 10, 18,
      '{communication,puberty}', '{}', '{}',
      'Praat zij aan zij',
      'Een goed gesprek begint vaak als je elkaar niet aankijkt: bij de afwas, op de fiets, met de hond. Vraag je
      tiener mee voor iets kleins en laat stiltes bestaan. Stel hooguit één vraag. De rest van de weg is van jullie
      samen, ook zonder woorden.',
      'Talk side by side',
      'A good talk often starts when you’re not facing each other: over the washing-up, on a walk, with the dog. Ask
      your teenager along for something small and let silences be. Ask one question at most. The rest of the way
      belongs to you both, words or no words.'
    ),
    (
      'knock-and-wait', 'connection', 9, 18,
      '{puberty,communication}', '{}', '{}',
      'Klop en wacht',
      'Klop vandaag op de deur en wacht op een antwoord voor je binnenkomt. Het is een klein gebaar dat zegt: ik neem
      je serieus. Vertel erbij dat jij die beleefdheid ook fijn vindt. Meestal komt er dan iets terug, al is het een
      week later.',
      'Knock and wait',
      'Today, knock on the door and wait for an answer before you go in. It’s a small gesture that says: I take you
      seriously. Mention that you like that courtesy, too. Usually something comes back, even if it’s a week later.'
    ),
    (
      'sandwich-at-ten', 'connection', 12, 18,
      '{puberty,communication}', '{}', '{}',
      'Een boterham om tien uur',
      'Veel tieners worden pas ’s avonds spraakzaam. Maak om een uur of tien iets te eten voor jullie tweeën en ga aan
      tafel zitten, zonder plan. Zwijgen mag. Stel geen vraag over school of de kamer. Lig jij dan al op één oor? Een
      lang ontbijt op zaterdag werkt ook.',
      'A sandwich at ten',
      'Many teenagers only get talkative late in the evening. Around ten, make something to eat for the two of you and
      sit down at the table, with no plan. Silence is fine. Don’t ask about school or their room. Are you asleep by
      then? A long breakfast on Saturday works, too.'
    ),
    (
      'ask-your-teen-for-advice', 'connection', 11, 18,
      '{self_confidence,communication,puberty}', '{}', '{}',
      'Vraag je tiener om raad',
      'Leg je tiener iets voor waar jij over twijfelt: een cadeau, een appje aan je zus, een nieuwe jas. Luister,
      vraag door en gebruik er iets van. Vertel later hoe het afliep. Iemand die om raad wordt gevraagd, voelt: wat ik
      vind, doet ertoe.',
      'Ask your teenager for advice',
      'Put something you’re unsure of to your teenager: a present, a message to your sister, a new coat. Listen, ask
      questions, and use a bit of it. Tell them later how it turned out. To be asked for advice is to feel: what I
      think matters.'
    ),
    (
      'advice-or-an-ear', 'connection', 8, 18,
      '{communication,puberty,friendships}', '{}', '{}',
      'Wil je raad of een oor?',
      'Komt je kind met een verhaal? Vraag eerst: ‘Wil je dat ik meedenk, of alleen luister?’ Bij ‘luisteren’ houd je
      je tips voor je, hoe goed ze ook zijn. Zeg hooguit: ‘Wat een toestand.’ Je kind praat eerder door, en jij hoeft
      niets op te lossen.',
      'Advice or an ear?',
      'Has your child come to you with a story? Ask first: ‘Shall I help you think, or just listen?’ If it’s ‘listen’,
      keep your tips to yourself, however good they are. At most say: ‘What a day you’ve had.’ Your child is more
      likely to go on, and you don’t have to fix anything.'
    ),
    (
      'book-left-on-the-shelf', 'connection', 8, 13,
      '{puberty,development}', '{}', '{}',
      'Leg een boek neer',
      'Leen bij de bibliotheek een boek over opgroeien en veranderende lijven, passend bij de leeftijd. Blader het
      zelf door en leg het op een plek waar je kind erbij kan. Zeg alleen: ‘Dit ligt hier, en ik ben er voor vragen.
      Ook voor rare.’',
      'Leave a book lying about',
      'Borrow a book from the library about growing up and changing bodies, suited to their age. Leaf through it
      yourself and put it where your child can reach it. Just say: ‘This is here, and so am I if you have questions.
      Strange ones, too.’'
    ),
    (
      'tell-an-awkward-story', 'connection', 9, 15,
      '{puberty,self_confidence,communication}', '{}', '{}',
      'Vertel iets ongemakkelijks van vroeger',
      'Vertel iets gênants uit je eigen puberteit: een mislukt kapsel, een vuurrood hoofd, een brief die niemand had
      mogen lezen. Lach erom en vraag niets terug. Je kind hoort: dit hoort erbij, en het komt goed. Kies iets dat bij
      de leeftijd past.',
      'Tell an awkward story',
      'Tell a slightly embarrassing story from your own teens: a haircut, a blush, a letter that nobody was meant to
      read. Laugh about it and ask nothing in return. Your child hears: this is part of it, and it turns out all
      right. Choose something that suits their age.'
    ),
    (
      'not-only-about-you', 'emotions', 11, 17,
      '{puberty,communication,exhaustion}', '{}', '{}',
      'Het gaat niet alleen over jou',
      'Een rollend oog of dichte deur doet soms zeer. Bedenk vandaag één andere verklaring: moe, ruzie met een vriend,
      een vol hoofd. Zeg later rustig wat je wel wilt: ‘Boos mag, schelden niet.’ En drink eerst rustig een kop thee,
      in je eentje.',
      'It isn’t only about you',
      'Rolling eyes or a closed door can hurt. Think of one other reason today: tired, a row with a friend, a head
      that’s too full. Later, calmly say what you do want: ‘Being cross is fine, name-calling isn’t.’ But first have a
      quiet cup of tea, on your own.'
    ),
    (
      'word-to-be-fetched', 'support', 11, 18,
      '{puberty,friendships,anxiety}', '{}', '{}',
      'Een codewoord om opgehaald te worden',
      'Spreek een onschuldig woord of een emoji af die betekent: kom me halen, zonder vragen. Zorg dat er altijd
      iemand is die kan komen: jij, een tante, een vertrouwde buur. Beloof dat je pas de volgende dag praat. Weten dat
      het kan, maakt nee zeggen makkelijker.',
      'A code word for being picked up',
      'Agree on an innocent word or emoji that means: come and get me, no questions asked. Make sure there’s always
      someone who can come: you, an aunt, a trusted neighbour. Promise not to talk about it until the next day.
      Knowing it’s there makes it easier to say no.'
    ),
    (
      'own-pot-of-money', 'routines', 8, 16,
      '{money,development}', '{low,moderate,high}', '{}',
      'Een potje dat echt van je kind is',
      'Geef je kind een klein, vast bedrag dat bij jullie past, en zeg waar het voor is. Wat ermee gebeurt, beslist je
      kind, ook als het op is. Kijk eens in de maand samen terug: waar had je plezier van? Een euro per week is genoeg
      om te oefenen.',
      'Money that is truly theirs',
      'Give your child a small, regular amount that suits your budget, and say what it’s for. What happens to it is up
      to your child, even when it runs out. Once a month, look back together: what did you enjoy? A pound a week is
      enough to practise with.'
    ),
    (
      'one-task-fully-theirs', 'routines', 12, 18,
      '{discipline,development,work_balance}', '{}', '{}',
      'Eén taak helemaal van je tiener',
      'Laat je tiener één taak in huis kiezen en vanaf nu helemaal zelf doen: het oud papier, de vaatwasser, de kat
      eten geven. Daar hoort ook bij: er zelf aan denken. Spreek af wat ‘klaar’ is en bemoei je er twee weken niet
      mee. Zeg daarna wat er goed ging.',
      'One task that’s fully theirs',
      'Let your teenager choose one household task that’s theirs from now on: the recycling, the dishwasher, feeding
      the cat. Fully, so remembering it as well. Agree on what ‘done’ means and stay out of it for two weeks. Then say
      what you noticed going well.'
    ),
    (
      'next-week-not-later', 'connection', 14, 18,
      '{school,anxiety,development}', '{}', '{}',
      'Vraag naar volgende week, niet naar later',
      '‘Wat wil je later worden?’ kan zwaar wegen. Vraag liever: ‘Waar heb je volgende week zin in?’ of ‘Waar vergat
      je deze week de tijd bij?’ Het antwoord vertelt soms meer over later dan een plan. En een kind dat het nog niet
      weet, is niet te laat.',
      'Ask about next week, not the future',
      '‘What do you want to be?’ can weigh a lot. Try instead: ‘What are you looking forward to next week?’ or ‘What
      made you forget the time this week?’ The answer sometimes says more about the future than a plan. And those who
      don’t know yet aren’t late.'
    ),
    (
      'write-it-down-for-them', 'connection', 10, 18,
      '{communication,puberty}', '{}', '{}',
      'Schrijf het eens op',
      'Loopt praten steeds uit op ruzie? Schrijf drie zinnen op een briefje of in een bericht: iets dat je waardeert,
      iets dat je dwarszit, iets dat je hoopt. Leg het op het kussen en vraag niet om antwoord. Op papier kun je
      elkaar laten uitpraten.',
      'Put it in writing',
      'Does talking keep turning into a quarrel? Write three sentences on a note or in a message: something you value,
      something that bothers you, something you hope. Leave it on the pillow and don’t ask for an answer. On paper,
      you can let each other finish.'
    ),
    (
      'teach-one-skill-for-later', 'learning', 13, 18,
      '{development,self_confidence}', '{}', '{}',
      'Eén ding voor later',
      'Kies samen één ding dat je kind nog niet zelf doet: een was draaien, een afspraak maken, een treinreis
      uitzoeken. Doe het een keer voor, laat het dan nadoen terwijl jij op je handen zit. Verkleurt er een sok, dan is
      dat het lesgeld.',
      'One skill for later',
      'Together, choose one thing your child doesn’t do alone yet: running a wash, making an appointment, planning a
      train journey. Show it once, then let them do it while you sit on your hands. If a sock changes colour, that’s
      the price of the lesson.'
    ),
    (
      'swap-songs', 'connection', 9, 18,
      '{puberty,communication,loneliness}', '{}', '{}',
      'Ruil een liedje',
      'Vraag je kind om één liedje dat nu veel betekent en luister het helemaal, zonder commentaar. Laat dan een
      liedje horen uit de tijd dat jij zo oud was. Vertel waar je toen was en met wie. Een paar minuten muziek is soms
      een heel gesprek.',
      'Swap a song',
      'Ask your child for one song that means a lot to them now and listen right to the end, without remarks. Then
      play one from when you were that age. Tell them where you were and with whom. A few minutes of music can be a
      whole conversation.'
    ),
    (
      'what-would-convince-you', 'behaviour', 12, 18,
      '{discipline,communication,puberty}', '{low,moderate,high}', '{}',
      'Wat zou jou overtuigen?',
      'Zijn jullie het oneens over een feest of over hoe laat je kind thuis moet zijn? Vraag elkaar: ‘Wat zou jou
      overtuigen?’ Misschien een telefoontje tussendoor, samen reizen, het nummer van een andere ouder. Zoek iets
      kleins om mee te beginnen. Zo wordt een nee een ‘nog niet’ met een weg ernaartoe.',
      'What would convince you?',
      'Do you disagree about a party or about when to be home? Ask each other: ‘What would convince you?’ Perhaps a
      call halfway, travelling together, another parent’s number. Find something small to begin with. That way a no
      becomes a ‘not yet’ with a way to get there.'
    ),
    (
      'no-talk-about-looks', 'emotions', 10, 17,
      '{puberty,self_confidence}', '{}', '{}',
      'Praat vandaag niet over uiterlijk',
      'Probeer één dag niets te zeggen over hoe iemand eruitziet, ook niet over jezelf in de spiegel. Zeg wel wat een
      lijf kan: fietsen, dansen, troosten, hard lachen. Kinderen luisteren ook mee als we over onszelf praten. Let
      eens op hoe vaak je het bijna deed.',
      'No talk about looks today',
      'For one day, try not to say anything about how anyone looks, including yourself in the mirror. Do say what a
      body can do: run, dance, comfort, laugh out loud. Children listen in when we talk about ourselves as well.
      Notice how often you nearly did.'
    ),

    -- For the parent
    (
      'three-breaths-at-the-door', 'self_care', null, null,
      '{exhaustion,work_balance}', '{}', '{}',
      'Drie ademhalingen voor de deur',
      'Blijf voor je de deur opendoet, thuis of bij de opvang, even staan. Adem drie keer langzaam uit, langer dan je
      inademt. Denk bij de laatste: wat hiervoor was, mag hier blijven. Het duurt een halve minuut en niemand hoeft
      het te merken.',
      'Three breaths at the door',
      'Before you open the door, at home or at nursery, stop for a moment. Breathe out slowly three times, longer than
      you breathe in. With the last one, think: what came before may stay here. It takes half a minute and nobody
      needs to notice.'
    ),
    (
      'what-can-wait-today', 'self_care', null, null,
      '{exhaustion,guilt,work_balance}', '{moderate,high,very_high}', '{}',
      'Wat mag vandaag blijven liggen?',
      'Schrijf drie dingen op die vandaag moeten van jezelf. Streep er één door en zeg hardop: ‘Dat kan morgen.’ De
      wereld draait door met een volle wasmand. De tijd die vrijkomt, is niet voor iets nuttigs maar voor jou.',
      'What can wait today?',
      'Write down three things you tell yourself must be done today. Cross one out and say aloud: ‘That can wait till
      tomorrow.’ The world keeps turning with a full laundry basket. The time it frees isn’t for something useful, but
      for you.'
    ),
    (
      'one-message-is-enough', 'support', null, null,
      '{loneliness,exhaustion}', '{moderate,high,very_high}', '{}',
      'Eén berichtje is genoeg',
      'Stuur één iemand die je mag vier woorden: ‘Beetje zware week hier.’ Je hoeft niets uit te leggen en niets te
      vragen. Veel mensen willen er graag zijn, maar weten niet dat het nodig is. En geen antwoord? Probeer dan iemand
      anders; het lag niet aan jou.',
      'One message is enough',
      'Send somebody you like a few words: ‘Bit of a hard week here.’ You needn’t explain or ask for anything. Many
      people would love to be there, but don’t know it’s needed. No answer? Then try someone else; it wasn’t you.'
    ),
    (
      'say-yes-once-today', 'support', null, null,
      '{exhaustion,guilt,loneliness}', '{moderate,high,very_high}', '{}',
      'Zeg vandaag één keer ja',
      'Biedt iemand vandaag iets aan, een kop thee, een lift, een hand bij de tassen? Zeg ja, zonder ‘het hoeft niet
      hoor’ erachter. Hulp aannemen is geen schuld die je moet terugbetalen. De ander vindt het meestal gewoon fijn om
      iets te kunnen doen.',
      'Say yes once today',
      'Does someone offer you something today, a cup of tea, a lift, a hand with the bags? Say yes, without adding
      ‘you really don’t have to’. Accepting help isn’t a debt you must repay. Most people are simply glad to be able
      to do something.'
    ),
    (
      'let-your-shoulders-drop', 'self_care', null, null,
      '{exhaustion,anxiety}', '{moderate,high,very_high}', '{}',
      'Laat je schouders zakken',
      'Trek je schouders op naar je oren, houd ze daar drie tellen en laat ze vallen. Doe hetzelfde met je kaken en je
      handen. Het kan bij het aanrecht, in de bus, naast een bed waar iemand niet wil slapen. Dertig seconden waarin
      je lijf even van jou is.',
      'Let your shoulders drop',
      'Pull your shoulders up to your ears, hold them there for a count of three and let them fall. Do the same with
      your jaw and your hands. You can do it at the sink, on the bus or beside a bed where someone won’t sleep. Thirty
      seconds in which your body is yours.'
    ),
    (
      'five-minutes-of-nothing', 'self_care', 0, 12,
      '{exhaustion}', '{high,very_high}', '{}',
      'Vijf minuten niets',
      'Is je kind veilig bezig of in slaap? Ga zitten, zet een wekker op vijf minuten en doe niets. Niet scrollen,
      niet opruimen, naar buiten kijken mag. De onrust die je eerst voelt, zakt vaak na een minuut of drie. Het is
      geen luiheid, het is opladen.',
      'Five minutes of nothing',
      'Is your child safely busy or asleep? Sit down, set a timer for five minutes and do nothing. No scrolling, no
      tidying; looking out of the window is allowed. The restlessness you feel at first often sinks after three
      minutes or so. It isn’t laziness, it’s recharging.'
    ),
    (
      'one-early-night', 'self_care', 0, 13,
      '{exhaustion,sleep}', '{high,very_high}', '{}',
      'Eén avond vroeg naar bed',
      'Kies deze week één avond waarop je naar bed gaat zodra de kinderen slapen. De afwas blijft staan, de telefoon
      ligt in een andere kamer. Je hoeft niet te slapen; in het donker liggen is ook al iets. Schrijf het in je agenda
      als een afspraak, want dat is het.',
      'One early night',
      'This week, choose one evening on which you go to bed as soon as the children are asleep. The dishes can stay,
      the phone is in another room. You needn’t sleep; lying in the dark is something in itself. Put it in your diary
      as an appointment, because that’s what it is.'
    ),
    (
      'list-of-what-got-done', 'self_care', null, null,
      '{guilt,exhaustion}', '{moderate,high,very_high}', '{}',
      'Een lijstje van wat je wél deed',
      'Schrijf aan het eind van de dag vijf dingen op die je hebt gedaan. Kleine tellen het meest: getroost, brood
      gesmeerd, niet geschreeuwd toen je dat wel wilde, gelachen. De lijst van wat nog moet, komt vanzelf weer. Deze
      lijst schrijft niemand voor je.',
      'A list of what you did do',
      'At the end of the day, write down five things you’ve done. Small ones count most: comforted someone, made
      sandwiches, didn’t shout when you wanted to, laughed. The list of things still to do will come back by itself.
      Nobody else writes this one for you.'
    ),
    (
      'talk-to-yourself-as-to-a-friend', 'self_care', null, null,
      '{guilt,self_confidence}', '{moderate,high,very_high}', '{}',
      'Praat tegen jezelf als tegen een vriend',
      'Merk je dat je jezelf streng toespreekt? Stel je voor dat een goede vriend je dit vertelde. Wat zou je zeggen?
      Waarschijnlijk: ‘Logisch dat je moe bent, je doet zo veel.’ Zeg dat nu hardop tegen jezelf, desnoods in de
      badkamer met de deur dicht.',
      'Talk to yourself like a friend',
      'Do you notice yourself being stern with yourself? Imagine a good friend told you this. What would you say?
      Probably: ‘No wonder you’re tired, you do so much.’ Now say that to yourself, out loud, in the bathroom with the
      door shut if you like.'
    ),
    (
      'music-that-is-yours', 'self_care', null, null,
      '{exhaustion}', '{}', '{}',
      'Zet je eigen muziek op',
      'Geen kinderliedjes, geen achtergrond: zet één nummer op dat van jou is, uit een tijd dat je alleen aan jezelf
      hoefde te denken. Luister het helemaal, meezingen mag. Je bent nog steeds die persoon, met een paar mensen
      erbij.',
      'Put on music that’s yours',
      'No nursery rhymes, no background noise: put on one song that’s your own, from a time when you only had yourself
      to think of. Listen to all of it, and sing along if you like. You’re still that person, with a few people
      added.'
    ),
    (
      'tell-someone-how-heavy-it-is', 'support', null, null,
      '{exhaustion,loneliness,anxiety}', '{very_high}', '{}',
      'Je hoeft het niet alleen te dragen',
      'Voelt het al een tijd te veel? Vertel het vandaag aan één mens: een vriend, je huisarts of het wijkteam. Weet
      je niet hoe je moet beginnen, laat dan dit lezen: ‘Het gaat niet goed met me en ik kan hulp gebruiken.’ Kan het
      niet wachten? Bel dan nu je huisarts of de huisartsenpost.',
      'You needn’t carry it alone',
      'Has it felt like too much for a while? Tell one person today: a friend, your GP or a local family service. If
      you don’t know how to begin, show them this: ‘I’m not doing well and I could use some help.’ If it can’t wait,
      ring your GP or the out-of-hours service now.'
    ),
    (
      'swap-an-hour', 'support', 2, 12,
      '{exhaustion,money,loneliness}', '{}', '{}',
      'Ruil een uurtje',
      'Vraag een ouder die je vertrouwt om te ruilen: jij past woensdag een uur op, de ander zaterdag. Het kost niets,
      de kinderen hebben iemand om mee te spelen en jij hebt een uur voor jezelf. Spreek af wat er wel en niet mag,
      dan is het voor iedereen duidelijk.',
      'Swap an hour',
      'Ask a parent you trust to swap: you look after the children for an hour on Wednesday, they do the same on
      Saturday. It costs nothing, the children have company and you have an hour to yourself. Agree on what is and
      isn’t allowed, so that everyone knows where they stand.'
    ),
    (
      'call-while-you-walk', 'support', null, null,
      '{loneliness,exhaustion}', '{}', '{}',
      'Bel tijdens het wandelen',
      'Loop je naar de winkel of met de wagen een rondje? Bel iemand die je lang niet sprak. Zeg meteen: ‘Ik heb tien
      minuten.’ Dat maakt beginnen makkelijker, en ophangen ook. Je bent even onder de mensen, zonder dat je huis
      opgeruimd hoeft te zijn.',
      'Call while you walk',
      'Walking to the shop, or round the block with the pram? Ring someone you haven’t spoken to for ages. Say right
      away: ‘I have ten minutes.’ That makes it easier to start and to hang up. You’ve had company, and your house
      didn’t need to be tidy.'
    ),
    (
      'ask-an-older-person', 'support', null, null,
      '{loneliness,guilt}', '{}', '{}',
      'Vraag het eens aan een oudere',
      'Vraag iemand van een generatie ouder, een oma, een oom, de buurvrouw: ‘Wat vond jij toen het lastigst?’ Luister
      naar het verhaal, de raad hoef je niet op te volgen. Vaak blijkt dat zij het ook maar al doende leerden.',
      'Ask someone older',
      'Ask somebody a generation older, a grandmother, an uncle, a neighbour: ‘What did you find hardest in those
      days?’ Listen to the story; you needn’t take the advice. It often turns out that they, too, made it up as they
      went along.'
    ),
    (
      'plan-b-for-ill-days', 'support', 0, 12,
      '{work_balance,loneliness,exhaustion}', '{}', '{}',
      'Een plan B voor lastige dagen',
      'Wie bel je als je ziek bent of de opvang dicht is? Schrijf nu, op een rustig moment, twee namen op en vraag of
      ze op je lijstje mogen staan. Bied iets terug dat bij jou past. Eén A4’tje op de koelkast met nummers en
      slaaptijden, en het plan is klaar.',
      'A plan B for difficult days',
      'Who do you ring when you’re ill or the nursery is closed? Now, at a quiet moment, write down two names and ask
      whether they may be on your list. Offer something in return that suits you. One sheet on the fridge with numbers
      and bedtimes, and the plan is ready.'
    ),
    (
      'wash-your-face-start-again', 'self_care', 1, 12,
      '{exhaustion}', '{high,very_high}', '{}',
      'Een nieuw begin om drie uur',
      'Ging de ochtend mis? Was je gezicht met koud water, doe een schone trui aan of zet een raam open, en zeg: ‘We
      beginnen opnieuw.’ Een dag mag meer dan één begin hebben. Kinderen doen graag mee: nieuwe sokken, nieuwe ronde.',
      'A fresh start at three o’clock',
      'Did the morning go wrong? Wash your face with cold water, put on a clean jumper or open a window, and say:
      ‘We’re starting again.’ A day can have more than one beginning. Children like to join in: new socks, new round.'
    ),
    (
      'pass-on-one-trick', 'support', null, null,
      '{loneliness,self_confidence}', '{}', '{experienced}',
      'Geef één trucje door',
      'Wat heb jij geleerd dat je graag eerder had geweten? Vertel één trucje aan iemand die net begint, en vraag hoe
      het daar gaat. Je helpt een ander op weg en merkt zelf hoeveel je intussen weet. Luister minstens zo lang als je
      praat.',
      'Pass on one trick',
      'What have you learned that you’d have liked to know sooner? Tell one trick to someone who is just starting out,
      and ask how they are. You help another along and notice how much you know by now. Listen at least as long as you
      talk.'
    ),
    (
      'worry-that-went-by', 'self_care', 2, 18,
      '{anxiety,guilt}', '{}', '{experienced}',
      'Welke zorg is voorbijgegaan?',
      'Denk terug aan iets waar je een paar jaar geleden wakker van lag: het slapen, het praten, een lastige klas.
      Schrijf op hoe het is gegaan en wat toen hielp. Leg daar de zorg van nu naast. Hij hoeft niet kleiner te worden,
      maar je hebt er wel al eens een gedragen.',
      'Which worry has gone by?',
      'Think back to something that kept you awake a few years ago: sleep, talking, a difficult class. Write down how
      it went and what helped then. Put today’s worry next to it. It doesn’t have to get any smaller, but you have
      carried one before.'
    ),
    (
      'bring-back-what-you-miss', 'self_care', 0, 18,
      '{exhaustion,guilt}', '{low,moderate,high}', '{experienced,multiple_children}',
      'Haal één ding terug',
      'Wat deed je graag voor er kinderen waren? Zwemmen, koken zonder haast, een instrument, een avond kaarten? Kies
      er één en maak het klein: een kwartier, één keer deze week. Vertel thuis dat je het doet en wanneer. Plezier
      werkt aanstekelijk.',
      'Bring back one thing',
      'What did you love doing before there were children? Swimming, unhurried cooking, an instrument, an evening of
      cards? Choose one and make it small: a quarter of an hour, once this week. Tell the family you’re doing it and
      when. Joy is catching.'
    ),
    (
      'photo-of-a-year-ago', 'connection', 1, 18,
      '{guilt,development}', '{}', '{experienced}',
      'Kijk naar een foto van een jaar geleden',
      'Zoek een foto van je kind van een jaar geleden en bekijk hem samen. Wat kon toen nog niet? Wat was toen lastig
      en is nu gewoon? Van dag tot dag zie je groei bijna niet, van jaar tot jaar wel. Ook de jouwe.',
      'Look at a photo from a year ago',
      'Find a picture of your child from a year ago and look at it together. What wasn’t possible then? What was hard
      and is normal now? From day to day you hardly see growth; from year to year you do. Yours as well.'
    ),
    (
      'ask-your-child-for-a-report', 'connection', 6, 18,
      '{communication,guilt}', '{low,moderate}', '{experienced}',
      'Vraag je kind om een rapport',
      'Vraag op een rustig moment: ‘Wat doe ik als ouder dat je fijn vindt? En wat mag ik anders doen?’ Luister,
      verdedig niets en bedank ervoor. Kies één kleine tip en probeer die een week. Je kind merkt dat ook grote mensen
      nog leren.',
      'Ask your child for a report',
      'At a quiet moment, ask: ‘What do I do as a parent that you like? And what could I do differently?’ Listen,
      defend nothing and say thank you. Choose one small tip and try it for a week. Your child sees that grown-ups are
      still learning, too.'
    ),
    (
      'lower-the-bar-for-one-day', 'routines', 1, 16,
      '{exhaustion,guilt}', '{very_high}', '{experienced,multiple_children}',
      'Een dag op halve kracht',
      'Roep een dag uit waarop alles half mag: makkelijk eten, dezelfde trui als gisteren, geen huis om te laten zien.
      Zeg het ook tegen de kinderen: ‘Vandaag doen we rustig aan.’ Je weet uit ervaring dat ze daar niets van krijgen,
      behalve misschien een fijne dag.',
      'A day at half strength',
      'Declare a day when half is enough: easy food, yesterday’s jumper, no house fit for visitors. Tell the children,
      too: ‘Today we’re taking it easy.’ You know from experience that it does them no harm, and it may even be a good
      day.'
    ),
    (
      'what-you-want-to-pass-on', 'connection', null, null,
      '{communication,guilt}', '{low,moderate}', '{}',
      'Wat wil je doorgeven?',
      'Schrijf twee dingen op: iets van thuis vroeger dat je wilt doorgeven, en iets dat je anders wilt doen. Eén zin
      per stuk is genoeg. Vertel het aan iemand die je vertrouwt. Niet om de balans op te maken, maar om te weten waar
      jij naartoe wilt.',
      'What do you want to pass on?',
      'Write down two things: something from your own childhood home that you want to pass on, and something you’d
      like to do differently. One sentence each is enough. Tell someone you trust. Not to settle accounts, but to know
      where you’re heading.'
    ),
    (
      'learn-a-neighbours-name', 'support', null, null,
      '{loneliness}', '{}', '{}',
      'Leer één buur kennen',
      'Vraag vandaag de naam van iemand uit je straat of trappenhuis die je alleen van gezicht kent, en noem de jouwe.
      De volgende keer groet je elkaar anders. Een dorp om je heen begint met één naam, en ooit misschien met een
      kopje suiker.',
      'Get to know one neighbour',
      'Today, ask the name of someone in your street or stairwell whom you only know by sight, and tell them yours.
      Next time you’ll greet each other differently. A village around you starts with one name, and some day perhaps
      with a cup of sugar.'
    ),
    (
      'put-a-friend-in-the-diary', 'support', null, null,
      '{loneliness,exhaustion}', '{low,moderate,high}', '{}',
      'Zet een vriend in je agenda',
      '‘We moeten weer eens afspreken’ blijft vaak bij zeggen. Stuur nu één vriend twee data, met iets kleins: een
      wandeling, samen koken, een halfuur aan de telefoon. Zijn er kinderen, dan mogen ze erbij. Wat in de agenda
      staat, gebeurt vaker.',
      'Put a friend in the diary',
      '‘We really must meet up’ often comes to nothing. Send one friend two dates now, with something small: a walk,
      cooking together, half an hour on the phone. If there are children, they can come along. What’s in the diary
      happens more often.'
    ),
    (
      'one-page-for-yourself', 'self_care', null, null,
      '{exhaustion}', '{}', '{}',
      'Eén bladzijde voor jezelf',
      'Leg een boek of tijdschrift neer op de plek waar je ’s avonds naar je telefoon grijpt. Lees vanavond één
      bladzijde, meer hoeft niet. Het mag licht, het mag voor de tiende keer. Een bladzijde over iets anders dan je
      dag is een kleine vakantie.',
      'One page for yourself',
      'Put a book or magazine where you usually reach for your phone in the evening. Tonight, read one page; that’s
      all. It can be light, it can be something you’ve read ten times. A page about something other than your day is a
      small holiday.'
    ),
    (
      'one-empty-corner', 'routines', null, null,
      '{exhaustion}', '{}', '{}',
      'Eén leeg plekje in huis',
      'Kies een plek die leeg blijft: de hoek van de tafel, een stoel, de vensterbank. Vijf minuten opruimen en klaar;
      de rest van het huis mag zo blijven. Als het druk is in je hoofd, kun je daar gaan zitten en even naar iets
      kijken waar niets hoeft.',
      'One empty spot at home',
      'Choose a spot that stays empty: a corner of the table, a chair, the window sill. Five minutes of tidying and
      that’s it; the rest of the place can stay as it is. When your head is busy, sit there and look at something that
      asks nothing of you.'
    ),
    (
      'what-you-are-good-at', 'self_care', null, null,
      '{self_confidence,guilt}', '{}', '{}',
      'Waar ben jij goed in?',
      'Noem drie dingen waar je goed in bent die niets met opvoeden te maken hebben: kaarten, fietsen maken, mensen
      laten lachen. Doe er vandaag één van, al is het vijf minuten. Wat je kunt en leuk vindt, neem je mee in hoe je
      ouder bent.',
      'What are you good at?',
      'Name three things you’re good at that have nothing to do with parenting: card games, mending bikes, making
      people laugh. Do one of them today, even for five minutes. What you can do and enjoy becomes part of the kind of
      parent you are.'
    ),
    (
      'offer-something-small', 'support', null, null,
      '{loneliness}', '{low,moderate}', '{}',
      'Bied zelf iets kleins aan',
      'Heb je wat lucht deze week? Bied een ander iets kleins en precies aan: ‘Ik ga naar de winkel, wat kan ik
      meenemen?’ of ‘Zal ik jouw kind morgen meenemen naar school?’ Een precies aanbod is makkelijker aan te nemen, en
      zo wordt hulp iets van over en weer.',
      'Offer something small',
      'Have you got some room to spare this week? Offer someone something small and specific: ‘I’m off to the shop,
      what can I bring you?’ or ‘Shall I take your child to school tomorrow?’ A specific offer is easier to accept,
      and help becomes something that goes both ways.'
    ),

    -- Money and work
    (
      'clothes-in-a-circle', 'support', 0, 11,
      '{money,loneliness}', '{}', '{}',
      'Laat kleren rondgaan',
      'Vul een tas met kleren die te klein zijn en vraag in de straat of op school wie er iets kan gebruiken. Vraag
      meteen wie er een maat groter over heeft. Zo krijgt ieder wat, zonder dat iemand iets hoeft te kopen, en leer je
      de buren kennen.',
      'Let clothes go round',
      'Fill a bag with clothes that have become too small and ask in your street or at school who could use some. Ask
      at the same time who has the next size to spare. Everyone gets something without anyone buying, and you get to
      know the neighbours.'
    ),
    (
      'speak-plainly-about-money', 'connection', 5, 14,
      '{money,communication}', '{}', '{}',
      'Praat gewoon over geld',
      'Wil je kind iets dat er nu niet in zit? Zeg het eerlijk en zonder zorgen mee te geven: ‘Daar kiezen we nu niet
      voor, want eerst komen eten en het huis.’ Vraag wat er zo leuk aan is. Soms bestaat er een versie die niets
      kost, en anders mag je kind balen.',
      'Speak plainly about money',
      'Does your child want something that you can’t stretch to? Say so honestly, without handing over your worries:
      ‘We’re not choosing that now, because food and our home come first.’ Ask what’s so nice about it. Sometimes
      there’s a version that costs nothing, and if not, they may be fed up for a bit.'
    ),
    (
      'small-party-is-a-party', 'routines', 3, 11,
      '{money,guilt}', '{}', '{}',
      'Een klein feest is ook een feest',
      'Vier een verjaardag met wat er is: slingers van oude kranten, een zelfgemaakte kroon, drie vriendjes, iets
      lekkers. Laat je kind één ding kiezen dat deze dag bijzonder maakt, zoals bepalen wat er gegeten wordt. Van de
      prijs weten ze later niets meer, van de kroon wel.',
      'A small party is a party',
      'Celebrate a birthday with what there is: bunting from old newspapers, a home-made crown, three friends,
      something nice to eat. Let your child choose one thing that makes the day special, such as what’s for dinner.
      Later they won’t recall what it cost, but they’ll remember the crown.'
    ),
    (
      'ask-what-there-is', 'support', null, null,
      '{money,exhaustion}', '{high,very_high}', '{}',
      'Vraag na wat er is',
      'Is het geld krap? Bel of mail vandaag één plek: school, het buurthuis, de bibliotheek of het loket van je
      gemeente. Vraag: ‘Wat is er voor gezinnen zoals het onze?’ Er zijn vaak potjes voor sport, een fiets of
      schoolspullen. Vragen mag gewoon, daar zijn ze voor.',
      'Ask what there is',
      'Is money tight? Ring or write to one place today: school, the community centre, the library or your council.
      Ask: ‘What is there for families like ours?’ There’s often something for sports, a bike or school things. Asking
      is quite normal, it’s what they’re there for.'
    ),
    (
      'bridge-between-work-and-home', 'self_care', null, null,
      '{work_balance,exhaustion}', '{}', '{}',
      'Een brug tussen werk en thuis',
      'Kies een vast klein ding dat zegt: het werk is klaar. Andere schoenen aan, een raam open, de laatste halte
      lopen, je laptop in de tas. Noteer eerst wat morgen moet. Wat op papier staat, hoeft niet mee naar de
      keukentafel.',
      'A bridge between work and home',
      'Choose one small, regular thing that says: work is done. Different shoes, an open window, getting off one stop
      early, putting your laptop away in its bag. First, note what has to happen tomorrow. What’s on paper needn’t
      come along to the kitchen table.'
    ),
    (
      'ten-minutes-with-the-calendar', 'routines', 0, 15,
      '{work_balance,exhaustion,communication}', '{low,moderate,high}', '{}',
      'Tien minuten met de kalender',
      'Loop op zondag met wie er meezorgt de week door: wie brengt, wie haalt, wie kookt, en waar zit er lucht? Doe je
      het alleen, bel er dan even iemand bij. Kies één ding dat kan vervallen. Een week die je hebt gezien, overvalt
      je minder.',
      'Ten minutes with the calendar',
      'On Sunday, go through the week with whoever shares the care: who drops off, who picks up, who cooks, and where
      is there room to breathe? Doing it alone? Ring someone while you do it. Choose one thing that can go. A week
      you’ve looked at is less of an ambush.'
    ),
    (
      'one-hour-unreachable', 'self_care', null, null,
      '{work_balance,guilt}', '{moderate,high,very_high}', '{}',
      'Eén uur niet bereikbaar',
      'Kies vanavond een uur waarin werkmail en appgroepen uit staan. Zet het desnoods in je status: ‘Na acht uur ben
      ik er weer.’ Wie je echt nodig heeft, kan bellen. Let eens op wat er gebeurt: meestal niets, behalve dat je wat
      meer tijd hebt.',
      'One hour out of reach',
      'Tonight, choose an hour when work mail and group chats are off. Put it in your status if you like: ‘Back after
      eight.’ Anyone who really needs you can ring. See what happens: usually nothing, except that you have a bit more
      time.'
    ),
    (
      'show-when-you-are-home', 'connection', 2, 7,
      '{work_balance,separation}', '{}', '{}',
      'Laat zien wanneer je er bent',
      'Teken de week als zeven huisjes en plak een stip op de momenten dat jij er bent voor het ontbijt, het voorlezen
      of het brengen. Jonge kinderen kunnen met ‘straks’ weinig, met een stip des te meer. Werk je op wisselende
      tijden? Hang elke week een nieuwe op.',
      'Show when you’ll be there',
      'Draw the week as seven little houses and put a dot wherever you’ll be there for breakfast, the bedtime story or
      the walk to nursery. ‘Later’ means little to young children, but a dot means a lot. Do your hours change? Put up
      a new one each week.'
    ),
    (
      'tell-what-you-do-all-day', 'connection', 4, 12,
      '{work_balance,communication}', '{}', '{}',
      'Vertel wat je overdag doet',
      'Vertel je kind één klein verhaal van je dag: wie je sprak, wat er misging, waar je om lachte. Betaald werk,
      zorg, studie of zoeken naar werk, alles telt. Laat een foto van de plek zien. Dan kan je kind zich iets
      voorstellen bij waar jij bent.',
      'Tell them what you do all day',
      'Tell your child one small story from your day: who you spoke to, what went wrong, what made you laugh. Paid
      work, caring, studying or looking for a job, it all counts. Show a photo of the place. Then your child can
      picture where you are.'
    ),

    -- Together, or in two homes
    (
      'ten-minutes-not-about-the-children', 'connection', null, null,
      '{relationship,communication}', '{}', '{}',
      'Tien minuten zonder de kinderen',
      'Samen met een partner? Ga tien minuten naast elkaar zitten en praat niet over kinderen, geld of taken. Vraag:
      ‘Waar moest je om lachen?’ of ‘Waar keek je vandaag naar uit?’ Te moe voor woorden? Samen een kop thee en een
      schouder om tegen te leunen is ook goed.',
      'Ten minutes without the children',
      'Sharing life with a partner? Sit together for ten minutes and don’t talk of children, money or chores. Ask:
      ‘What made you laugh?’ or ‘What did you look forward to today?’ Too tired for words? A cup of tea and a shoulder
      to lean on are just as good.'
    ),
    (
      'thanks-for-something-ordinary', 'connection', null, null,
      '{relationship}', '{}', '{}',
      'Bedank voor iets gewoons',
      'Bedank je partner vandaag voor iets dat altijd gebeurt: de vuilnis, het wassen, het vroege opstaan. Noem
      precies wat: ‘Fijn dat jij de tassen deed, ik kon even blijven zitten.’ Geen verzoek erachteraan. Wat gezien
      wordt, is lichter om te doen.',
      'Thanks for something ordinary',
      'Today, thank your partner for something that always gets done: the bins, the washing, the early start. Name
      exactly what: ‘I was glad you did the bags, it gave me a moment to sit down.’ No request to follow. What gets
      noticed is easier to do.'
    ),
    (
      'two-ways-are-allowed', 'connection', 0, 14,
      '{relationship,discipline}', '{}', '{}',
      'Het mag op twee manieren',
      'Doet je partner het anders dan jij: andere grapjes, ander eten, een ander bedritueel? Kies vandaag één ding
      waar je je niet mee bemoeit zolang het veilig is. Kinderen kunnen goed met verschillen omgaan. Praat alleen over
      de twee of drie dingen die voor jou echt tellen.',
      'There’s more than one way',
      'Does your partner do things differently: other jokes, other food, a different bedtime? Choose one thing today
      that you’ll leave be, as long as it’s safe. Children cope well with differences. Only talk about the two or
      three things that really matter to you.'
    ),
    (
      'show-the-making-up', 'connection', 3, 16,
      '{relationship,anxiety,guilt}', '{}', '{}',
      'Laat ook het goedmaken zien',
      'Hebben de kinderen gehoord dat jullie het oneens waren? Laat ze dan ook weten hoe het verderging: ‘We waren
      boos, we hebben gepraat, we lossen het samen op. Het was niet jullie schuld.’ De details hoeven ze niet te
      weten, de afloop wel.',
      'Show the making-up, too',
      'Did the children hear you disagree? Then let them know how it ended, too: ‘We were cross, we talked, we’re
      sorting it out together. It wasn’t your fault.’ They don’t need the details, but they do need that part.'
    ),
    (
      'who-thinks-of-it', 'routines', 0, 15,
      '{relationship,work_balance,exhaustion}', '{}', '{}',
      'Wie denkt eraan?',
      'Niet alleen doen kost kracht, eraan denken ook. Schrijf met je partner op waar ieder van jullie deze week aan
      dacht: gymtas, cadeautje, luiers, oma bellen. Kies één ding dat de ander helemaal overneemt, het onthouden
      inbegrepen. De rest volgt een andere week.',
      'Who keeps it in mind?',
      'Doing takes energy, and so does remembering. With your partner, write down what each of you kept in mind this
      week: PE kit, a present, nappies, ringing grandma. Choose one thing for the other to take over completely,
      remembering included. The rest can follow another week.'
    ),
    (
      'handover-in-three-sentences', 'connection', 0, 14,
      '{coparenting,communication}', '{}', '{}',
      'Een overdracht in drie zinnen',
      'Woont je kind in twee huizen? Stuur bij het wisselen drie zinnen: hoe was het slapen en eten, wat was leuk, wat
      komt eraan? Alleen over je kind, vriendelijk en kort. Zo hoeft je kind niets over te brengen, en begint het aan
      de andere kant niet bij nul.',
      'A handover in three sentences',
      'Does your child live in two homes? At each changeover, send three sentences: how were sleep and meals, what was
      fun, what’s coming up? Only about your child, friendly and brief. That way your child carries no messages and
      needn’t start from scratch on the other side.'
    ),
    (
      'two-colours-on-the-calendar', 'routines', 3, 12,
      '{coparenting,anxiety}', '{}', '{}',
      'Twee kleuren op de kalender',
      'Hang een kalender op kindhoogte met voor elk huis een eigen kleur. Laat je kind zelf de dagen kleuren en elke
      avond een streep zetten. Zo ziet het waar het morgen slaapt en wanneer het de ander weer ziet. Een kopie voor
      het andere huis maakt het af.',
      'Two colours on the calendar',
      'Hang a calendar at your child’s height, with a colour for each home. Let your child colour in the days and
      cross one off each evening. They can see where they’ll sleep tomorrow and when they’ll see the other parent
      again. A copy for the other home completes it.'
    ),
    (
      'one-kind-word-about-the-other', 'connection', 2, 18,
      '{coparenting,self_confidence}', '{}', '{}',
      'Eén goed woord over de ander',
      'Zeg vandaag in het bijzijn van je kind iets aardigs over de andere ouder, hoe klein ook: ‘Dat grapje heb je van
      mama, goed hoor.’ Een kind hoort bij allebei. Lukt het vandaag niet? Dan is niets zeggen ook een cadeau, en je
      hart luchten doe je bij een vriend.',
      'One kind word about the other',
      'Today, within your child’s hearing, say something nice about their other parent, however small: ‘You’ve got
      that joke from Mum, well done.’ A child belongs to both. Not possible today? Then saying nothing is a gift, too,
      and you can pour your heart out to a friend.'
    ),
    (
      'quiet-hour-after-changing-homes', 'emotions', 2, 14,
      '{coparenting,tantrums,separation}', '{}', '{}',
      'Een rustig uur na het wisselen',
      'Wisselen van huis is een kleine verhuizing. Houd het eerste uur leeg: geen visite, geen vragen, wel iets te
      eten en een vast begin, zoals samen de tas uitpakken of de kat begroeten. Boos of stil zijn hoort erbij en zegt
      niets over bij wie het fijner is.',
      'A quiet hour after changing homes',
      'Changing homes is a small house move. Keep the first hour empty: no visitors, no questions, just something to
      eat and a familiar start, like unpacking the bag together or greeting the cat. Being cross or quiet is part of
      it and says nothing about which home is nicer.'
    ),
    (
      'when-the-house-is-quiet', 'self_care', 0, 17,
      '{coparenting,loneliness}', '{}', '{}',
      'Als het huis stil is',
      'Zijn de kinderen bij de andere ouder? De eerste avond kan leeg voelen. Spreek voor dat moment iets kleins af:
      eten bij een vriend, een film, bellen met je zus. Je mag ze missen en het ook fijn vinden om uit te slapen. Dat
      kan allebei tegelijk.',
      'When the house is quiet',
      'Are the children with their other parent? The first evening can feel empty. Plan something small for that
      moment: dinner at a friend’s, a film, a call to your sister. You can miss them and still enjoy a lie-in. Both
      can be true at once.'
    ),
    (
      'the-same-in-both-homes', 'routines', 1, 12,
      '{coparenting,sleep}', '{}', '{}',
      'Iets vertrouwds in beide huizen',
      'Kies met je kind iets dat in beide huizen hetzelfde is: eenzelfde nachtlampje, een foto, hetzelfde liedje voor
      het slapen. Gaat er een knuffel mee op reis, geef die dan een vaste plek in de tas. Klein en vast is genoeg om
      je ergens thuis te voelen.',
      'The same thing in both homes',
      'With your child, choose something that’s the same in both homes: a matching night light, a photo, the same song
      before bed. If a soft toy travels along, give it a fixed place in the bag. Small and steady is enough to feel at
      home somewhere.'
    ),

    -- Children with special needs
    (
      'calm-corner-of-their-own', 'emotions', 2, 12,
      '{special_needs,tantrums,anxiety}', '{}', '{}',
      'Een rustige plek van je kind zelf',
      'Maak samen een hoekje waar weinig te zien en te horen is: een kussen, een zachte deken, een lievelingsboek. Het
      is geen strafhoek maar een schuilplek, en wie erbij wil, vraagt het eerst. Ga er ook heen als alles goed gaat,
      dan is de weg bekend als het te druk wordt.',
      'A calm corner of their own',
      'Together, make a corner with little to see and hear: a cushion, a soft blanket, a favourite book. It isn’t a
      punishment but a shelter, and everyone asks before coming in. Practise going there when things are fine, so that
      the way is known when things get too busy.'
    ),
    (
      'a-sign-for-too-much', 'emotions', 3, 16,
      '{special_needs,anxiety,communication}', '{}', '{}',
      'Een teken voor ‘te veel’',
      'Spreek een teken af dat betekent ‘het wordt me te veel’: een hand op het hoofd, een kaartje, een kneepje.
      Beloof dat jullie dan samen naar een stillere plek gaan, zonder discussie. Oefen het één keer thuis voor je naar
      een feest of een winkel gaat.',
      'A sign for ‘too much’',
      'Agree on a sign that means ‘this is getting too much’: a hand on the head, a card, a squeeze. Promise that
      you’ll then go to a quieter place together, without discussion. Practise it once at home before you go to a
      party or a shop.'
    ),
    (
      'one-page-about-my-child', 'learning', 2, 17,
      '{special_needs,school}', '{}', '{}',
      'Eén blad over je kind',
      'Maak samen één blad voor school, oppas of de club: dit vind ik leuk, dit helpt me, dit maakt het lastig, zo
      merk je dat het te veel wordt. Laat je kind er iets bij tekenen of zeggen. Dan hoef jij het niet telkens opnieuw
      uit te leggen, en weet een ander meteen waar te beginnen.',
      'One page about your child',
      'Together, make one page for school, a babysitter or a club: this is what I like, this helps me, this makes it
      hard, this is how you can tell it’s too much. Let your child add a drawing or a sentence. You needn’t explain it
      all each time, and others get off to a good start.'
    ),
    (
      'first-this-then-that', 'routines', 2, 9,
      '{special_needs,tantrums,discipline}', '{}', '{}',
      'Eerst dit, dan dat',
      'Teken of plak twee plaatjes naast elkaar: eerst tandenpoetsen, dan het boek. Wijs ze aan en gebruik weinig
      woorden. Is het eerste klaar, draai dat plaatje dan samen om. Twee stappen zijn te overzien, ook op dagen dat
      een heel schema te veel is.',
      'First this, then that',
      'Draw or stick two pictures side by side: first teeth, then the book. Point at them and use few words. When the
      first is done, turn that picture over together. Two steps are manageable, even on days when a whole timetable is
      too much.'
    ),
    (
      'start-from-what-fascinates', 'play', 3, 16,
      '{special_needs,self_confidence,communication}', '{}', '{}',
      'Begin bij wat je kind boeit',
      'Treinen, planeten, liftdeuren: vraag tien minuten door over wat je kind het liefste doet, en laat je het laten
      zien. Niet om er iets van te leren, alleen om mee te genieten. Veel contact begint op het terrein waar je kind
      de expert is.',
      'Start from what fascinates your child',
      'Trains, planets, lift doors: spend ten minutes asking about what your child loves most and have them show you.
      Not to teach anything, just to enjoy it with them. A lot of contact begins on the ground where your child is the
      expert.'
    ),
    (
      'parents-who-know-what-it-is', 'support', null, null,
      '{special_needs,loneliness,exhaustion}', '{high,very_high}', '{}',
      'Ouders die het snappen',
      'Hoe lief iedereen ook is, soms wil je iemand die aan een half woord genoeg heeft. Zoek vandaag één
      oudervereniging, koffieochtend of groep voor ouders van een kind dat op het jouwe lijkt. Je hoeft je nog niet
      voor te stellen; meelezen of luisteren is een begin.',
      'Parents who understand',
      'However kind everyone is, sometimes you want someone who understands without explanations. Today, look up one
      parents’ association, coffee morning or group for parents of a child like yours. You don’t have to introduce
      yourself yet; reading or listening along is a start.'
    ),
    (
      'notebook-for-appointments', 'support', 0, 18,
      '{special_needs,communication,exhaustion}', '{}', '{}',
      'Een schriftje voor afspraken',
      'Schrijf voor een gesprek op school of in het ziekenhuis drie vragen op, de belangrijkste bovenaan. Vraag of je
      mag meeschrijven of iemand mag meenemen. Noteer aan het eind wie wat doet. Zo hoef je niets te onthouden in een
      uur waarin al zo veel op je afkomt.',
      'A notebook for appointments',
      'Before a meeting at school or at the hospital, write down three questions, the most important on top. Ask
      whether you may take notes or bring someone along. At the end, note who does what. You needn’t remember
      everything in an hour when so much comes at you already.'
    ),
    (
      'a-break-from-caring', 'self_care', null, null,
      '{special_needs,exhaustion,guilt}', '{very_high}', '{}',
      'Ook zorgen mag pauze hebben',
      'Je zorgt veel, meer dan de meeste mensen zien. Kies vandaag één iemand die je kind kent en vraag heel precies:
      ‘Kun je zaterdag van twee tot drie komen?’ Vraag ook eens bij gemeente of school wat er aan opvang of logeren
      bestaat. Jij hoeft niet eerst om te vallen.',
      'Caring needs breaks, too',
      'You do a great deal of caring, more than most people see. Today, choose one person who knows your child and ask
      for something very specific: ‘Could you come on Saturday from two till three?’ Ask the council or school as well
      what short breaks there are. You needn’t be on your knees first.'
    ),
    (
      'look-at-the-new-beforehand', 'routines', 3, 15,
      '{special_needs,anxiety,school}', '{}', '{}',
      'Bekijk het nieuwe van tevoren',
      'Komt er iets nieuws, zoals een klas, een reis of de tandarts? Loop er een keer langs, bekijk foto’s of teken
      samen hoe het zal gaan: eerst dit, daarna dat, en dan naar huis. Vertel ook wat je nog niet weet. Minder
      verrassing is vaak meer moed.',
      'Look at the new thing beforehand',
      'Is something new coming, like a class, a journey or the dentist? Walk past it once, look at photos or draw
      together how it will go: first this, then that, and then home. Say what you don’t know yet, too. Less surprise
      often means more courage.'
    ),
    (
      'brothers-and-sisters-may-ask', 'siblings', 4, 15,
      '{special_needs,siblings}', '{}', '{multiple_children}',
      'Ook broers en zussen hebben vragen',
      'Heeft een van je kinderen veel zorg nodig? Neem een ander eens apart en vraag: ‘Wat zou jij willen weten? Wat
      vind jij lastig, en wat fijn?’ Alles mag gezegd worden, ook boos of jaloers. Je hoeft niet overal een antwoord
      op te hebben; dat je het vraagt, telt.',
      'Brothers and sisters have questions, too',
      'Does one of your children need a lot of care? Take another aside and ask: ‘What would you like to know? What’s
      hard for you, and what’s nice?’ Anything can be said, even cross or jealous things. You don’t need every answer;
      that you ask is what counts.'
    )
  ) as written (
    slug, category, min_age, max_age, concerns, stress_levels, experience_levels, title_nl, text_nl, title_en, text_en
  );
