setup-title = Einrichtung
setup-was-revoked = Schlüssel widerrufen. Was ihn verwendet, wird ab jetzt abgelehnt.
setup-was-retried = Wird jetzt noch einmal versucht.
setup-actions = Aktionen

# Die ersten Schritte.
setup-steps = CreatorScore einrichten · { $count } von { $total }
setup-steps-done = Erledigte Schritte
setup-steps-text = Jeder Schritt wird automatisch abgehakt, sobald wir sehen, dass er erledigt ist.
setup-steps-reload = Laden Sie diese Seite neu, wenn Sie einen erledigt haben.
setup-step-done = erledigt:
setup-step-to-do = zu tun:
setup-step-shop = Shop verbinden
setup-step-shop-text = Öffnen Sie die App einmal in Ihrem Shopify-Admin: Das verbindet den Shop, und seine Bestellungen kommen an. Ohne Shopify: { $link }.
setup-step-shop-link = Bestellungen per API melden
setup-shop-since = { $shop }, seit { $moment }
setup-step-pixel = Pixel in den Shop einbauen
setup-step-pixel-text = Fügen Sie dies in Ihr Theme ein, vor dem schließenden head-Tag, mit Ihrem Pixel-Schlüssel. Besuchen Sie dann Ihren Shop.
setup-step-pixel-no-key = Legen Sie unter { $setup } einen Pixel-Schlüssel an, und fügen Sie den Code damit in Ihr Theme ein.
setup-step-pixel-not-seen = noch nicht gesehen
setup-step-link = Ersten Link anlegen
setup-step-link-text = Geben Sie einem Creator einen Link zu einem Produkt.
setup-step-link-seen = { $count ->
    [one] ein Link
   *[other] { $count } Links
}
setup-new-link = Neuer Link
setup-step-click = Mit einem Klick ausprobieren
setup-step-click-text = Scannen Sie den Code mit Ihrem Telefon, und öffnen Sie den Link, wie ein Käufer es täte: { $link }
setup-step-click-no-link = Legen Sie zuerst einen Link an.
setup-step-click-seen = wir haben einen Klick gesehen
setup-qr-of = QR-Code von { $address }
setup-step-commission = Provision festlegen und einen Creator einladen
setup-step-commission-text = Legen Sie fest, was Creator verdienen, und laden Sie dann den ersten per E-Mail ein.
setup-step-commission-both = Regel angelegt; ein Creator kann sich anmelden oder ist eingeladen
setup-step-commission-rule = Regel angelegt; noch niemand eingeladen
setup-step-commission-invited = Ein Creator kann sich anmelden oder ist eingeladen; noch keine Regel angelegt
setup-commission-rules = Provisionsregeln
setup-invite = Creator einladen

# Was kopiert wird, in der Beschriftung der Schaltfläche.
setup-the-snippet = Pixel-Code
setup-the-link = Link
setup-the-new-key = Neuen Schlüssel

# Schlüssel.
setup-keys = API-Schlüssel
setup-keys-text = Ein Pixel-Schlüssel ist öffentlich und kann nur melden, was Käufer tun. Ein Server-Schlüssel ist geheim: Den Verkäufen und Erstattungen, die er meldet, wird vertraut.
setup-no-keys = Noch keine Schlüssel
setup-no-keys-text = Das Pixel braucht einen Pixel-Schlüssel. Ihre eigenen Systeme brauchen einen Server-Schlüssel.
setup-new-key = Ihr neuer Schlüssel. Speichern Sie ihn jetzt: Er wird nicht noch einmal gezeigt.
setup-key = Schlüssel
setup-type = Art
setup-mode = Modus
setup-created = Erstellt
setup-state = Status
setup-kind-pixel = Pixel
setup-kind-server = Server
setup-pixel-key = Pixel-Schlüssel
setup-server-key = Server-Schlüssel
setup-test = Test
setup-live = Live
setup-works = Funktioniert
setup-revoked = Widerrufen
setup-revoked-at = Widerrufen am { $moment }
setup-revoke = Widerrufen
setup-revoke-key = Schlüssel widerrufen
setup-revoke-text = Was ihn verwendet, wird von da an abgelehnt. Das lässt sich nicht rückgängig machen.
setup-test-key = Testschlüssel
setup-test-key-hint = Was er meldet, zählt in keiner Auswertung mit.
setup-create-key = Schlüssel erstellen

# Was ankommt.
setup-pixel = Pixel
setup-pixel-text = Fügen Sie dies vor dem schließenden head-Tag in das Theme Ihres Shops ein, mit Ihrem Pixel-Schlüssel:
setup-page-view = Seitenaufruf
setup-add-to-cart = In den Warenkorb gelegt
setup-checkout-start = Checkout begonnen
setup-purchase = Kauf
setup-last-seen = zuletzt gesehen am { $moment }
setup-not-seen = noch nicht gesehen
setup-key-of = Schlüssel …{ $id }…
setup-refused = { $count ->
    [one] hat mehr gesendet, als in einer Minute erlaubt ist: 1 Anfrage wurde seit dem Start des Servers abgelehnt, am { $moment }
   *[other] hat mehr gesendet, als in einer Minute erlaubt ist: { $count } Anfragen wurden seit dem Start des Servers abgelehnt, die letzte am { $moment }
}
setup-shopify = Shopify
setup-installed = installiert am { $moment }
setup-uninstalled = deinstalliert am { $moment }
setup-expired = der Zugriff ist abgelaufen: Öffnen Sie die App in Ihrem Shopify-Admin, um ihn zu erneuern
setup-webhooks = Webhooks
setup-no-webhooks = keine registriert: Öffnen Sie die App in Ihrem Shopify-Admin
setup-webhooks-came = { $count ->
    [one] 1 Art, der letzte kam am { $moment }
   *[other] { $count } Arten, der letzte kam am { $moment }
}
setup-webhooks-waiting = { $count ->
    [one] 1 Art, noch keiner ist gekommen
   *[other] { $count } Arten, noch keiner ist gekommen
}
setup-no-shop = Kein Shop ist verbunden. Öffnen Sie die App in Ihrem Shopify-Admin, oder melden Sie Bestellungen per API.

