orders-title = Bestellungen
orders-search = Nach Bestellung oder Kunde suchen
orders-csv-note = Die CSV-Datei enthält, was diese Liste zeigt, höchstens { $count } Bestellungen.
orders-erased = Die Daten des Kunden wurden gelöscht. Die Beträge und Gutschriften der Bestellungen bleiben.
orders-left-out = Weitere Bestellungen fehlen: Diese Datei fasst { $count }. Wählen Sie einen Zeitraum.
orders-no-match = Dazu passt keine Bestellung. { $all }
orders-show-all = Alle Bestellungen zeigen
orders-empty = Noch keine Bestellungen
orders-empty-text = Die Bestellungen Ihres Shops erscheinen hier automatisch, mit dem Creator, dem sie gutgeschrieben sind, oder mit dem Grund, warum sie niemandem gutgeschrieben sind.
orders-empty-action = Ansehen, was verbunden ist

# Filter.
orders-show = Anzeigen
orders-all = Alle Bestellungen
orders-creator = Creator
orders-all-creators = Alle Creator
orders-campaign = Kampagne
orders-all-campaigns = Alle Kampagnen
orders-link = Link
orders-all-links = Alle Links
orders-from = Von
orders-to = Bis
orders-source = Quelle
orders-all-sources = Alle Quellen
orders-period = Zeitraum
orders-all-time = Gesamter Zeitraum
orders-last-7-days = Letzte 7 Tage
orders-last-30-days = Letzte 30 Tage
orders-last-90-days = Letzte 90 Tage
orders-last-365-days = Letzte 365 Tage
orders-credited = Gutgeschrieben
orders-unassigned = Nicht zugeordnet
orders-unassigned-because = Nicht zugeordnet: { $reason }
orders-review = Zu prüfen
orders-refunded = Mit Erstattung

# Wer eine Bestellung gemeldet hat.
orders-source-shopify = Shopify
orders-source-api = Ihr Backend
orders-source-browser = Ein Browser
orders-reported-shopify = Gemeldet von Shopify
orders-reported-api = Gemeldet von Ihrem Backend
orders-reported-browser = Gemeldet von einem Browser

# Spalten und Zellen.
orders-order = Bestellung
orders-when = Zeitpunkt
orders-net-revenue = Nettoumsatz
orders-credited-to = Gutschrift
orders-evidence = Hinweise
orders-status = Status
orders-not-proven = Nicht nachgewiesen
orders-without-creator = Link ohne Creator
orders-being-calculated = Wird berechnet

# Eine Bestellung.
orders-back = ← Bestellungen
orders-customer = Kunde ansehen
orders-undo = Rückgängig
orders-given = Gutgeschrieben. Die Bestellung wird neu berechnet.
orders-removed = Entfernt. Jetzt entscheiden wieder die Hinweise.
orders-answered = Beantwortet. Der Creator sieht die Antwort neben dem Verkauf.
orders-approved = Freigegeben. Die Provision ist nach der Wartefrist auszahlbar.
orders-give = Von Hand gutschreiben
orders-give-other = Jemand anderem gutschreiben
orders-give-to = Gutschrift für
orders-give-to-hint = Ein Creator oder einer seiner Links.
orders-choose = Auswählen
orders-reason = Grund
orders-reason-example = Steht in einer E-Mail an uns
orders-reason-hint = Er bleibt bei der Bestellung gespeichert.
orders-give-submit = Gutschreiben
orders-remove = Gutschrift von Hand entfernen
orders-all-evidence = Alle Hinweise ({ $count })
orders-what-was-found = Was gefunden wurde
orders-result = Ergebnis
orders-confidence = Sicherheit { $percent }{"\u00A0"}%
orders-no-evidence = Es wurden keine Hinweise gefunden.

