creators-title = Creator
creators-back = ← Creator
creators-new = Neuer Creator
creators-import = Importieren
creators-search = Creator suchen
creators-creator = Creator
creators-status = Status
creators-tier = Stufe
creators-all-tiers = Alle Stufen
creators-tag = Tag
creators-all-tags = Alle Tags
creators-all-but-archived = Alle außer archivierten
creators-clicks = Klicks
creators-orders = Bestellungen
creators-revenue = Umsatz
creators-actions = Aktionen
creators-more-actions = Weitere Aktionen
creators-invite = Einladen
creators-edit = Bearbeiten
creators-links = Links
creators-archive = Archivieren
creators-restore = Wiederherstellen
creators-undo = Rückgängig
creators-save = Speichern
creators-cancel = Abbrechen
creators-add = Creator anlegen
creators-no-match = Kein Creator passt zu diesen Filtern. { $link }
creators-show-all = Alle zeigen
creators-none = Noch keine Creator
creators-none-text = Legen Sie die Menschen an, die Ihre Produkte empfehlen. Alle bekommen eigene Links und eine Seite, die zeigt, was sie verdienen.

# Wie es um die Zusammenarbeit mit einem Creator steht.
creators-active = Aktiv
creators-invited = Eingeladen
creators-paused = Pausiert
creators-archived = Archiviert

# Was getan wurde.
creators-was-created = Creator angelegt. Geben Sie ihm einen Link, und laden Sie ihn zu seiner eigenen Seite ein.
creators-was-saved = Gespeichert.
creators-was-signed-out = Überall abgemeldet.
creators-was-restored = Wieder aktiv.
creators-was-erased = Die personenbezogenen Daten des Creators wurden gelöscht.
creators-was-merged = Zusammengeführt. Alles gehört jetzt diesem Creator.
creators-proof-was-revoked = Widerrufen. Die Seite des Nachweises zeigt keine Zahlen mehr.
creators-was-answered = Antwort zugeordnet. Die Bestellung wird gleich neu gutgeschrieben.
creators-was-archived = Archiviert. Die Links funktionieren weiter und bringen weiter Provision.

# Behauptungen von Browsern, ein Kunde mit einem bestimmten Namen zu sein, denen nicht geglaubt wurde.
creators-claims-of = { $count ->
    [one] In den letzten 30 Tagen wurde 1 Kundenname ignoriert, den ein Besucher dieses Creators angab: Es kamen zu viele in einer Stunde oder von einem Besucher.
   *[other] In den letzten 30 Tagen wurden { $count } Kundennamen ignoriert, die Besucher dieses Creators angaben: Es kamen zu viele in einer Stunde oder von einem Besucher.
}
creators-claims-of-nobody = { $count ->
    [one] In den letzten 30 Tagen wurde 1 Kundenname ignoriert, den ein Besucher ohne Creator angab: Es kamen zu viele in einer Stunde oder von einem Besucher.
   *[other] In den letzten 30 Tagen wurden { $count } Kundennamen ignoriert, die Besucher ohne Creator angaben: Es kamen zu viele in einer Stunde oder von einem Besucher.
}

# Die Seite eines Creators.
creators-no-link = Noch kein Link. { $link }
creators-create-link = Link anlegen
creators-erased = Die personenbezogenen Daten dieses Creators wurden gelöscht. Links, Gutschriften und Provisionsbuchungen bleiben.
creators-accounts = Konten
creators-followers = {" "}· { $count } Follower
creators-handle = Kurzname
creators-tags = Tags
creators-notes = Notizen
creators-promo-code = Rabattcode
creators-partner-code = Partnercode
creators-partner-code-text = Für Affiliate-URLs auf Ihrer eigenen Website, die die Tracking-API verwenden. Klicks zählen für den neuesten aktiven Link des Creators.
creators-added = Angelegt
creators-signed-link = Senden Sie dem Creator diesen Link. Er funktioniert einmal und läuft in 10 Minuten ab: { $link }

# Was kopiert wird, in der Beschriftung der Schaltfläche.
creators-the-sign-in-link = Anmeldelink
creators-the-partner-code = Partnercode

# Was der Creator verdient hat.
creators-balance = Guthaben
creators-payable = Jetzt auszahlbar
creators-held = In der Wartefrist
creators-in-payout = In einer offenen Auszahlung
creators-paid-out = Ausgezahlt
creators-no-commissions = Noch keine Provisionen.
creators-commissions = Provisionen

# Wohin ausgezahlt wird.
creators-payout-details = Auszahlungsweg
creators-payout-unknown = Noch nicht bekannt. Creator, die sich per E-Mail anmelden, geben ihn auf ihrer Seite „Ausgezahlt“ an.
creators-payout-changed-own = Geändert am { $moment } vom Creator
creators-payout-changed = Geändert am { $moment } von Ihrem Team, durch einen Import oder beim Zusammenführen
creators-payout-changed-lately = In den letzten 7 Tagen geändert: Fragen Sie den Creator, bevor Sie zahlen.
creators-payout-hidden = Wohin das Geld geht, sehen nur Inhaber.

