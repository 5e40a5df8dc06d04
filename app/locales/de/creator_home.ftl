creator_home-hello = Hallo, { $name }
creator_home-your-links = Ihre Links in den letzten { $days } Tagen
creator_home-all-links = Alle Links
creator_home-recent = Neueste Verkäufe
creator_home-all-sales = Alle Verkäufe
creator_home-show-table = Als Tabelle zeigen

# Was verdient wurde.
creator_home-intro = Ihre Links, Verkäufe und Einnahmen bei { $brand }.
creator_home-earnings = Einnahmen
creator_home-private = Einnahmen aus Links, deren Umsatz Ihre Marke nicht teilt, erscheinen hier, sobald sie ausgezahlt sind.
creator_home-all-private = Ihre Marke teilt den Umsatz Ihrer Links nicht.
creator_home-none-shown = Noch keine Einnahmen aus Links, deren Umsatz für dich sichtbar ist.
creator_home-nothing-earned = Noch keine Einnahmen. Teilen Sie einen Link: Klicks erscheinen sofort, Einnahmen mit den Bestellungen.
creator_home-earned = { $amount } verdient
creator_home-payable = { $amount } auszahlbar
creator_home-paid = { $amount } ausgezahlt
creator_home-held = { $amount } in der Wartefrist
creator_home-held-until = { $amount } in der Wartefrist; der erste Teil wird am { $day } auszahlbar
creator_home-no-commissions = Noch keine Provisionen.
creator_home-currency = Währung
creator_home-column-held = In der Wartefrist
creator_home-column-payable = Auszahlbar
creator_home-column-paid = Ausgezahlt
creator_home-milestone-orders = { $orders } Bestellungen, erreicht am { $day }
creator_home-milestone-revenue = { $amount } geteilter Umsatz, erreicht am { $day }
creator_home-milestones = Meilensteine

# Das Diagramm der Einnahmen.
creator_home-chart = Einnahmen nach Tag des Verkaufs
creator_home-chart-summary = { $total } aus geteilten Links in den letzten { $days } Tagen
creator_home-chart-bar = { $day }: { $amount }
creator_home-chart-table = Einnahmen nach Tagen
creator_home-day = Tag
creator_home-earned-column = Verdient

# Links.
creator_home-links = Links
creator_home-clicks = Klicks
creator_home-unique-clicks = Eindeutige Klicks
creator_home-orders = Bestellungen
creator_home-revenue = Umsatz
creator_home-revenue-note = aus Links, die ihn teilen
creator_home-no-links = Noch keine Links
creator_home-no-links-text = Ihre Marke legt Ihre Links an. Sie erscheinen hier, fertig zum Teilen.
creator_home-qr = QR-Code
creator_home-qr-of = QR-Code von { $address }
creator_home-this-link = Diesen Link
creator_home-share = Teilen
creator_home-share-what = { $title } teilen
creator_home-code = Code { $code }
creator_home-archived = Dieser Link wurde archiviert. Seine Zahlen bleiben.
creator_home-without-link = Ohne Link
creator_home-without-link-text = Verkäufe durch Ihren Code, durch Ihren Namen in einer Umfrage, oder von der Marke gutgeschrieben.
creator_home-click-count = { $count ->
    [one] 1 Klick
   *[other] { $count } Klicks
}
creator_home-order-count = { $count ->
    [one] 1 Bestellung
   *[other] { $count } Bestellungen
}
creator_home-link-revenue = { $amount } Umsatz
creator_home-not-shared = Umsatz nicht geteilt

# Was ausgezahlt wurde.
creator_home-paid-title = Ausgezahlt
creator_home-payouts = Auszahlungen
creator_home-paid-on = Ausgezahlt am
creator_home-amount = Betrag
creator_home-reference = Referenz
creator_home-no-payouts = Noch keine Auszahlungen. Ihr auszahlbares Guthaben kommt in die nächste Auszahlung Ihrer Marke.