# Die Entscheidung.
orders-verdict = Entscheidung
orders-calculating = Die Bestellung ist eingegangen und wird berechnet.
orders-note-test = Das ist eine Testbestellung: Sie wird gespeichert, zählt aber nirgends.
orders-note-erased = Die Daten des Käufers wurden gelöscht: Die frühere Entscheidung bleibt, nur die Beträge werden aktualisiert.
orders-note-repeat = Das ist derselbe Verkauf wie die Bestellung { $order } des Shops, die stattdessen zählt.
orders-note-cancelled = Die Bestellung wurde storniert, ihr Umsatz ist null.
orders-note-refunded = { $refunded } von { $total } wurden erstattet: { $net } zählen.
orders-review-refund = Zu prüfen: Bei einer Erstattung von Positionen wurde zusätzlich ein eigener Betrag erstattet oder einbehalten, den der Gesamtbetrag der Bestellung nicht berücksichtigt. Vergleichen Sie die Zahlen mit denen von Shopify.
orders-review-repeat = Zu prüfen: Das ist vielleicht derselbe Verkauf wie die Bestellung { $order }, und beide zählen. Wenn ja, erstatten Sie die Bestellung, die Ihr Backend gemeldet hat.
orders-approval = Die Provision braucht Ihre Freigabe, weil der Hinweis nicht nachgewiesen ist. Geben Sie sie frei, wenn Sie ihm vertrauen.
orders-approve = Gutschrift und Provision freigeben
# $creator ist hervorgehoben.
orders-gets = { $creator } bekommt { $amount } gutgeschrieben
orders-commission-none = Es bleibt keine Provision.
orders-commission-waits = Provision { $amount }, die auf Ihre Freigabe wartet.
orders-commission-in-payout = Provision { $amount }, in einer Auszahlung enthalten.
orders-commission-payable = Provision { $amount }, ab { $day } auszahlbar.
orders-strength-unproven = nicht nachgewiesen: nur ein Browser meldet es
orders-strength-one = eine Art von Hinweis
orders-strength-two = zwei Arten von Hinweisen stimmen überein
orders-strength-three = drei Arten von Hinweisen stimmen überein
orders-strength-many = viele Arten von Hinweisen stimmen überein
orders-does-not-count = Diese Bestellung zählt nicht.
orders-no-visitor = Dieser Bestellung ließ sich kein Browser zuordnen, deshalb sind ihre Klicks nicht bekannt. { $pixel }.
orders-no-visitor-pixel = Prüfen, ob das Pixel installiert ist
orders-looked-for = Wonach gesucht wurde
# $what ist hervorgehoben.
orders-looked = { $what }: { $result }
orders-looked-manual = Gutschrift von Hand
orders-looked-promo = Rabattcodes von Links
orders-looked-click = Klicks der Besucher dieser Bestellung
orders-looked-cart = Code eines Links im Warenkorb
orders-looked-landing = Code eines Links auf der Landingpage
orders-looked-survey = Umfrageantworten
orders-found-none = nichts gefunden
orders-found-not-counted = { $found } gefunden, nicht gezählt
orders-found-counted = { $found } gefunden, { $counted } gezählt

# Die Bestellung ist niemandem gutgeschrieben. $nobody ist hervorgehoben.
orders-nobody-gets = { $nobody } bekommt die Bestellung gutgeschrieben: { $reason }
orders-nobody = Niemand
orders-why-disputed = Mehrere Besucher beanspruchen sie
orders-why-not-proven = Der Hinweis ist nicht nachgewiesen
orders-why-no-link = Der Creator hat keinen Link
orders-why-link-deleted = Der Link des Codes wurde gelöscht
orders-why-self-referral = Der Creator ist der Käufer
orders-why-outside-window = Der Besuch ist zu lange her
orders-why-after-order = Der Besuch kam nach der Bestellung
orders-why-unknown-code = Kein Link hat den Code
orders-why-bot = Der Besuch war von einem Bot
orders-why-no-evidence = Kein Creator war beteiligt
# Was man tun kann.
orders-advice-disputed = Mehrere Browser beanspruchen diese Bestellung, deshalb entscheidet keiner von ihnen über die Gutschrift. Sehen Sie sich die Hinweise an, und schreiben Sie die Bestellung von Hand gut, wenn Sie wissen, wer den Käufer geschickt hat.
orders-advice-not-proven = Etwas deutet auf einen Creator hin, aber nichts weist es nach. Sehen Sie sich die Hinweise an, und schreiben Sie die Bestellung von Hand gut, wenn Sie sie für richtig halten.
orders-advice-no-link = Der Käufer hat einen Creator genannt, der keinen Link hat, dem sie gutgeschrieben werden könnte. Schreiben Sie die Bestellung von Hand gut, wenn der Creator sie verdient hat.
orders-advice-link-deleted = Der Rabattcode gehörte zu einem Link, der vor der Bestellung gelöscht wurde. Schreiben Sie die Bestellung von Hand gut, wenn der Creator sie trotzdem verdient hat.
orders-advice-self-referral = Der Creator ist der Käufer, und Creator verdienen nichts an ihren eigenen Einkäufen. Schreiben Sie die Bestellung von Hand gut, wenn Sie das anders sehen.
orders-advice-outside-window = Der Käufer kam zu lange vor der Bestellung über einen Link. Sie können das Rückblickfenster in den Einstellungen verlängern oder die Bestellung von Hand gutschreiben.
orders-advice-after-order = Der Käufer kam erst nach dem Kauf über einen Link. Sie müssen nichts tun.
orders-advice-unknown-code = Die Bestellung enthält einen Code, den keiner Ihrer Links hat. Vielleicht wurde ein Link mit einem Fehler darin geteilt.
orders-advice-bot = Die einzigen Besuche über einen Link kamen von Bots und Linkvorschauen. Sie müssen nichts tun.
orders-advice-no-evidence = Nichts führt von dieser Bestellung zu einem Creator. Wenn Sie es besser wissen, schreiben Sie die Bestellung von Hand gut.

