component-copy = Kopieren
component-copy-what = { $what } kopieren
component-copied = Kopiert
component-copy-by-hand = Bitte von Hand kopieren
component-from = Von
component-to = Bis
component-apply = Anwenden
component-time-zone = Zeitzone: { $zone }
