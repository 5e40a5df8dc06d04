# Ein Endpunkt.
webhooks-title = Webhooks an { $host }
webhooks-back = ← Einrichtung
webhooks-state = Status
webhooks-version = Version
webhooks-created = Angelegt
webhooks-was-saved = Endpunkt gespeichert.
webhooks-was-replayed = { $count ->
    [0] Es gab nichts erneut zu senden.
    [one] 1 Ereignis wird erneut gesendet.
   *[other] { $count } Ereignisse werden erneut gesendet.
}
webhooks-edit = Endpunkt bearbeiten
webhooks-save = Speichern
webhooks-remove = Endpunkt entfernen

# Was ihm gesendet wurde.
webhooks-deliveries = Zustellungen
webhooks-all-states = Alle
webhooks-waiting = Wartet auf ein früheres Ereignis
webhooks-due = Noch zu senden
webhooks-delivered = Zugestellt
webhooks-dead = Fehlgeschlagen
webhooks-event = Ereignis
webhooks-attempts = Versuche
webhooks-answer = Antwort
webhooks-queued = Eingereiht
webhooks-next = nächster Versuch { $moment }
webhooks-none = Keine Zustellungen
webhooks-none-text = Ereignisse, die dieser Endpunkt bekommt, stehen hier 30 Tage lang.
webhooks-send-again = Erneut senden
webhooks-replay = Ereignisse erneut senden
webhooks-replay-text = Ein Ereignis, das Ihr System schon hat, erkennt es an der webhook-id.
webhooks-replay-disabled = Schalten Sie den Endpunkt erst ein.
webhooks-which = Welche Ereignisse
webhooks-replay-failed = Die nicht zugestellten
webhooks-replay-all = Alle
webhooks-since = Seit
webhooks-since-hint = Leer: seit der Endpunkt angelegt wurde. Ereignisse werden 30 Tage aufbewahrt.

# Sein Geheimnis.
webhooks-secret = Geheimnis
webhooks-secret-text = Mit dem Geheimnis wird signiert, was gesendet wird. Ersetzen Sie es, wenn es jemand anderes haben könnte.
webhooks-previous = Bis zum { $moment } wird auch mit dem vorigen Geheimnis signiert.
webhooks-overlap = Das alte Geheimnis
webhooks-overlap-none = Gilt sofort nicht mehr
webhooks-overlap-hours = { $count ->
    [one] Signiert noch 1 Stunde mit
   *[other] Signiert noch { $count } Stunden mit
}
webhooks-rotate = Geheimnis ersetzen

# Eine Zustellung.
webhooks-back-to-deliveries = ← Zustellungen
webhooks-event-id = Nummer des Ereignisses
webhooks-about = Betrifft
webhooks-number = Laufende Nummer
webhooks-next-attempt = Nächster Versuch
webhooks-when = Wann
webhooks-duration = Dauer
webhooks-ms = { $count } ms
webhooks-answer-body = Was geantwortet wurde
webhooks-no-attempt = Es wurde noch nicht gesendet.
webhooks-body = Was gesendet wird
webhooks-body-text = Jeder Versuch hat denselben Inhalt, aber einen eigenen Zeitstempel und eine eigene Signatur. { $link }
webhooks-body-gone = Das Ereignis wird nicht mehr aufbewahrt.
webhooks-was-replayed-part = { $count ->
    [one] 1 Ereignis wird erneut gesendet. Es gibt weitere: Wählen Sie für sie einen späteren Tag.
   *[other] { $count } Ereignisse werden erneut gesendet. Es gibt weitere: Wählen Sie für sie einen späteren Tag.
}
