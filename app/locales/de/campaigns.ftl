campaigns-title = Kampagnen
campaigns-back = ← Kampagnen
campaigns-new = Neue Kampagne
campaigns-search = Kampagnen suchen
campaigns-campaign = Kampagne
campaigns-state = Status
campaigns-all-but-archived = Alle außer archivierten
campaigns-budget = Budget
campaigns-links = Links
campaigns-clicks = Klicks
campaigns-orders = Bestellungen
campaigns-revenue = Umsatz
campaigns-actions = Aktionen
campaigns-more-actions = Weitere Aktionen
campaigns-edit = Bearbeiten
campaigns-archive = Archivieren
campaigns-restore = Wiederherstellen
campaigns-undo = Rückgängig
campaigns-save = Speichern
campaigns-cancel = Abbrechen
campaigns-create = Kampagne anlegen
campaigns-no-match = Keine Kampagne hat diesen Status. { $link }
campaigns-show-all = Alle zeigen
campaigns-none = Noch keine Kampagnen
campaigns-none-text = Eine Kampagne fasst Links zusammen und zeigt deren Ergebnisse neben ihrem Budget und ihrer Laufzeit.
campaigns-creator-count = { $count ->
    [one] 1 Creator
   *[other] { $count } Creator
}

# Wo eine Kampagne steht.
campaigns-running = Läuft
campaigns-planned = Geplant
campaigns-ended = Beendet
campaigns-archived = Archiviert

# Ihre Tage.
campaigns-days = { $first } – { $last }
campaigns-from = ab { $day }
campaigns-until = bis { $day }

# Was getan wurde.
campaigns-was-created = Kampagne angelegt. Fügen Sie ihr jetzt Links hinzu.
campaigns-was-saved = Gespeichert.
campaigns-was-restored = Wieder aktiv.
campaigns-was-archived = Archiviert. Die Links der Kampagne funktionieren weiter.

# Die Seite einer Kampagne. $times ist eine Zahl wie „3,5“.
campaigns-budget-times = {" "}· der Umsatz der gezeigten Tage ist das { $times }-Fache des Budgets
campaigns-runs = Laufzeit
campaigns-created = Angelegt
campaigns-creators = Creator
campaigns-creators-table = Creator der Kampagne
campaigns-creator = Creator
campaigns-no-creator = Noch kein Creator hat hier einen Link.
campaigns-no-link = Noch kein Link. { $link }, oder ordnen Sie dieser Kampagne in der Liste der Links welche zu.
campaigns-create-link = Legen Sie einen an

# Das Formular.
campaigns-name = Name
campaigns-name-example = Frühjahrsaktion
campaigns-budget-hint = In { $currency }. Nur für Sie.
campaigns-first-day = Erster Tag
campaigns-last-day = Letzter Tag
