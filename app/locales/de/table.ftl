table-empty = Hier ist noch nichts.
table-nothing-found = Diese Suche findet nichts. { $link }
table-clear-search = Suche löschen
table-note = Anmerkung
table-range = { $first }–{ $last } von { $count }
table-pages = Seiten von „{ $table }“
table-previous = ← Zurück
table-next = Weiter →