# Was ein Hinweis ist. $link ist, was über den Link bekannt ist ($known): seine Adresse, sein Code, oder nichts.
orders-piece-click = { $known ->
    [address] Der Käufer hat auf { $link } geklickt
    [code] Der Käufer hat auf einen Link mit dem Code { $link } geklickt
   *[nothing] Der Käufer hat auf einen Link geklickt
}
orders-piece-cart = { $known ->
    [address] Der Warenkorb enthält den Code von { $link }
    [code] Der Warenkorb enthält den Code { $link } eines Links
   *[nothing] Der Warenkorb enthält den Code eines Links
}
orders-piece-landing = { $known ->
    [address] Der Käufer kam von { $link } in den Shop
    [code] Der Käufer kam von einem Link mit dem Code { $link } in den Shop
   *[nothing] Der Käufer kam von einem Link in den Shop
}
orders-piece-promo = Der Käufer hat den Rabattcode { $code } verwendet
orders-piece-survey = Der Käufer hat in der Umfrage mit „{ $answer }“ geantwortet
orders-piece-survey-matched = Der Käufer hat in der Umfrage mit „{ $answer }“ geantwortet; die Antwort wurde von Hand zugeordnet
orders-piece-manual = Von Hand gutgeschrieben: „{ $reason }“

# Warum ein Creator die Gutschrift bekommt. $which ist aus der nächsten Gruppe.
orders-because-click = Grund: Der Käufer hat auf den Link geklickt – { $which }.
orders-because-cart = Grund: Der Warenkorb enthält den Code des Links – { $which }.
orders-because-landing = Grund: Der Käufer kam über den Link in den Shop – { $which }.
orders-because-promo = Grund: Der Käufer hat den Rabattcode { $code } verwendet.
orders-because-survey = Grund: Der Käufer hat den Creator in der Umfrage genannt: „{ $answer }“.
orders-because-survey-matched = Grund: Der Käufer hat den Creator in der Umfrage genannt: „{ $answer }“, von einem Menschen zugeordnet.
orders-because-manual = Grund: Von Hand gutgeschrieben: „{ $reason }“.
# Welcher der Kontakte es ist.
orders-touch-only = { $days ->
    [one] der einzige Kontakt innerhalb eines Tages
   *[other] der einzige Kontakt innerhalb von { $days } Tagen
}
orders-touch-first = { $days ->
    [one] der erste von { $touches } Kontakten innerhalb eines Tages
   *[other] der erste von { $touches } Kontakten innerhalb von { $days } Tagen
}
orders-touch-last = { $days ->
    [one] der letzte von { $touches } Kontakten innerhalb eines Tages
   *[other] der letzte von { $touches } Kontakten innerhalb von { $days } Tagen
}
orders-touch-linear = { $days ->
    [one] einer von { $touches } Kontakten innerhalb eines Tages, die sich die Gutschrift gleichmäßig teilen
   *[other] einer von { $touches } Kontakten innerhalb von { $days } Tagen, die sich die Gutschrift gleichmäßig teilen
}
orders-touch-position = { $days ->
    [one] einer von { $touches } Kontakten innerhalb eines Tages, von denen der erste und der letzte am meisten bekommen
   *[other] einer von { $touches } Kontakten innerhalb von { $days } Tagen, von denen der erste und der letzte am meisten bekommen
}
orders-touch-decay = { $days ->
    [one] einer von { $touches } Kontakten innerhalb eines Tages, von denen spätere mehr bekommen
   *[other] einer von { $touches } Kontakten innerhalb von { $days } Tagen, von denen spätere mehr bekommen
}

