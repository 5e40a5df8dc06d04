overview-title = Übersicht
overview-begin = Legen Sie Ihren ersten Tracking-Link an
overview-begin-text = Geben Sie jedem Creator einen eigenen Link. Klicks erscheinen hier sofort, Verkäufe mit den Bestellungen.
overview-new-link = Neuer Link

# Die Seite in einem Satz. $when ist der Zeitraum („in den letzten 30 Tagen“), $change ist „18 % mehr“.
overview-lead-source = { $count ->
    [one] Von hier kam { $when } { $clicks } Klick.
   *[other] Von hier kamen { $when } { $clicks } Klicks.
}
overview-lead-no-sale = { $count ->
    [one] Es wurde { $when } kein Verkauf gutgeschrieben; auf Links gab es { $clicks } Klick.
   *[other] Es wurde { $when } kein Verkauf gutgeschrieben; auf Links gab es { $clicks } Klicks.
}
overview-lead = Creator haben Ihnen { $when } { $revenue } eingebracht.
overview-lead-changed = Creator haben Ihnen { $when } { $revenue } eingebracht, { $change }.
overview-lead-of = { $creator } hat Ihnen { $when } { $revenue } eingebracht.
overview-lead-of-changed = { $creator } hat Ihnen { $when } { $revenue } eingebracht, { $change }.
overview-lead-first = { $share } kamen von { $creator }.

# Der Zeitraum in einem Satz.
overview-when-today = heute
overview-when-yesterday = gestern
overview-when-this-month = in diesem Monat
overview-when-last-month = im Vormonat
overview-when-last-year = in den letzten 12 Monaten
overview-when-days = in den letzten { $days } Tagen
overview-when-on = am { $day }
overview-when-from-to = vom { $from } bis zum { $to }

# Wie sich eine Zahl geändert hat. $amount ist „18 %“ oder „2,1 Punkte“.
overview-up = { $amount } mehr
overview-down = { $amount } weniger
overview-points = { $number } Punkte
overview-new = neu
overview-unchanged = unverändert

# Zahlen und ihr Diagramm.
overview-figures = Kennzahlen
overview-commission = Verdiente Provision
overview-no-unique-clicks = Noch keine eindeutigen Klicks
overview-by-day = { $metric } nach Tagen, { $period }. Die Tabelle darunter enthält dieselben Werte.
overview-by-hour = { $metric } nach Stunden, { $period }. Die Tabelle darunter enthält dieselben Werte.
overview-hour = Stunde
overview-before = Zuvor
overview-hour-note = Bestellungen stehen bei der Stunde, in der sie aufgegeben wurden, nach Abzug von Erstattungen.

# Der Zeitraum, und womit er verglichen wird.
overview-single-keys = Tastenkürzel mit einem Buchstaben
overview-compare-previous = Vergleich: Vorzeitraum
overview-compare-year = Vergleich: Vorjahr
overview-compare-none = Kein Vergleich
overview-same-weekdays = { $from } – { $to }, dieselben Wochentage

# Wonach gefiltert wird.
overview-filters = Filter
overview-remove-filter = Filter „{ $label }: { $value }“ entfernen
overview-creator = Creator
overview-campaign = Kampagne
overview-link = Link
overview-without-links = Ohne Links
overview-without-figures = Ohne Zahlen

# Quellen der Klicks.
overview-came-from = Herkunft
overview-country = Land
overview-device = Gerät
overview-browser = Browser
overview-direct = Direkt oder App
overview-other-sites = Andere Websites
overview-other-browser = Andere
overview-unknown = Unbekannt
overview-mobile = Smartphone
overview-tablet = Tablet
overview-desktop = Computer
# Dasselbe in einer Zeile des Verlaufs.
overview-inline-mobile = Smartphone
overview-inline-tablet = Tablet
overview-inline-desktop = Computer

overview-one-source = Klicks lassen sich immer nur nach einer Quelle filtern. Bestellungen werden nicht nach Quellen gezählt. { $link }
overview-all-sources = Alle Quellen zeigen
overview-sources = Woher Klicks kommen
overview-unread = { $clicks ->
    [one] Ein Klick ist in diesen Zahlen noch nicht enthalten.
   *[other] { $clicks } Klicks sind in diesen Zahlen noch nicht enthalten.
}
overview-counted-until = Gezählt wird jede Minute, zuletzt: { $moment }.
overview-only-clicks = Nur diese Klicks zeigen: { $source }
overview-more = Noch { $count } zeigen
overview-more-cut = { $clicks ->
    [one] Noch { $count }, zusammen 1 Klick.
   *[other] Noch { $count }, zusammen { $clicks } Klicks.
}
overview-week = Wann geklickt wird
overview-week-label = Klicks nach Wochentag und Stunde
overview-week-cell = { $weekday }, { $time } – { $clicks }
overview-monday = Mo
overview-tuesday = Di
overview-wednesday = Mi
overview-thursday = Do
overview-friday = Fr
overview-saturday = Sa
overview-sunday = So