# Verkäufe.
creator_home-sales = Verkäufe
creator_home-sales-text = Jeder Verkauf, der über Ihre Links kam, und ob er Ihnen gutgeschrieben ist.
creator_home-older = Ältere Verkäufe →
creator_home-newest = ← Neueste
creator_home-pages = Seiten der Verkäufe
creator_home-asked = Ihre Frage wurde gesendet. Die Antwort erscheint neben dem Verkauf.
creator_home-no-sales = Noch keine Verkäufe
creator_home-no-sales-text = Wenn jemand über Ihren Link oder mit Ihrem Code kauft, erscheint der Verkauf hier, mit dem Grund, aus dem er zählt.
creator_home-of-sales = von { $amount } Umsatz
creator_home-amount-private = Betrag nicht geteilt
creator_home-cancelled = Storniert
creator_home-credited = Gutgeschrieben
creator_home-not-credited = Nicht gutgeschrieben
creator_home-waiting = Wartet auf eine Antwort.
creator_home-you = Sie
creator_home-ask = Dazu fragen
creator_home-question = Ihre Frage
creator_home-question-hint = Ihre Marke sieht sie neben der Bestellung und antwortet hier.
creator_home-send = Frage senden

# Warum ein Verkauf gutgeschrieben ist, oder warum nicht.
creator_home-why-manual = Ihnen gutgeschrieben von der Marke.
creator_home-why-promo = Ihnen gutgeschrieben: Ihr Code wurde verwendet.
creator_home-why-visit = Ihnen gutgeschrieben: Der Käufer kam über Ihren Link.
creator_home-why-survey = Ihnen gutgeschrieben: Der Käufer hat Sie in einer Umfrage genannt.
creator_home-why-shared = Ihnen teilweise gutgeschrieben: Auch andere haben zu diesem Verkauf geführt. Das Modell der Marke ist „{ $model }“.
creator_home-why-other-manual = Ihnen nicht gutgeschrieben: Die Marke hat entschieden, dass er jemand anderem gehört.
creator_home-why-other-promo = Ihnen nicht gutgeschrieben: Der Rabattcode von jemand anderem wurde verwendet. Bei dieser Marke zählt ein Code mehr als { $own }.
creator_home-why-other = Ihnen nicht gutgeschrieben: Auf jemand anderen verwies { $by }. Bei dieser Marke zählt das mehr als { $own }.
creator_home-why-last = Ihnen nicht gutgeschrieben: Der Käufer kam später über den Link von jemand anderem, und der letzte zählt.
creator_home-why-first = Ihnen nicht gutgeschrieben: Der Käufer kam zuerst über den Link von jemand anderem, und der erste zählt.
creator_home-why-model = Ihnen nicht gutgeschrieben: Das Modell der Marke, „{ $model }“, schreibt ihn anderen gut.
creator_home-why-nobody = Niemandem gutgeschrieben.
creator_home-way-manual = die eigene Entscheidung der Marke
creator_home-way-promo = ein Rabattcode
creator_home-way-visit = ein Besuch über einen Link
creator_home-way-survey = eine Antwort in einer Umfrage

# Umsatznachweise.
creator_home-proofs = Umsatznachweise
creator_home-proofs-lead = Zeigen Sie jedem, was Sie verkauft haben, ohne Screenshot: mit einer signierten Seite, die sich prüfen lässt.
creator_home-proof-issued = Ihr Nachweis ist fertig. Teilen Sie seine Adresse.
creator_home-proof-withdrawn = Zurückgezogen. Die Seite zeigt keine Zahlen mehr.
creator_home-proofs-no-links = Sobald Sie Links haben, deren Umsatz Ihre Marke mit Ihnen teilt, können Sie nachweisen, was Sie verkauft haben.
creator_home-proofs-private = Ihre Marke teilt den Umsatz Ihrer Links nicht. Bitten Sie sie, einen zu teilen: Dann können Sie nachweisen, was Sie verkauft haben.
creator_home-new-proof = Neuer Nachweis
creator_home-new-proof-text = Er nennt die Klicks, Bestellungen und den Umsatz Ihrer geteilten Links in einem Zeitraum. Nicht geteilte Links fehlen darin.
creator_home-first-day = Erster Tag
creator_home-last-day = Letzter Tag
creator_home-last-day-hint = Gestern oder früher: Die Zahlen von heute sind nicht endgültig.
creator_home-create-proof = Nachweis erstellen
creator_home-state-valid = Gültig
creator_home-state-superseded = Überholt
creator_home-state-withdrawn-by-brand = Von der Marke zurückgezogen
creator_home-state-withdrawn = Zurückgezogen
creator_home-proof-changed = Die Zahlen haben sich seitdem geändert, zum Beispiel durch Erstattungen. Heute: { $figures }.
creator_home-renew = Nachweis mit den Zahlen von heute erstellen
creator_home-withdraw-text = Die Seite zeigt dann keine Zahlen mehr. Dateien, die andere heruntergeladen haben, bleiben lesbar.
creator_home-withdraw = Zurückziehen
creator_home-withdraw-proof = Nachweis zurückziehen
creator_home-open = Öffnen
creator_home-proof-address = Die Adresse dieses Nachweises
creator_home-proof-title = Umsatznachweis
creator_home-share-proof = Diesen Nachweis teilen
creator_home-proofs-standing = { $count ->
    [0] Zeigen Sie jedem, was Sie verkauft haben: mit einer signierten Seite, die sich prüfen lässt.
    [one] Sie haben einen Nachweis, den andere prüfen können.
   *[other] Sie haben { $count } Nachweise, die andere prüfen können.
}
creator_home-proofs-superseded = Die Zahlen mancher Nachweise haben sich seitdem geändert. Sehen Sie sie sich an, und erneuern Sie sie.
creator_home-details-saved = Gespeichert: Ihre nächste Auszahlung geht dorthin.