# Das Formular, das einen Creator ändert.
creators-profile = Profil
creators-name = Name
creators-name-example = Jessica Styles
creators-handle-example = @jessica_styles
creators-account-example = @name
creators-email = E-Mail
creators-email-hint = Wird nur als Hash gespeichert, um eigene Einkäufe des Creators zu erkennen.
creators-email-keep = Leer lassen, um sie zu behalten. Wird nur als Hash gespeichert, um eigene Einkäufe zu erkennen.
creators-paypal = PayPal-Adresse
creators-paypal-keep = Leer lassen, um den Auszahlungsweg zu behalten. Eine Adresse ersetzt ihn, und wer ihn angegeben hat, wird per E-Mail benachrichtigt.
creators-aliases = Weitere Namen
creators-aliases-hint = Durch Kommas getrennt. Umfrageantworten mit einem dieser Namen gehören zu diesem Creator.
creators-status-hint = Was ein Creator verdient, hängt davon nicht ab.
creators-tags-hint = Durch Kommas getrennt.
creators-keep-tier = Diese Stufe beibehalten
creators-keep-tier-hint = Stufenregeln ändern sie dann nicht.
creators-money = Geld
creators-promo-code-hint = Ein eigener Rabattcode: Mit ihm verdient der Creator auch ohne Link.
creators-notes-hint = Nur für Sie und Ihr Team.

# Der Weg zur eigenen Seite.
creators-own-page = Eigene Seite
creators-own-page-text = Creator sehen ihre Klicks und Conversions, Umsatz aber nur bei Links, die ihn teilen.
creators-may-sign-in = Der Creator kann sich mit seiner E-Mail-Adresse anmelden, von der nur ein Hash gespeichert ist.
creators-invited-until = Eingeladen am { $invited }. Der Link funktioniert bis { $until }
creators-invited-expired = Eingeladen am { $invited }. Der Link funktionierte bis { $until }
creators-send-invitation = Einladung senden
creators-invite-other = Andere Adresse einladen
creators-without-mail = Ohne E-Mail
creators-sign-in-link-text = Ein Anmeldelink, den Sie selbst senden, funktioniert einmal und läuft nach 10 Minuten ab.
creators-sign-in-link-owners = Einen Link zur Seite eines Creators können nur Inhaber erstellen.
creators-create-sign-in-link = Anmeldelink erstellen
creators-sign-out = Abmelden …
creators-sign-out-text = Die Sitzungen des Creators enden hier in jedem Browser, und noch nicht benutzte Links funktionieren nicht mehr.
creators-sign-out-everywhere = Überall abmelden

# Umfrageantworten.
creators-answers = Umfrageantworten, die diesen Creator meinen könnten
creators-answer = „{ $answer }“
creators-credit-answer = Diesem Creator gutschreiben
creators-more-answers = { $count } weitere: { $link }
creators-all-answers = Alle Antworten prüfen

# Ein Duplikat zusammenführen.
creators-merge = Duplikat zusammenführen
creators-merge-text = Wenn dieselbe Person zweimal angelegt wurde: Links, Bestellungen, Provisionen und Namen des anderen Eintrags gehen auf diesen Creator über.
creators-alike = Gleicher Name oder gleiche E-Mail-Adresse:
creators-compare = Vergleichen
creators-duplicate = Duplikat
creators-choose = Creator wählen
creators-preview = Zeigen, was sich ändern würde
creators-would-change = Was sich ändern würde
creators-merge-nothing = Es gibt nichts zu übernehmen.
creators-merge-gets = { $into } bekommt von { $from } (@{ $handle }):
creators-merge-links = { $count ->
    [one] 1 Link
   *[other] { $count } Links
}
creators-merge-orders = { $count ->
    [one] 1 gutgeschriebene Bestellung
   *[other] { $count } gutgeschriebene Bestellungen
}
creators-merge-ledger = { $count ->
    [one] 1 Provisionsbuchung
   *[other] { $count } Provisionsbuchungen
}
creators-merge-answers = { $count ->
    [one] 1 Umfrageantwort
   *[other] { $count } Umfrageantworten
}
creators-merge-items = { $count ->
    [one] 1 Kooperation, Drop oder Beitrag
   *[other] { $count } Kooperationen, Drops und Beiträge
}
creators-merge-aliases = als weitere Namen: { $names }
creators-merge-code = den Rabattcode { $code }
creators-merge-payout = die Auszahlungsdaten
creators-merge-afterwards = Danach gibt es { $from } nicht mehr, und alle Sitzungen dort enden; die Affiliate-URLs führen dann zu { $into }. Beträge bleiben, wie sie sind; Bestellungen, die neu gutgeschrieben werden, bringen Provision nach der Stufe und den Regeln von { $into }. Das lässt sich nicht rückgängig machen.
creators-merge-obstacles = Vor dem Zusammenführen zu erledigen:
creators-merge-now = Jetzt zusammenführen

# Die Daten eines Creators löschen.
creators-erase-title = Personenbezogene Daten löschen
creators-erase-stays = Links, Gutschriften und Provisionsbuchungen bleiben.
creators-erase = Löschen …
creators-erase-text = Name, Kurzname, weitere Namen, Konten, Notizen, E-Mail-Hash, Auszahlungsdaten und Partnercode werden gelöscht, und der Creator wird abgemeldet.
creators-erase-understood = Mir ist klar, dass sich das nicht rückgängig machen lässt
creators-erase-submit = Creator löschen