# Creator, Kampagnen und Links.
overview-top-creators = Top-Creator
overview-all-creators = Alle { $count } Creator
overview-no-clicks = In diesem Zeitraum wurde kein Link eines Creators angeklickt.
overview-without-creator = Links ohne Creator
overview-top = Top-Kampagnen und -Links
overview-top-switch = Top-Kampagnen oder -Links
overview-campaigns = Kampagnen
overview-links = Links
overview-all-campaigns = Alle Kampagnen
overview-all-links = Alle Links
overview-nothing = Nichts in diesem Zeitraum.
overview-no-campaign = Keine Kampagne
overview-direct-link = Über Code oder Namen, ohne Link
overview-no-link = Kein Link
overview-clicks = { $count ->
    [one] 1 Klick
   *[other] { $count } Klicks
}
overview-only = Nur { $name } zeigen
overview-open = { $name } öffnen

# Was jetzt geschieht. Ohne Klicks beginnt der erste Text mit „0 “: Ein Skript sucht danach.
overview-now = { $clicks ->
    [one] 1 Klick in 5 Min.
   *[other] { $clicks } Klicks in 5 Min.
}
overview-now-many = { $clicks }+ Klicks in 5 Min.
overview-live = Live
overview-live-nothing = Klicks und Bestellungen erscheinen hier, sobald sie eintreffen.
overview-live-click = Klick:{" "}
overview-live-unassigned = nicht zugeordnet
overview-live-open = wird zugeordnet
overview-ago-now = jetzt
overview-ago-minutes = { $count } Min.
overview-ago-hours = { $count } Std.
overview-ago-days = { $count ->
    [one] 1 Tag
   *[other] { $count } Tage
}

# Was auf einen Menschen wartet. $shown ist die Anzahl, wie sie gezeigt wird: „100+“, wenn es mehr sein können.
overview-needs = Zu erledigen
overview-needs-questions = { $count ->
    [one] { $shown } Frage eines Creators
   *[other] { $shown } Fragen der Creator
}
overview-needs-questions-note = Die am längsten wartende zuerst
overview-needs-payouts = { $count ->
    [one] Auszahlung an { $shown } Creator fällig
   *[other] Auszahlungen an { $shown } Creator fällig
}
overview-needs-orders = { $count ->
    [one] { $shown } Bestellung freizugeben
   *[other] { $shown } Bestellungen freizugeben
}
overview-needs-orders-note = Provisionen warten, oder die Gutschrift ist nicht nachgewiesen
overview-needs-answers = { $count ->
    [one] { $shown } Umfrageantwort zu prüfen
   *[other] { $shown } Umfrageantworten zu prüfen
}
overview-needs-disputed = { $count ->
    [one] { $shown } Bestellung wird von mehreren Besuchern beansprucht
   *[other] { $shown } Bestellungen werden von mehreren Besuchern beansprucht
}
overview-needs-endpoints = { $count ->
    [one] Bei { $shown } Webhook-Endpunkt kommt nichts an
   *[other] Bei { $shown } Webhook-Endpunkten kommt nichts an
}
overview-needs-endpoints-note = Ereignisse warten oder werden nicht mehr gesendet
overview-needs-pixel = Das Pixel hat sich seit einem Tag nicht gemeldet

# Vom Klick zur Bestellung.
overview-funnel = Vom Klick zur Bestellung
overview-funnel-clicks = Eindeutige Klicks
overview-funnel-carts = Warenkörbe
overview-funnel-checkouts = Checkouts
overview-funnel-step = Anteil am Schritt davor
overview-funnel-note = Besucher, die über einen Link kamen, jeder einmal am Tag gezählt.
overview-funnel-no-pixel = Warenkörbe und Checkouts erscheinen, sobald das Pixel sie meldet.
overview-funnel-others = { $count ->
    [one] Eine weitere Bestellung wurde durch einen Code, eine Umfrageantwort oder von Hand gutgeschrieben.
   *[other] { $count } weitere Bestellungen wurden durch Codes, Umfrageantworten oder von Hand gutgeschrieben.
}

# Worauf Gutschriften beruhen.
overview-evidence = Hinweise
overview-evidence-nothing = Hier steht, worauf jede gutgeschriebene Bestellung beruht.
overview-evidence-label = Worauf gutgeschriebene Bestellungen beruhen: { $kinds }
overview-evidence-agree = Bei { $share } der gutgeschriebenen Bestellungen stimmen zwei oder mehr Arten von Hinweisen überein.
overview-evidence-conflict = { $count ->
    [one] { $count } Bestellung nennt auch jemand anderen; Ihre Richtlinie hat entschieden.
   *[other] { $count } Bestellungen nennen auch jemand anderen; Ihre Richtlinie hat entschieden.
}
overview-evidence-manual = Von Hand gutgeschrieben
overview-evidence-promo = Rabattcode
overview-evidence-click = Klick
overview-evidence-cart = Warenkorb
overview-evidence-landing = Landingpage
overview-evidence-survey = Umfrage