# Woraus eine Auszahlung besteht.
creator_home-payout = Auszahlung
creator_home-payout-back = ← Ausgezahlt
creator_home-payout-on = Ausgezahlt am { $day }
creator_home-payout-reference = {" "}· Referenz { $reference }
creator_home-payout-lines-title = Woraus sie besteht
creator_home-payout-lines = Buchungen dieser Auszahlung
creator_home-payout-what = Was
creator_home-payout-day = Am
creator_home-payout-sale = Verkauf
creator_home-payout-sale-reversed = Verkauf, der erstattet oder neu gutgeschrieben wurde
creator_home-payout-sale-changed = Verkauf, von Ihrer Marke geändert
creator_home-payout-adjustment = Anpassung durch Ihre Marke
creator_home-payout-unshared = Verkäufe, deren Umsatz Ihre Marke nicht teilt, zusammen

# Wie der Creator bezahlt wird.
creator_home-details = Wie Sie bezahlt werden
creator_home-details-unknown = { $brand } weiß noch nicht, wohin Ihre Auszahlungen gehen sollen.
creator_home-details-changed = geändert am { $moment }
creator_home-details-in-note = wie in Ihrer Notiz beschrieben
creator_home-details-by-link = Um das zu ändern, melden Sie sich mit Ihrer E-Mail-Adresse an: Ein Link Ihrer Marke zeigt nicht, wer Sie sind. Wenn Sie noch keine Einladung haben, bitten Sie Ihre Marke um eine.
creator_home-details-change = Ändern
creator_home-details-first = Angeben, wohin
creator_home-details-method = Auszahlungsweg
creator_home-details-method-hint = Füllen Sie nur die Felder dieses Weges aus.
creator_home-details-email = E-Mail-Adresse
creator_home-details-email-hint = Die Ihres PayPal- oder Wise-Kontos.
creator_home-details-holder = Kontoinhaber
creator_home-details-account = IBAN oder Kontonummer
creator_home-details-for-bank = Für eine Überweisung.
creator_home-details-routing = Bankleitzahl
creator_home-details-routing-hint = Routing Number, Sort Code oder BSB-Nummer: für ein Konto ohne IBAN.
creator_home-details-note = Notiz
creator_home-details-note-hint = Für einen anderen Weg: was Ihre Marke wissen muss.
creator_home-details-privacy = Wird verschlüsselt gespeichert und nur den Inhabern dieser Marke gezeigt. Wer es vorher angegeben hat, bekommt eine E-Mail.
creator_home-details-save = Speichern
creator_home-state = Status
creator_home-every-state = Jeder Status
creator_home-link = Link
creator_home-placed = Bestellt
creator_home-reason = Warum
creator_home-earned-amount = Verdient
creator_home-no-such-sale = Kein Verkauf passt zu dieser Auswahl.
creator_home-none-among-these = Keiner der bisher durchsuchten Verkäufe passt. Ältere wurden noch nicht durchsucht.
