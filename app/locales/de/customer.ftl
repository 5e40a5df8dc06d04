customer-back = ← Bestellungen
customer-named = Kunde { $name }
customer-without-order = Besucher ohne Bestellung
customer-of = Kunde von { $orders }
customer-erase = Löschen …
customer-erase-text = Damit wird gelöscht, was diesen Kunden erkennbar macht: sein Profil, seine Besuche und seine Ereignisse. Das lässt sich nicht rückgängig machen. Die Beträge und Gutschriften seiner Bestellungen bleiben.
customer-erase-submit = Diesen Kunden löschen

customer-spent = Ausgegeben
customer-orders = Bestellungen
customer-touches = Kontakte
customer-touches-note = Klicks, Codes und andere Hinweise
customer-first-seen = Zuerst gesehen
customer-before = vor { $moment }

# Bestellungen.
customer-orders-label = Bestellungen dieses Kunden
customer-order = Bestellung
customer-when = Zeitpunkt
customer-net-revenue = Nettoumsatz
customer-credited-to = Gutschrift
customer-status = Status
customer-no-orders = Noch keine Bestellungen.
customer-being-calculated = Wird berechnet
customer-unassigned = Nicht zugeordnet
customer-unassigned-because = Nicht zugeordnet: { $reason }
customer-credit = { $creator } { $amount }
customer-without-creator = Link ohne Creator

# Was der Kunde getan hat.
customer-activity = Aktivität
customer-what = Was
customer-where = Wo
customer-no-activity = Noch keine Aktivität.
customer-bought = Gekauft: { $order } für { $amount }
customer-clicked = Klick auf Link: { $creator }
# $kind ist eine Art von Hinweis.
customer-evidence = { $kind }: { $creator }, in Bestellung { $order }
customer-viewed = Seite aufgerufen

# Seiten eines Shops.
customer-page-home = Startseite
customer-page-collection = Kollektion { $title }
customer-page-cart = Warenkorb
customer-page-search = Suche
customer-page-checkout = Checkout

# Was ausgelassen ist.
customer-all-orders = Alle Bestellungen
customer-orders-cut = Höchstens { $count } Bestellungen werden gezeigt, die neuesten. { $all }
customer-events-cut = Von den Ereignissen, die Ihre Systeme gemeldet haben, werden die neuesten { $count } gezeigt.
customer-earlier = Frühere Aktivität
customer-latest = Neueste Aktivität
customer-cut = Dieser Kunde hat mehr als { $max } Klicks oder Seitenaufrufe (insgesamt { $views } Seitenaufrufe). Gezeigt wird, was nach dem { $moment } geschah.
customer-cut-between = Gezeigt wird, was vom { $from } bis zum { $to } geschah.
customer-cut-until = Gezeigt wird, was bis zum { $moment } geschah.
