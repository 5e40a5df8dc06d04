commissions-title = Provisionen
commissions-adjust = Guthaben anpassen
commissions-creator = Creator
commissions-all-creators = Alle Creator
commissions-former-creator = Ein ehemaliger Creator
commissions-order = Bestellung
commissions-amount = Betrag
commissions-reason = Grund
commissions-state = Status
commissions-every-state = Jeder Status
commissions-actions = Aktionen
commissions-more = Mehr
commissions-cancel = Abbrechen

# Was getan wurde.
commissions-were-approved = { $count ->
    [one] 1 Bestellung freigegeben. Provisionen in der Wartefrist werden verfügbar, wenn die Frist endet.
   *[other] { $count } Bestellungen freigegeben. Provisionen in der Wartefrist werden verfügbar, wenn die Frist endet.
}
commissions-proven-were-approved = { $count ->
    [0] Noch bei keiner nachgewiesenen Provision ist die Wartefrist abgelaufen.
    [one] 1 Provision freigegeben.
   *[other] { $count } Provisionen freigegeben.
}
commissions-were-rejected = { $count ->
    [one] Die Provisionen von 1 Bestellung wurden abgelehnt.
   *[other] Die Provisionen von { $count } Bestellungen wurden abgelehnt.
}
commissions-was-adjusted = Anpassung gebucht.

# Was wo auf dem Weg zu den Creatorn ist.
commissions-on-hold = In der Wartefrist
commissions-hold-days = { $days ->
    [one] 1 Tag nach jeder Bestellung
   *[other] { $days } Tage nach jeder Bestellung
}
commissions-waiting = { $count ->
    [one] 1 wartet auf Freigabe
   *[other] { $count } warten auf Freigabe
}
commissions-waiting-at-least = mindestens { $count } warten auf Freigabe
commissions-available = Verfügbar
commissions-available-note = kommt in die nächste Auszahlung
commissions-open-payouts = In offenen Auszahlungen
commissions-open-payouts-note = noch nicht als bezahlt markiert
commissions-paid = Ausgezahlt
commissions-paid-note = in Auszahlungen, die als bezahlt markiert sind

# Das Formular einer Anpassung.
commissions-adjust-title = Guthaben anpassen
commissions-adjust-text = Fügt eine Buchung hinzu, die sofort verfügbar ist. Der Creator sieht sie in seinem Guthaben, ohne den Grund.
commissions-adjust-amount-hint = In { $currency }. Negativ, um etwas abzuziehen.
commissions-choose-creator = Creator wählen
commissions-adjust-reason-example = Bonus für die Herbstkampagne
commissions-add-adjustment = Anpassung buchen

# Was ein Mensch freigeben muss.
commissions-needs-approval = Wartet auf Freigabe
commissions-needs-approval-text = Sehen Sie sich die Bestellung an, bevor Sie etwas freigeben, das nicht nachgewiesen ist: Eine Bestellnummer oder den Namen eines Kunden kann jeder melden. Auch eine freigegebene Provision wartet noch auf das Ende ihrer Wartefrist.
commissions-needs-approval-cut = Dies sind die neuesten. Ältere rücken nach, wenn Sie über diese entscheiden.
commissions-needs-approval-table = Provisionen, die auf Freigabe warten
commissions-why-waiting = Warum sie wartet
commissions-hold-ends = Ende der Wartefrist
commissions-commission = Provision
commissions-choose-order = { $order } auswählen
commissions-not-proven = Nicht nachgewiesen: nur von einem Browser gemeldet
commissions-approve-each = Sie geben jede einzeln frei
commissions-approve = Ausgewählte freigeben
commissions-approve-proven = Alles freigeben, was nachgewiesen ist und dessen Wartefrist abgelaufen ist
commissions-reject-chosen = Ausgewählte ablehnen …
commissions-reject-text = Die Provisionen dieser Bestellungen werden auf null gesetzt. Die Verkäufe bleiben gutgeschrieben. Der Grund bleibt in den Buchungen erhalten.
commissions-reject-example = Für den Verkauf schon bezahlt
commissions-reject = Ablehnen