# Die Richtlinie, und die Arten von Hinweisen in ihrer Reihenfolge.
orders-class-manual = Gutschriften von Hand
orders-class-promo = Rabattcodes
orders-class-visit = Links
orders-class-survey = Umfrageantworten
orders-then = { $first }, dann { $second }
orders-policy = { $days ->
    [one] Entschieden nach Version { $version } Ihrer Richtlinie: { $order }; Modell „{ $model }“; Kontakte des letzten Tages.
   *[other] Entschieden nach Version { $version } Ihrer Richtlinie: { $order }; Modell „{ $model }“; Kontakte der letzten { $days } Tage.
}
orders-conflict-class = Andere Hinweise führen zu einem anderen Creator. Ihre Richtlinie stuft { $class } höher ein.
orders-conflict-model = Auch andere hatten einen Anteil. Das Modell Ihrer Richtlinie ist „{ $model }“.

# Die Zeitleiste.
orders-timeline = Zeitleiste
orders-journey = Der Weg des Käufers
orders-timeline-label = Zeitleiste vom ersten Kontakt bis zur Bestellung: { $creators }. Die Tabelle aller Hinweise sagt dasselbe.
orders-timeline-ringed = mit Ring: bekommt die Gutschrift
orders-timeline-hollow = hohl: zählt nicht
orders-timeline-earlier = Früher
orders-timeline-later = Später

# Andere Modelle.
orders-models = Mit einem anderen Modell
orders-models-same = Jedes Modell ergibt dasselbe: Es zählen nur Kontakte eines einzigen Creators.
orders-models-own = Auch Ihre Richtlinie verwendet „{ $model }“, aber nur innerhalb der Art von Hinweisen, die sie am höchsten einstuft. Die Modelle unten verteilen die Bestellung auf alle Kontakte.
orders-models-policy = Ihre Richtlinie
orders-models-yours = Ihres

# Beträge.
orders-amounts = Beträge
orders-total = Gesamtbetrag
orders-refunded-at = Erstattet am { $when }
orders-cancelled-at = Storniert am { $when }
orders-goods = Waren, ohne Steuern und Versand
orders-item = Artikel { $number }
orders-gift-card = Geschenkgutschein (Artikel { $number })
orders-items = { $count } Artikel
orders-customer-first = die erste Bestellung des Kunden
orders-customer-returning = ein wiederkehrender Kunde

# Die Provision.
orders-commission = Provision
orders-ledger = Provision dieser Bestellung
orders-ledger-what = Vorgang
orders-ledger-amount = Betrag
orders-ledger-state = Status
orders-entry-accrual = Provision für { $creator }
orders-entry-reversal = Rückbuchung bei { $creator }
orders-entry-adjustment = Anpassung für { $creator }
orders-entry-payout = Auszahlung an { $creator }
orders-state-in-payout = In einer Auszahlung
orders-state-waits = Wartet auf Freigabe
orders-state-payable = Auszahlbar ab { $day }
orders-ledger-empty-test = Testbestellungen bringen keine Provision. { $rules }
orders-ledger-empty = Diese Bestellung hat keine Provision gebracht. Wer wie viel verdient, legen die Provisionsregeln fest. { $rules }
orders-see-rules = Regeln ansehen

# Fragen der Creator.
orders-questions = Fragen der Creator
orders-you = Sie
orders-answer-field = Die Antwort
orders-answer-hint = Der Creator liest sie neben dem Verkauf.
orders-answer-send = Antwort senden
orders-answer = Antworten
orders-answer-again = Erneut antworten
