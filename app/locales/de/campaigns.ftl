campaigns-title = Kampagnen
campaigns-back = ← Kampagnen
campaigns-new = Neue Kampagne
campaigns-create = Kampagne anlegen
campaigns-cancel = Abbrechen
campaigns-search = Kampagnen suchen
campaigns-none = Noch keine Kampagnen
campaigns-none-text = Eine Kampagne fasst Links zusammen und zeigt ihre Ergebnisse neben Budget und Laufzeit.
campaigns-none-in-state = Keine Kampagne hat diesen Stand. { $all }
campaigns-show-all = Alle zeigen

# Was gerade geschah.
campaigns-created-done = Kampagne angelegt. Fügen Sie jetzt Links hinzu.
campaigns-saved-done = Gespeichert.
campaigns-restored-done = Wieder aktiv.
campaigns-archived-done = Archiviert. Die Links funktionieren weiter.
campaigns-undo = Rückgängig

# Spalten und Angaben.
campaigns-campaign = Kampagne
campaigns-state = Stand
campaigns-budget = Budget
campaigns-links = Links
campaigns-clicks = Klicks
campaigns-orders = Bestellungen
campaigns-revenue = Umsatz
campaigns-actions = Aktionen
campaigns-creator = Creator
campaigns-creators = Creator
campaigns-runs = Läuft
campaigns-created = Angelegt
campaigns-times = der Umsatz der gezeigten Tage ist das { $times }-Fache des Budgets
campaigns-creators-of = Creator der Kampagne
campaigns-no-creator = Noch kein Creator hat hier einen Link.
campaigns-creator-count = { $count ->
    [one] 1 Creator
   *[other] { $count } Creator
}
campaigns-no-link = Noch kein Link. { $create }, oder nehmen Sie Links in der Liste der Links hier auf.
campaigns-create-link = Legen Sie einen an

# Stände.
campaigns-state-running = Läuft
campaigns-state-planned = Geplant
campaigns-state-ended = Beendet
campaigns-state-archived = Archiviert
campaigns-all-states = Alle außer archivierten

# Aktionen und das Formular.
campaigns-archive = Archivieren
campaigns-restore = Wiederherstellen
campaigns-edit = Bearbeiten
campaigns-more = Weitere Aktionen
campaigns-save = Speichern
campaigns-name = Name
campaigns-name-example = Frühjahrsstart
campaigns-budget-hint = In { $currency }. Nur für Sie.
campaigns-first-day = Erster Tag
campaigns-last-day = Letzter Tag
campaigns-from = ab { $day }
campaigns-until = bis { $day }
