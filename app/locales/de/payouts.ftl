payouts-title = Auszahlungen
payouts-balances = Guthaben
payouts-so-far = Bisherige Auszahlungen
payouts-creator = Creator
payouts-creators = Creator
payouts-former-creator = Ein ehemaliger Creator
payouts-amount = Betrag
payouts-paid-by = Auszahlungsweg
payouts-no-details = Keine Angaben

# Was fällig ist.
payouts-nothing-earned = Noch kein Creator hat etwas verdient
payouts-nothing-earned-text = Sobald Sie eine Provisionsregel anlegen, zeigt diese Seite, was welchem Creator zusteht, und Sie zahlen alles auf einmal aus.
payouts-see-rules = Zu den Regeln
payouts-available-for-payout = Zur Auszahlung verfügbar
payouts-for-creators = { $count ->
    [one] für 1 Creator
   *[other] für { $count } Creator
}
payouts-without-details = { $count ->
    [one] Für 1 Creator fehlen die Auszahlungsdaten: Die Dateien können nicht sagen, wohin zu zahlen ist.
   *[other] Für { $count } Creator fehlen die Auszahlungsdaten: Die Dateien können nicht sagen, wohin zu zahlen ist.
}
payouts-create = Auszahlung erstellen
payouts-create-text = { $count ->
    [one] Damit kommen { $amount } für 1 Creator in eine Auszahlung. Sie überweisen das Geld selbst und markieren die Auszahlung danach als bezahlt; bis dahin lässt sie sich stornieren.
   *[other] Damit kommen { $amount } für { $count } Creator in eine Auszahlung. Sie überweisen das Geld selbst und markieren die Auszahlung danach als bezahlt; bis dahin lässt sie sich stornieren.
}
payouts-nothing-due-held = Noch nichts auszuzahlen. Was die Creator verdient haben, ist in der Wartefrist oder wartet auf Ihre Freigabe.
payouts-nothing-due = Noch nichts auszuzahlen. Provisionen werden verfügbar, wenn ihre Wartefrist endet.
payouts-see-commissions = Zu den Provisionen

# Was jedem Creator zusteht.
payouts-available = Verfügbar
payouts-in-open = In offenen Auszahlungen
payouts-held = In der Wartefrist
payouts-paid = Ausgezahlt

# Die bisherigen Auszahlungen.
payouts-none = Noch keine Auszahlungen.
payouts-payout = Auszahlung
payouts-state = Status
payouts-total = Summe
payouts-created-by = erstellt von { $who }
payouts-of-day = Auszahlung vom { $day }
payouts-is-open = Offen: noch nicht bezahlt
payouts-is-paid = Bezahlt
payouts-is-paid-on = Bezahlt am { $day }
payouts-is-cancelled = Storniert
payouts-is-cancelled-on = Storniert am { $day }

# Eine Auszahlung.
payouts-back = ← Auszahlungen
payouts-was-created = Auszahlung erstellt. Überweisen Sie das Geld, und markieren Sie sie dann als bezahlt.
payouts-was-paid = Als bezahlt markiert. Die Creator sehen sie in ihrem Verlauf.
payouts-was-cancelled = Auszahlung storniert. Die Beträge sind wieder verfügbar.
payouts-creators-of = Creator in dieser Auszahlung
payouts-pay-to = Zahlen an
payouts-details-changed-label = Geänderte Auszahlungsdaten
payouts-details-changed-lately = In den letzten 7 Tagen wurden Auszahlungsdaten geändert. Fragen Sie diese Creator auf einem Weg, den Sie kennen, bevor Sie zahlen:
payouts-details-changed-own = { $days ->
    [0] { $creator }: heute vom Creator geändert
    [one] { $creator }: vor 1 Tag vom Creator geändert
   *[other] { $creator }: vor { $days } Tagen vom Creator geändert
}
payouts-details-changed = { $days ->
    [0] { $creator }: heute von Ihrem Team, durch einen Import oder beim Zusammenführen geändert
    [one] { $creator }: vor 1 Tag von Ihrem Team, durch einen Import oder beim Zusammenführen geändert
   *[other] { $creator }: vor { $days } Tagen von Ihrem Team, durch einen Import oder beim Zusammenführen geändert
}

# Die Schritte einer offenen Auszahlung.
payouts-download = Datei herunterladen
payouts-csv-file = CSV-Datei
payouts-paypal-file = PayPal-Datei
payouts-no-paypal-file = { $count ->
    [one] Keine PayPal-Datei: 1 Creator ohne PayPal-Adresse
   *[other] Keine PayPal-Datei: { $count } Creator ohne PayPal-Adresse
}
payouts-send = Geld überweisen
payouts-send-text = Laden Sie PayPals Datei dort hoch, oder zahlen Sie jede Zeile der CSV-Datei bei Ihrer Bank. CreatorScore bewegt kein Geld.
payouts-mark = Als bezahlt markieren
payouts-mark-button = Als bezahlt markieren
payouts-mark-text = Ihre Creator sehen sie von da an als bezahlt. Das lässt sich nicht rückgängig machen.
payouts-mark-submit = Das Geld ist überwiesen
payouts-reference = Referenz
payouts-reference-hint = Wie Sie die Überweisung nennen. Darf leer bleiben.
payouts-cancel = Auszahlung stornieren
payouts-cancel-text = Die Beträge werden wieder verfügbar. Tun Sie das nur, wenn Sie nichts überwiesen haben.

# Woraus eine Auszahlung besteht.
payouts-lines-title = Woraus sie besteht
payouts-lines = Buchungen dieser Auszahlung
payouts-lines-cancelled = Was darin war, ist wieder verfügbar, für die nächste Auszahlung.
payouts-for = Wofür
payouts-order = Bestellung
payouts-booked = Gebucht
payouts-line-commission = Provision
payouts-line-taken-back = Zurückgenommen
payouts-line-adjustment = Anpassung
payouts-line-payout = Auszahlung

# Wer was wann getan hat.
payouts-history = Verlauf
payouts-event-created = Erstellt am { $moment } von { $who }
payouts-event-paid = Als bezahlt markiert am { $moment }
payouts-event-paid-by = Als bezahlt markiert am { $moment } von { $who }
payouts-event-cancelled = Storniert am { $moment }
payouts-event-cancelled-by = Storniert am { $moment } von { $who }
payouts-event-reference = {" "}· Referenz { $reference }
payouts-owners-only = Nur ein Inhaber kann Auszahlungen anlegen, als bezahlt markieren oder stornieren.
