settings-title = Einstellungen
settings-members-only-read = Sie sind Mitglied des Teams. Nur ein Inhaber kann ändern, was auf dieser Seite steht.
settings-actions = Aktionen
settings-creator = Creator

# Was getan wurde.
settings-was-policy-saved = Richtlinie gespeichert. Betroffene Bestellungen werden neu gutgeschrieben.
settings-was-saved = Gespeichert.
settings-was-retention-saved = Gespeichert. Was älter ist, wird innerhalb eines Tages gelöscht.
settings-was-closed = Zeitraum abgeschlossen.

# Was beim Anlegen der Marke festgelegt wurde.
settings-brand = Marke
settings-brand-name = Name
settings-time-zone = Zeitzone
settings-now = jetzt { $moment }
settings-currency = Währung
settings-brand-text = Tage beginnen um Mitternacht in dieser Zeitzone, und Summen sind in dieser Währung; Bestellungen in anderen Währungen werden getrennt gezeigt.

# Die Attributionsrichtlinie.
settings-policy = Attributionsrichtlinie
settings-policy-text = Legt fest, welche Kontakte zählen und wie der Umsatz einer Bestellung unter ihnen aufgeteilt wird. Eine Änderung ergibt eine neue Version: Frühere Bestellungen behalten ihre.
settings-versions = Versionen der Richtlinie
settings-in-force-from = Gültig ab
settings-beginning = Von Anfang an
settings-model = Modell
settings-order = Hinweise entscheiden in dieser Reihenfolge
settings-class-manual = Gutschriften von Hand
settings-class-promo = Rabattcodes
settings-class-visit = Links
settings-class-survey = Umfrageantworten
settings-then = { $before }, dann { $next }
settings-lookback = Rückblickfenster
settings-lookback-days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
}
settings-lookback-hint = Tage vor einer Bestellung, in denen ein Kontakt zählt.
settings-from = Ab
settings-from-hint = Ab jetzt, wenn leer.
settings-progress = Bestellungen werden neu gutgeschrieben: { $done } von { $total }.
settings-progress-label = Neu gutgeschriebene Bestellungen
settings-preview-button = Vorschau für die letzten { $days } Tage
settings-preview = Vorschau
settings-preview-no-orders = In den letzten { $days } Tagen gab es keine Bestellungen.
settings-preview-none = { $orders ->
    [one] Die eine Bestellung der letzten { $days } Tage würde nicht anders gutgeschrieben.
   *[other] Keine der { $orders } Bestellungen der letzten { $days } Tage würde anders gutgeschrieben.
}
settings-preview-some = { $changed ->
    [one] { $orders ->
        [one] Die eine Bestellung der letzten { $days } Tage würde anders gutgeschrieben.
       *[other] Eine von { $orders } Bestellungen der letzten { $days } Tage würde anders gutgeschrieben.
    }
   *[other] { $changed } von { $orders } Bestellungen der letzten { $days } Tage würden anders gutgeschrieben.
}
settings-preview-nothing = Bei keinem Creator würde sich etwas ändern.
settings-credited-now = Jetzt gutgeschrieben
settings-credited-then = Mit dieser Richtlinie
settings-difference = Unterschied
settings-save-policy = Richtlinie speichern

# Provisionen und Kunden.
settings-commissions = Provisionen und Kunden
settings-hold = Wartefrist
settings-hold-hint = Tage nach einer Bestellung, bevor ihre Provision ausgezahlt werden kann, damit Rücksendungen vorher ankommen.
settings-milestones = Umsatzmeilensteine
settings-milestones-hint = Beträge in { $currency }, durch Semikolons getrennt.
settings-approve = Jede Provision von Hand freigeben
settings-approve-hint = Nach der Wartefrist wartet jede unter „Provisionen“ auf Sie.
settings-trust = Kundennamen vertrauen, die Skripte im Shop melden
settings-trust-hint = Lassen Sie das aus, außer Käufer müssen sich anmelden: Wer die E-Mail-Adresse eines Käufers kennt, könnte sie melden und dessen Bestellungen gutgeschrieben bekommen.
settings-save-commissions = Provisionen speichern

# Wohin Links führen dürfen.
settings-hosts = Wohin Links führen dürfen
settings-hosts-allowed = Erlaubte Hosts
settings-hosts-allowed-hint = Links dürfen nur zu diesen und ihren Subdomains führen; überallhin, wenn leer. Links, die anderswohin führen, funktionieren sofort nicht mehr.
settings-storefronts = Shopify-Shops
settings-storefronts-hint = Die eigenen Domains Ihres Shops. Links dorthin enthalten auch den Parameter „ref“ von Shopify.
settings-save-hosts = Hosts speichern

