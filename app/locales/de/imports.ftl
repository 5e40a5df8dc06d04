# Die Liste der Importe und das Formular für einen neuen.
imports-title = Creator importieren
imports-back = ← Importe
imports-text = Übernehmen Sie Ihre Creator aus einem anderen Werkzeug oder einer Tabelle: mit Rabattcodes, Guthaben und E-Mail-Adressen. Sie sehen, was geschehen würde, bevor etwas gespeichert wird. { $link }
imports-docs = Was gelesen wird, je Werkzeug
imports-owners-only = Nur Inhaber können importieren.
imports-file = Datei
imports-file-hint = CSV oder .xlsx, bis 5 MiB und 10.000 Zeilen. Die erste Zeile benennt die Spalten.
imports-source = Aus
imports-source-detect = An den Spalten erkennen
imports-other-tool = Anderes Werkzeug oder Tabelle
imports-check = Datei prüfen
imports-history = Bisherige Importe
imports-none = Noch keine Importe
imports-none-text = Was Sie importieren, steht hier und lässt sich zurücknehmen.
imports-when = Wann
imports-by = von { $who }
imports-state = Status
imports-rows = Zeilen
imports-created = Neue Creator
imports-updated = Geändert
imports-unchanged = Unverändert
imports-wrong = Fehlerhafte Zeilen
imports-runs = Läuft
imports-done = Fertig
imports-undone = Zurückgenommen
imports-failed = Fehlgeschlagen

# Eine Datei, die geprüft wurde.
imports-check-title = { $file } prüfen
imports-nothing = Es würde sich nichts ändern: Ihre Creator sind so, wie die Datei sagt.
imports-import = { $count ->
    [one] 1 Creator importieren
   *[other] { $count } Creator importieren
}
imports-check-again = Noch einmal prüfen
imports-columns = Spalten · { $source }
imports-columns-text = Berichtigen Sie, was eine Spalte enthält, wenn wir falsch lagen, und prüfen Sie noch einmal. Passwörter werden nie gelesen.
imports-column = Spalte
imports-example = Beispiel
imports-holds = Enthält
imports-holds-of = Was { $column } enthält
imports-no-name = (ohne Namen)
imports-not-imported = Wird nicht importiert
imports-password = Passwort, wird nicht importiert
imports-suggestion = Vielleicht: { $field }
imports-wrong-note = sie werden ausgelassen
imports-preview = Was geschehen würde
imports-first-rows = Die ersten { $shown } von { $total } Zeilen.
imports-row = Zeile
imports-creator = Creator
imports-outcome = Ergebnis
imports-changes = Änderungen
imports-is-created = Neu
imports-is-updated = Geändert
imports-is-unchanged = Unverändert
imports-is-wrong = Fehlerhaft

# Was eine Spalte enthält.
imports-field-name = Name
imports-field-first-name = Vorname
imports-field-last-name = Nachname
imports-field-email = E-Mail-Adresse
imports-field-handle = Handle
imports-field-code = Rabattcode
imports-field-external-id = Nummer im anderen Werkzeug
imports-field-tier = Stufe
imports-field-tags = Tags
imports-field-status = Status
imports-field-balance = Offenes Guthaben
imports-field-currency = Währung
imports-field-payout-address = PayPal-Adresse
imports-field-socials = Konten in sozialen Netzen

# Ein Import.
imports-of = Import vom { $moment }
imports-was-begun = Der Import hat begonnen.
imports-was-undone = Der Import ist zurückgenommen.
imports-begun-by = Begonnen von
imports-last-change = Letzte Änderung
imports-progress = { $done } von { $total } Zeilen fertig
imports-progress-label = Fertige Zeilen
imports-undo = Import zurücknehmen
imports-undo-title = Zurücknehmen
imports-undo-text = Creator, die er hinzugefügt hat, werden gelöscht, oder archiviert, wenn sich etwas auf sie bezieht. Andere werden wieder, was sie waren, und Guthaben werden zurückgebucht.
imports-undo-question = Der ganze Import wird zurückgenommen, oder nichts, wenn einer seiner Creator seitdem geändert wurde.
imports-wrong-rows = Fehlerhafte Zeilen
imports-error = Was nicht stimmt
imports-cells = Die Zeile
imports-download = Die fehlerhaften Zeilen als CSV herunterladen
imports-do-not-import = Nicht importieren
imports-columns-table = Spalten der Datei
imports-choices-changed = Sie haben geändert, was Spalten enthalten. Das würde der Import jetzt bewirken.
imports-is-done = Der Import ist fertig.