# Aufgaben, die aufgegeben wurden. $subject ist die Nummer dessen, worum es ging.
setup-tasks = Fehlgeschlagene Aufgaben
setup-tasks-text = Diese Aufgaben sind fehlgeschlagen. Ihre Daten sind noch da. Versuchen Sie es noch einmal, wenn die Ursache behoben ist.
setup-task-what = Was
setup-task-error = Was schiefging
setup-retry = Noch einmal versuchen
setup-task-delivery = Webhook { $subject } lesen
setup-task-settle = Bestellung { $subject } gutschreiben
setup-task-report = Gemeldeten Kauf { $subject } lesen
setup-task-dispatch = Ereignisse an andere Systeme melden
setup-task-import = Zeilen von { $subject } importieren
setup-task-mail-signin = Anmeldelink senden
setup-task-mail-invitation = Einladung senden
setup-task-mail-answer = Einem Creator eine Antwort mailen
setup-task-mail-question = Den Inhabern eine Frage mailen
setup-task-mail-paid = Einem Creator mailen, dass ausgezahlt wurde
setup-task-mail-payout = Geänderte Auszahlungsdaten mitteilen
setup-task-mail-disabled = Den Inhabern eine abgeschaltete Verbindung melden
setup-task-klaviyo = Ereignisse an Klaviyo senden
setup-task-merge = Zusammenführen zweier Creator abschließen
setup-task-rollups = Zahlen der Übersicht aktualisieren

# Was per API oder auf der Kommandozeile eingerichtet wird.
setup-elsewhere = Andere Systeme
setup-klaviyo = Klaviyo
setup-klaviyo-text = { $link } bekommt, was Ihre Creator verkauft haben, für Ihre Flows und Segmente.
setup-api = Die API
setup-api-text = { $link } meldet Bestellungen von anderswo und liest alles.
setup-imports = Importe
setup-imports-text = { $link } übernehmen Creator, Codes und Guthaben aus einem anderen Werkzeug.

# Was das Skript nach erledigten Schritten sagt; ihre Namen folgen.
setup-now-done = Erledigt:
setup-all-done = Alle Schritte sind erledigt.
setup-keys-owners-only = Nur ein Inhaber kann Schlüssel anlegen und widerrufen.

# Webhook-Endpunkte.
setup-endpoints = Webhooks an Ihre Systeme
setup-endpoints-text = Ereignisse wie neue Bestellungen, Provisionen und Auszahlungen werden sofort an diese Adressen gesendet. { $link }
setup-endpoints-how = Was gesendet wird und wie Sie die Signatur prüfen
setup-endpoints-owners-only = Nur Inhaber verwalten Webhooks.
setup-endpoint-url = URL
setup-endpoint-types = Typen
setup-endpoint-types-hint = Namen von Ereignissen mit Kommas dazwischen, zum Beispiel order.attributed. Leer: alle.
setup-endpoint-description = Beschreibung
setup-create-endpoint = Endpunkt hinzufügen
setup-no-endpoints = Keine Endpunkte
setup-no-endpoints-text = Fügen Sie die Adresse Ihres Systems oder eines Automatisierungswerkzeugs hinzu.
setup-new-secret = Das Geheimnis, mit dem signiert wird, was dieser Endpunkt bekommt. Bewahren Sie es jetzt auf: Es wird nicht noch einmal gezeigt.
setup-the-new-secret = das neue Geheimnis
setup-endpoint-all = Alle Ereignisse
setup-endpoint-off = Abgeschaltet
setup-endpoint-since = seit { $moment }: { $reason }
setup-endpoint-by-hand = von Ihrem Team
setup-endpoint-gone = er antwortete, dass es ihn nicht mehr gibt
setup-endpoint-asked = er bat darum
setup-endpoint-gave-up = fünf Tage lang kam nichts an
setup-endpoint-fails = Gestört
setup-endpoint-fails-since = seit { $moment } kommt nichts an
setup-endpoint-disable = Abschalten
setup-endpoint-enable = Einschalten
setup-endpoint-test = Test senden
setup-endpoint-remove = Entfernen
setup-endpoint-remove-text = Er bekommt keine Ereignisse mehr, und seine Zustellungen werden nicht mehr aufgeführt.
setup-endpoint-was-enabled = Endpunkt eingeschaltet. Er bekommt ab jetzt Ereignisse.
setup-endpoint-was-disabled = Endpunkt abgeschaltet.
setup-endpoint-was-tested = Ein Testereignis ist unterwegs.
setup-endpoint-was-removed = Endpunkt entfernt.
setup-endpoints-tester = Öffnen Sie den Webhook-Tester
setup-endpoints-try = Noch kein System? { $link } und sehen Sie, was gesendet wird.