# Geschenkgutscheine, und E-Mails an Inhaber.
settings-gift-cards = Geschenkgutscheine
settings-gift-cards-earn = Der Kauf eines Geschenkgutscheins bringt Provision
settings-gift-cards-earn-hint = Einkäufe, die damit bezahlt werden, bringen immer Provision.
settings-save-gift-cards = Geschenkgutscheine speichern
settings-mails = E-Mails an Inhaber
settings-mails-questions = Ein Creator stellt eine Frage
settings-mails-questions-hint = An alle Inhaber, die sich per E-Mail anmelden und sie nicht unter Mitglieder abgeschaltet haben.
settings-save-mails = E-Mails speichern
settings-own-mails = E-Mails, die Sie bekommen
settings-own-mails-hint = Bei allen Marken, deren Inhaber Sie sind. Unter Einstellungen lassen sie sich für alle Inhaber einer Marke abschalten.
settings-was-mails = Ihre Auswahl ist gespeichert.

# Einen Zeitraum abschließen.
settings-close = Zeitraum abschließen
settings-nothing-closed = Kein Zeitraum ist abgeschlossen.
settings-closed-through = Alle Tage bis einschließlich { $day } sind abgeschlossen.
settings-close-text = Die Zahlen abgeschlossener Tage ändern sich nicht mehr. Spätere Erstattungen und Korrekturen werden an dem Tag gebucht, an dem sie ankommen.
settings-close-question = Alle Tage bis einschließlich diesem abschließen? Das lässt sich nicht rückgängig machen.
settings-close-for-ever = Endgültig abschließen
settings-last-day = Letzter Tag

# Was wie lange aufbewahrt wird.
settings-retention = Was aufbewahrt wird, in Tagen
settings-retention-text = Ältere Besuche werden täglich gelöscht. Summen, Bestellungen, Gutschriften und Provisionen bleiben. Besuche aus dem Rückblickfenster und den 30 Tagen davor werden immer aufbewahrt, damit eine Bestellung ihre Hinweise findet.
settings-events = Ereignisse
settings-clicks = Klicks
settings-landings = Landingpage-Besuche
settings-ended-sessions = Beendete Sitzungen
settings-delete-older = Älteres löschen
settings-delete-older-hint = Nötig bei weniger Tagen als jetzt. Gelöschte Besuche sind nicht wiederherzustellen.
settings-save-retention = Aufbewahrung speichern

# Kunden, die ihre Daten angefordert haben.
settings-data-requests = Kunden, die ihre Daten angefordert haben
settings-data-requests-text = Wenn ein Kunde bei Shopify seine Daten anfordert, erscheint hier 30 Tage lang alles, was über ihn gespeichert ist. Geben Sie es dem Kunden weiter.
settings-nobody-asked = In den letzten 30 Tagen hat niemand seine Daten angefordert.
settings-asked = Angefordert am { $requested }, gelöscht am { $deleted }
settings-download = Herunterladen

# Alles mitnehmen. $data ist eine der Arten darunter.
settings-export = Alles exportieren
settings-export-text = Jede Datei enthält alles von ihrer Art, von Anfang an. Eine große kann einige Minuten brauchen. Programme bekommen dasselbe von der { $api }.
settings-export-api = Export-API
settings-export-files = Dateien zum Herunterladen
settings-json-lines = JSON Lines
settings-as-csv = { $data } als CSV
settings-as-json-lines = { $data } als JSON Lines
settings-data-orders = Bestellungen
settings-data-refunds = Erstattungen
settings-data-conversions = Gutschriften von Bestellungen
settings-data-clicks = Klicks
settings-data-links = Links
settings-data-creators = Creator
settings-data-campaigns = Kampagnen
settings-data-ledger = Provisionsbuchungen
settings-data-payouts = Auszahlungen
settings-data-milestones = Meilensteine
settings-data-tracked-events = Ereignisse Ihres Shops und Ihrer Systeme
settings-data-products = Produkte
settings-data-collabs = Kooperationen
settings-data-drops = Drops
settings-data-content = Beiträge
settings-data-webhooks = Webhooks, ohne ihre Geheimnisse
settings-data-events = Ereignisse für andere Systeme