# Die Buchungen.
commissions-ledger = Buchungen
commissions-no-line = Keine Buchung passt dazu.
commissions-none = Noch keine Provisionen
commissions-none-text = Sobald Sie eine Provisionsregel anlegen, bringt jede gutgeschriebene Bestellung hier eine Buchung. Erstattungen nehmen ihren Anteil zurück.
commissions-see-rules = Zu den Regeln
commissions-line = Buchung
commissions-when = Wann
commissions-line-accrual = Provision
commissions-line-reversal = Zurückgenommen
commissions-line-correction = Korrektur
commissions-line-adjustment = Anpassung
commissions-line-paid-out = Ausgezahlt
commissions-line-payout-cancelled = Zurück aus einer stornierten Auszahlung
commissions-line-payout = In eine Auszahlung aufgenommen
# $who ist, wer es getan hat.
commissions-by = von { $who }
commissions-reason-by = { $reason } · von { $who }

# Wo eine Buchung auf ihrem Weg ist: als Wahl des Filters, und in der Tabelle. $day ist der Tag der Auszahlung.
commissions-open-payout = In einer offenen Auszahlung
commissions-payout-cancelled = Auszahlung storniert
commissions-on-hold-until = In der Wartefrist bis { $day }
commissions-in-payout = In Auszahlung
commissions-in-payout-of = In Auszahlung vom { $day }
commissions-paid-in-payout = Mit Auszahlung bezahlt
commissions-paid-in-payout-of = Mit Auszahlung vom { $day } bezahlt
commissions-payout-of-cancelled = Auszahlung vom { $day } storniert

# Regeln.
commissions-rules = Provisionsregeln
commissions-rules-text = Berechnet vom Preis der Waren nach Rabatten und Erstattungen, ohne Steuern und Versand. Passen mehrere Regeln, gilt die speziellste: Creator, dann Produkt, Kampagne, Stufe, alle Creator.
commissions-rule-created = Regel angelegt. Sie gilt für Bestellungen, die ab jetzt verarbeitet werden.
commissions-rule-ended = Regel beendet.
commissions-new-rule = Neue Regel
commissions-no-rules = Noch keine Regeln, also verdient niemand eine Provision
commissions-no-rules-text = Beginnen Sie mit einer Regel für alle Creator, zum Beispiel 10{"\u00A0"}% jeder Bestellung. Speziellere Regeln können Sie später anlegen.
commissions-for = Für
commissions-earns = Verdient
commissions-in-force = In Kraft
commissions-not-yet = Noch nicht
commissions-ended = Beendet
commissions-since = seit { $day }
commissions-from-to = { $from } bis { $to }
commissions-end = Beenden
commissions-end-text = Neue Bestellungen bringen mit dieser Regel nichts mehr ein. Bereits verdiente Provisionen bleiben.
commissions-end-rule = Regel beenden

# Für wen eine Regel gilt.
commissions-for-all = Alle Creator
commissions-for-all-note = wenn keine speziellere Regel passt
commissions-for-tier = Stufe { $tier }
commissions-for-tier-note = Creator, die zum Zeitpunkt der Bestellung diese Stufe hatten
commissions-for-campaign = Kampagne { $campaign }
commissions-for-campaign-gone = Kampagne, die es nicht mehr gibt
commissions-for-campaign-note = Verkäufe über ihre Links
commissions-for-product = Produkt { $product }
commissions-for-product-note = nur dieses Produkt
commissions-for-creator-note = nur dieser Creator

# Was eine Regel bringt. $earned ist eines davon, zu dem noch etwas kommt.
commissions-earns-percent = { $percent } jeder Bestellung
commissions-earns-fixed = { $amount } je Bestellung
commissions-earns-bonus = { $earned }, dazu { $bonus } für einen neuen Kunden
commissions-earns-cap = { $earned }, höchstens { $cap } je Bestellung

