# Wie Varianten der Domäne heißen.

words-first-touch = Erster Kontakt
words-last-touch = Letzter Kontakt
words-linear = Linear
words-position-based = Positionsbasiert
words-time-decay = Zeitverfall
# Dasselbe in einem Satz.
words-inline-first-touch = erster Kontakt
words-inline-last-touch = letzter Kontakt
words-inline-linear = linear
words-inline-position-based = positionsbasiert
words-inline-time-decay = Zeitverfall

words-sponsored-post = Gesponserter Beitrag
words-story = Story
words-reel = Reel
words-video = Video
words-bio-link = Bio-Link
words-affiliate = Affiliate

# Wie ein Creator bezahlt wird.
words-paid-by-paypal = PayPal
words-paid-by-bank = Überweisung
words-paid-by-wise = Wise
words-paid-by-other = Ein anderer Weg

# Warum eine Bestellung niemandem gutgeschrieben ist.
words-unassigned-disputed = Mehrere Besucher beanspruchen die Bestellung
words-unassigned-not-proven = Der Hinweis ist nicht nachgewiesen
words-unassigned-no-link = Der Creator hat keinen Link
words-unassigned-link-deleted = Der Link des Codes wurde gelöscht
words-unassigned-self-referral = Der Creator ist der Käufer
words-unassigned-outside-window = Der Besuch ist zu lange her
words-unassigned-after-order = Der Besuch kam nach der Bestellung
words-unassigned-unknown-code = Kein Link hat den Code
words-unassigned-bot = Der Besuch war von einem Bot
words-unassigned-no-evidence = Kein Creator beteiligt

# Warum ein Hinweis nicht zählt, nach „Nicht gezählt:“.
words-refused-outside-window = er ist älter als das Rückblickfenster
words-refused-after-order = er kam nach der Bestellung
words-refused-bot = er stammt von einem Bot oder einer Linkvorschau
words-refused-self-email = der Creator ist der Käufer: beide haben dieselbe E-Mail-Adresse
words-refused-self-payout = der Creator ist der Käufer: die Bestellung hat die Auszahlungsadresse des Creators
words-refused-self-customer = der Creator ist der Käufer: derselbe Kunde oder Browser hat auch mit der Adresse des Creators bestellt
words-refused-self-visitor = der Creator ist der Käufer: derselbe Browser war als der Creator angemeldet
words-refused-unknown-code = kein Link dieser Marke hat diesen Code
words-refused-no-link = der Creator hat noch keinen Link: legen Sie einen an, und berechnen Sie dann die Bestellungen neu
words-refused-link-deleted = der Link mit diesem Rabattcode wurde vor der Bestellung gelöscht
words-refused-disputed = mehrere Besucher beanspruchen diese Bestellung, deshalb entscheidet ein Mensch
words-refused-not-proven = er ist nicht nachgewiesen, ein anderer Hinweis schon

# Was nicht gefunden wurde, in einem Satz.
words-noun-address = Adresse
words-noun-answer = Antwort
words-noun-brand = Marke
words-noun-campaign = Kampagne
words-noun-click = Klick
words-noun-commission = Provision
words-noun-conversion = Conversion
words-noun-creator = Creator
words-noun-creator-campaign-or-link = Creator, Kampagne oder Link
words-noun-customer = Kunde
words-noun-delivery = Zustellung
words-noun-event = Ereignis
words-noun-export = Export
words-noun-file = Datei
words-noun-import = Import
words-noun-integration = Integration
words-noun-invitation = Einladung
words-noun-job = Auftrag
words-noun-key = Schlüssel
words-noun-link = Link
words-noun-manual-credit = Gutschrift von Hand
words-noun-member = Mitglied
words-noun-milestone = Meilenstein
words-noun-model-run = Modellberechnung
words-noun-order = Bestellung
words-noun-payout = Auszahlung
words-noun-policy = Richtlinie
words-noun-proof = Nachweis
words-noun-qr-code = QR-Code
words-noun-reason = Grund
words-noun-question = Frage
words-noun-rule = Regel
words-noun-sale = Verkauf
words-noun-session = Sitzung
words-noun-shop = Shop
words-noun-tier = Stufe
words-noun-webhook-endpoint = Webhook-Endpunkt
words-noun-webhook-tester = Webhook-Tester

# Wer etwas tat, nach „von“.
words-actor-rules = Ihren Regeln
words-actor-operator = der Kommandozeile
words-actor-member = einem Teammitglied
words-actor-admin = einem Nutzer Ihres Shopify-Admins
words-actor-key = einem API-Schlüssel

# Gründe von Buchungen.
words-reason-percent = { $percent } % von { $amount }
words-reason-fixed = { $amount } je Bestellung
words-reason-bonus = { $reason } und { $amount } für einen neuen Kunden
words-reason-cap = { $reason }, höchstens { $amount }
words-reason-other-currency = der Höchstbetrag der Regel ist in einer anderen Währung
words-reason-nothing = die Bestellung bringt nichts mehr ein
