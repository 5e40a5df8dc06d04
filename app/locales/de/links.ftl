links-title = Links
links-back = ← Links
links-new = Neuer Link
links-search = Links suchen
links-table = Tracking-Links
links-link = Link
links-creator = Creator
links-all-creators = Alle Creator
links-campaign = Kampagne
links-all-campaigns = Alle Kampagnen
links-no-campaign = Keine Kampagne
links-state = Status
links-active = Aktiv
links-archived = Archiviert
links-expired = Abgelaufen
links-clicks = Klicks
links-revenue = Umsatz
links-actions = Aktionen
links-more-actions = Weitere Aktionen
# Die Spalte der kleinen Linien.
links-trend-column = { $days } Tage
links-trend = { $count ->
    [one] 1 Klick in { $days } Tagen
   *[other] { $count } Klicks in { $days } Tagen
}
links-private = Privat
links-private-why = Privat: Der Creator sieht diesen Umsatz nicht
links-qr = QR-Code
links-qr-of = QR-Code von { $address }
links-edit = Bearbeiten
links-archive = Archivieren
links-restore = Wiederherstellen
links-undo = Rückgängig
links-tick = { $link } auswählen
links-no-match = Kein Link passt zu diesen Filtern. { $link }
links-show-active = Alle aktiven Links zeigen
links-none = Noch keine Links
links-none-text = Geben Sie jedem Creator einen eigenen Link. Klicks erscheinen sofort, Verkäufe mit den Bestellungen.

# Was kopiert wird, in der Beschriftung der Schaltfläche.
links-this-link = Diesen Link
links-the-new-link = Den neuen Link

# Was sich mit den ausgewählten Links tun lässt.
links-ticked = Mit den ausgewählten Links:
links-ticked-campaign = Kampagne für die ausgewählten Links
links-choose-campaign = Kampagne wählen
links-set-campaign = Kampagne zuweisen

# Was getan wurde.
links-made = Link angelegt: { $link }
links-were-archived = { $count ->
    [one] 1 Link archiviert. Sein Verlauf bleibt erhalten.
   *[other] { $count } Links archiviert. Ihr Verlauf bleibt erhalten.
}
links-were-restored = Wieder aktiv.
links-was-saved = Gespeichert.
# $moved Links haben die Kampagne jetzt, $kept nicht.
links-were-moved = { $kept ->
    [0] { $moved ->
        [one] Kampagne für 1 Link zugewiesen.
       *[other] Kampagne für { $moved } Links zugewiesen.
    }
    [one] { $moved ->
        [one] Kampagne für 1 Link zugewiesen. 1 Link bleibt, wo er ist: Ihm sind Bestellungen gutgeschrieben.
       *[other] Kampagne für { $moved } Links zugewiesen. 1 Link bleibt, wo er ist: Ihm sind Bestellungen gutgeschrieben.
    }
   *[other] { $moved ->
        [one] Kampagne für 1 Link zugewiesen. { $kept } Links bleiben, wo sie sind: Ihnen sind Bestellungen gutgeschrieben.
       *[other] Kampagne für { $moved } Links zugewiesen. { $kept } Links bleiben, wo sie sind: Ihnen sind Bestellungen gutgeschrieben.
    }
}

# Die Seite eines Links.
links-works-until = Gültig bis
links-placement = Platzierung
links-promo-code = Rabattcode
links-created = Angelegt
links-shared = Mit dem Creator geteilt
links-qr-text = Für Pakete, Plakate und Story-Sticker. Ein Scan zählt als Klick.
links-qr-download = SVG herunterladen

# Die neuesten Bestellungen, die Links gutgeschrieben sind.
links-latest-orders = Neueste Bestellungen
links-credited-orders = Gutgeschriebene Bestellungen
links-order = Bestellung
links-placed = Bestellt
links-credit = Gutgeschrieben
links-no-order = Noch keine Bestellung. Verkäufe erscheinen hier, sobald sie gutgeschrieben sind.
links-latest-only = Die neuesten { $count } Bestellungen. { $link }
links-all-orders = Alle Bestellungen

# Die Formulare.
links-destination = Ziel-URL
links-destination-hint = Geben Sie den Namen eines Produkts ein, um seine Seite zu wählen, oder fügen Sie eine beliebige Adresse ein.
links-unassigned = Nicht zugeordnet
links-more = Mehr
links-new-creator = oder neuer Creator
links-new-creator-example = Jessica Styles
links-new-creator-hint = Legt den Creator unter diesem Namen an.
links-campaign-none = Keine
links-new-campaign = oder neue Kampagne
links-new-campaign-example = Frühjahrsaktion
links-new-campaign-hint = Legt die Kampagne unter diesem Namen an.
links-platform = Plattform
links-not-set = Nicht angegeben
links-content-type = Art des Inhalts
links-promo-code-hint = Eine Bestellung mit diesem Code zählt für diesen Link, auch ohne Klick.
links-promo-code-fixed = Er lässt sich nicht mehr ändern, sobald dem Link Bestellungen gutgeschrieben sind.
links-expiry = Ablauf
links-expiry-hint = Der letzte Tag, an dem der Link funktioniert.
links-share = Umsatz mit dem Creator teilen
links-share-hint = Klicks und Conversions sieht der Creator immer. Wird der Umsatz nicht geteilt, sieht er den Verdienst aus diesem Link erst, wenn eine Auszahlung, die ihn enthält, als bezahlt markiert ist.
links-share-hint-short = Klicks und Conversions sieht der Creator immer.
links-create = Link anlegen
links-cancel = Abbrechen
links-save = Speichern