# Das Formular einer Regel.
commissions-applies-to = Gilt für
commissions-applies-to-hint = Ein Creator, eine Stufe, eine Kampagne oder ein Produkt. Zum Suchen tippen.
commissions-percent = Prozentsatz der Bestellung
commissions-fixed = Fester Betrag je Bestellung
commissions-fixed-hint = Anstelle eines Prozentsatzes, in { $currency }.
commissions-start = Beginn
commissions-start-hint = Heute, wenn leer.
commissions-end-date = Ende
commissions-end-date-hint = Der letzte Tag. Ohne Ende, wenn leer.
commissions-bonus = Bonus für einen neuen Kunden
commissions-bonus-hint = Bei der ersten Bestellung eines Kunden, in { $currency }.
commissions-cap = Höchstbetrag je Bestellung
commissions-cap-hint = Einschließlich Bonus, in { $currency }.
commissions-new-tier = Oder eine Stufe, die noch niemand hat
commissions-other-product = Oder ein Produkt, das nicht in der Liste steht
commissions-other-product-hint = Die Nummer am Ende der Adresse des Produkts in Ihrem Shopify-Admin.
commissions-add-rule = Regel anlegen

# Stufen nach Regeln.
commissions-tiers = Stufen
commissions-tiers-text = Einmal am Tag bekommt jeder Creator die erste Stufe, deren Bedingungen er erfüllt. Wer keine erfüllt, verliert jede Stufe, die hier steht; gesperrte Stufen ändern sich nicht.
commissions-tiers-none = Noch keine Regeln für Stufen: Creator haben die Stufen, die Sie ihnen geben.
commissions-tiers-saved = Stufen gespeichert. Die Creator werden gleich neu eingestuft.
commissions-tier-actions = Aktionen für Stufe { $tier }
commissions-tier-edit = Bearbeiten
commissions-tier-up = Nach oben
commissions-tier-remove = Entfernen
# Was eine Stufe verlangt, nach ihrem Namen.
commissions-tier-for-all = für alle
commissions-tier-for-orders = { $days ->
    [one] ab { $orders ->
        [one] 1 Bestellung
       *[other] { $orders } Bestellungen
    } am heutigen Tag
   *[other] ab { $orders ->
        [one] 1 Bestellung
       *[other] { $orders } Bestellungen
    } in den letzten { $days } Tagen
}
commissions-tier-for-revenue = { $days ->
    [one] ab { $revenue } Umsatz am heutigen Tag
   *[other] ab { $revenue } Umsatz in den letzten { $days } Tagen
}
commissions-tier-for-both = { $days ->
    [one] ab { $orders ->
        [one] 1 Bestellung
       *[other] { $orders } Bestellungen
    } und { $revenue } Umsatz am heutigen Tag
   *[other] ab { $orders ->
        [one] 1 Bestellung
       *[other] { $orders } Bestellungen
    } und { $revenue } Umsatz in den letzten { $days } Tagen
}
commissions-tier-for-followers = { $followers ->
    [one] ab 1 Follower
   *[other] ab { $followers } Followern
}
commissions-tier-for-engagement = ab einer Interaktionsrate von { $rate }
commissions-edit-tier = Stufe bearbeiten
commissions-add-tier = Stufe hinzufügen
commissions-tier = Stufe
commissions-tier-example = Gold
commissions-orders = Bestellungen
commissions-orders-hint = Mindestens. Kann leer bleiben.
commissions-revenue = Umsatz
commissions-revenue-hint = Mindestens, in { $currency }. Kann leer bleiben.
commissions-followers = Follower
commissions-followers-hint = Mindestens, auf allen Plattformen zusammen, wie zuletzt gemeldet. Kann leer bleiben.
commissions-engagement = Interaktionsrate
commissions-engagement-hint = Mindestens, in Prozent, auf wenigstens einer Plattform. Kann leer bleiben.
commissions-days = Tage
commissions-days-hint = Wie viele Tage zurück, heute eingeschlossen: 1 bis 730.
commissions-save-tier = Stufe speichern