# Alles löschen.
settings-delete = Alles löschen
settings-delete-text = Gelöscht wird alles, was einen Kunden, einen Besucher oder ein Mitglied des Teams nennt, und was sie geschrieben haben. Beträge, Gutschriften, Creator und Provisionsbuchungen bleiben. Links leiten weiter: Archivieren Sie sie vorher, wenn sie enden sollen. Das lässt sich nicht rückgängig machen.
settings-delete-by-shopify = Wenn Sie die App in Ihrem Shopify-Admin deinstallieren, geschieht dasselbe: Zwei Tage später fordert Shopify uns auf, alles zu löschen.
settings-delete-owners-only = Nur ein Inhaber kann alles löschen.
settings-delete-no-shop = Kein Shop hat die App. Um alles löschen zu lassen, wenden Sie sich an den Betreiber dieses Servers.
settings-delete-single = Die Daten eines einzelnen Creators oder Kunden löschen Sie auf der jeweiligen Seite.
settings-shop-domain = Domain des Shops
settings-shop-domain-hint = Geben Sie sie zur Bestätigung ein.
settings-delete-button = Alles löschen …
settings-delete-question = Alles von { $shops } löschen? Exportieren Sie zuerst, was Sie behalten möchten.
settings-delete-now = Jetzt alles löschen
settings-deleted = Alles wurde gelöscht
settings-deleted-text = Hier nennt nichts mehr eine Person. Ihre Links leiten weiterhin weiter. Alle, die sich per E-Mail angemeldet hatten, sind abgemeldet.
settings-deleted-next = Deinstallieren Sie jetzt die App in Ihrem Shopify-Admin. Wenn Sie sie dort noch einmal öffnen, beginnt alles von vorn.

# Mitglieder und Sitzungen.
settings-members = Mitglieder und Sitzungen
settings-was-role-changed = Rolle geändert.
settings-was-removed = Aus dem Team entfernt und abgemeldet.
settings-was-ended = Dieser Browser ist abgemeldet.
settings-from-admin = Sie haben die App in Ihrem Shopify-Admin geöffnet und haben daher die Rechte eines Inhabers. Wer sie dort sonst noch öffnen kann, entscheiden die Einstellungen von Shopify.
settings-team = Team
settings-team-text = Inhaber dürfen alles. Mitglieder können nicht auszahlen, Einstellungen und Richtlinie nicht ändern, keine Schlüssel, Webhooks und Klaviyo-Verbindungen verwalten, keine Creator importieren, keine Anmeldelinks erstellen, keine Daten löschen und das Team nicht ändern.
settings-no-members = Noch meldet sich niemand per E-Mail an. Laden Sie unten den ersten Inhaber ein.
settings-person = Person
settings-role = Rolle
settings-owner = Inhaber
settings-member = Mitglied
settings-since = Im Team seit
settings-you = Sie
settings-make-member = Zum Mitglied machen
settings-make-owner = Zum Inhaber machen
settings-leave = Team verlassen
settings-leave-text = Sie werden hier abgemeldet und brauchen eine neue Einladung, um zurückzukommen.
settings-remove = Entfernen
settings-remove-text = Die Person wird sofort abgemeldet und braucht eine neue Einladung, um zurückzukommen.
settings-signed-in = Per E-Mail oder Link angemeldet
settings-team-sessions = Sitzungen des Teams

# Einladungen.
settings-invite = Jemanden einladen
settings-no-creator = Keiner
settings-creator-hint = Nur wenn Sie einen Creator einladen: wessen Seite die Person sehen wird.
settings-send-invitation = Einladung senden
settings-invitations = Einladungen
settings-invited = Eingeladen
settings-invited-as = Als
settings-creator-named = Creator { $name }
settings-state = Status
settings-valid-until = Gültig bis
settings-brand-change = Ändern
settings-brand-title = Marke
settings-brand-zone-hint = Tage beginnen um Mitternacht in dieser Zeitzone. Sie lässt sich ändern, bis etwas gezählt ist, etwa ein Klick oder eine Bestellung; danach würden sich auch die Zahlen früherer Tage ändern.
settings-brand-currency-hint = Der Code der Währung, die Summen zuerst zeigen, etwa EUR, und in der Beträge stehen, die ohne Währung eingegeben oder gemeldet werden. Bisherige Beträge behalten ihre: Nichts wird umgerechnet.
settings-brand-save = Marke speichern
settings-recompute-done = Alle Bestellungen sind neu berechnet.