# Bestellungen, die niemandem gutgeschrieben sind.
overview-all-credited = { $orders ->
    [one] 1 Bestellung insgesamt; sie ist gutgeschrieben.
   *[other] { $orders } Bestellungen insgesamt; alle sind gutgeschrieben.
}
overview-nobody = { $orders ->
    [one] 1 Bestellung insgesamt; { $nobody } nicht zugeordnet: { $why }
   *[other] { $orders } Bestellungen insgesamt; { $nobody } nicht zugeordnet: { $why }
}
overview-nobody-why = Gründe ansehen
overview-nobody-title = Nicht zugeordnete Bestellungen
overview-nobody-order = Bestellung
overview-nobody-placed = Aufgegeben
overview-nobody-revenue = Umsatz
overview-nobody-nothing = Keine solche Bestellung
overview-nobody-nothing-text = In diesem Zeitraum ist keine Bestellung aus diesem Grund nicht zugeordnet.
overview-nobody-cut = Die neuesten { $count } werden gezeigt. Wählen Sie weniger Tage, um andere zu sehen.
overview-nobody-back = ← Übersicht
overview-advice-disputed = Mehrere Browser beanspruchen diese Bestellungen. Öffnen Sie eine, um zu sehen, welche es sind, und schreiben Sie sie von Hand gut, wenn Sie es besser wissen.
overview-advice-not-proven = Etwas deutet auf einen Creator hin, aber nichts weist es nach. Öffnen Sie eine Bestellung, um sie von Hand gutzuschreiben.
overview-advice-no-link = Der Käufer hat einen Creator genannt, der keinen Link hat. Öffnen Sie eine Bestellung, um sie von Hand gutzuschreiben.
overview-advice-link-deleted = Der Rabattcode gehörte zu einem Link, der vor der Bestellung gelöscht wurde.
overview-advice-self-referral = Der Creator ist der Käufer. Eigene Käufe bringen keine Provision.
overview-advice-outside-window = Der Besuch lag vor Ihrem Rückblickfenster. Sie können es in den Einstellungen verlängern.
overview-advice-after-order = Der einzige Besuch kam, nachdem die Bestellung aufgegeben war.
overview-advice-unknown-code = Die Bestellung trägt einen Code, den keiner Ihrer Links hat: Er ist vielleicht vertippt, oder er gehört einer anderen Marke.
overview-advice-bot = Der einzige Klick kam von einem Bot oder einer Linkvorschau.
overview-advice-no-evidence = Kein Link, kein Code und keine Antwort führt von diesen Bestellungen zu einem Creator.

# Namen von Ländern, aus denen die meisten Käufer kommen.
overview-country-ae = Vereinigte Arabische Emirate
overview-country-ar = Argentinien
overview-country-at = Österreich
overview-country-au = Australien
overview-country-be = Belgien
overview-country-bg = Bulgarien
overview-country-br = Brasilien
overview-country-ca = Kanada
overview-country-ch = Schweiz
overview-country-cl = Chile
overview-country-cn = China
overview-country-co = Kolumbien
overview-country-cz = Tschechien
overview-country-de = Deutschland
overview-country-dk = Dänemark
overview-country-ee = Estland
overview-country-eg = Ägypten
overview-country-es = Spanien
overview-country-fi = Finnland
overview-country-fr = Frankreich
overview-country-gb = Vereinigtes Königreich
overview-country-gr = Griechenland
overview-country-hk = Hongkong
overview-country-hr = Kroatien
overview-country-hu = Ungarn
overview-country-id = Indonesien
overview-country-ie = Irland
overview-country-il = Israel
overview-country-in = Indien
overview-country-it = Italien
overview-country-jp = Japan
overview-country-kr = Südkorea
overview-country-lt = Litauen
overview-country-lu = Luxemburg
overview-country-lv = Lettland
overview-country-mx = Mexiko
overview-country-my = Malaysia
overview-country-ng = Nigeria
overview-country-nl = Niederlande
overview-country-no = Norwegen
overview-country-nz = Neuseeland
overview-country-ph = Philippinen
overview-country-pl = Polen
overview-country-pt = Portugal
overview-country-ro = Rumänien
overview-country-se = Schweden
overview-country-sg = Singapur
overview-country-sk = Slowakei
overview-country-th = Thailand
overview-country-tr = Türkei
overview-country-us = Vereinigte Staaten
overview-country-za = Südafrika

# Ein Beispiel, für eine Marke ohne Zahlen.
overview-example = Was Sie hier sehen werden: ein Beispiel
overview-example-text = Diese Zahlen sind erfunden. Ihre erscheinen, sobald der erste Klick eintrifft.
overview-example-lead = Creator haben Ihnen in 30 Tagen { $revenue } eingebracht, { $share } davon { $creator }.
overview-example-revenue = Umsatz
overview-example-more = ▲ { $share } mehr als in den 30 Tagen davor
overview-example-orders = Bestellungen
overview-example-clicks = Klicks
overview-example-commission = Verdiente Provision
overview-example-creators = Die stärksten Creator
overview-example-brought = { $orders ->
    [one] 1 Bestellung · { $revenue }
   *[other] { $orders } Bestellungen · { $revenue }
}
