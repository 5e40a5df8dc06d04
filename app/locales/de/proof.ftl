# Die öffentliche Seite eines Nachweises.
proof-kind = Umsatznachweis
proof-page-title = Umsatznachweis · { $title }
proof-sample = Beispieldaten
proof-sample-text = { $label } Alles in diesem Nachweis ist erfunden.
proof-current = Aktuell
proof-current-text = { $label } Diese Zahlen gelten noch.
proof-superseded-lead = Überholt.
proof-superseded-newer = { $label } Die Zahlen dieses Zeitraums haben sich seit der Ausstellung geändert, zum Beispiel durch Erstattungen. { $link }
proof-newer = Zum neueren Nachweis dieses Zeitraums.
proof-superseded-ask = { $label } Die Zahlen dieses Zeitraums haben sich seit der Ausstellung geändert, zum Beispiel durch Erstattungen. Bitten Sie den Creator um einen neueren.
proof-net-revenue = Nettoumsatz
proof-orders = Bestellungen
proof-clicks = Klicks
proof-signed-by = Signiert von { $issuer } mit CreatorScore, das jeden Verkauf dem Creator zuordnet, der zu ihm geführt hat.

# Die Signatur. Das Erste ohne Skript, die anderen, nachdem der Browser sie geprüft hat.
proof-signature = Diese Seite enthält eine signierte Aussage. Ein Browser mit JavaScript prüft sie hier; die Datei unten kann jeder prüfen, ohne dieser Seite zu vertrauen.
proof-signature-valid = Die Signatur wurde von Ihrem Browser geprüft: Der Aussteller hat genau das signiert, was hier steht, und seitdem wurde nichts geändert.
proof-signature-wrong = Die Signatur ist falsch: Was diese Seite zeigt, ist nicht das, was signiert wurde. Verlassen Sie sich nicht darauf.
proof-signature-differs = Die Signatur ist richtig, aber diese Seite zeigt etwas anderes, als signiert wurde. Verlassen Sie sich nicht darauf.
proof-signature-unknown = Signiert wurde mit einem Schlüssel, den der Aussteller nicht veröffentlicht. Verlassen Sie sich nicht darauf.
proof-signature-unsupported = Ihr Browser kann keine Ed25519-Signaturen prüfen. Verwenden Sie einen neueren, oder prüfen Sie die Datei, wie unten beschrieben.
proof-signature-offline = Die öffentlichen Schlüssel des Ausstellers konnten nicht geladen werden. Laden Sie die Seite neu, um die Signatur zu prüfen.

# Was er aussagt.
proof-creator = Creator
proof-brand = Marke
proof-days = Tage
proof-days-in-zone = { $days }, in der Zeitzone { $zone }
proof-counted-label = Was gezählt wird
proof-counted = Klicks von Menschen auf die Links des Creators, deren Umsatz die Marke teilt, und Bestellungen, die allein diesen Links gutgeschrieben sind, abzüglich Erstattungen und Stornierungen.
proof-credited = Wie Bestellungen gutgeschrieben werden
proof-policy = { $model }, innerhalb von { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
} (Version { $version } der Regeln der Marke)
proof-issued = Ausgestellt
proof-address = Adresse

# Wie sich die Datei prüfen lässt.
proof-verify = Ohne diese Seite prüfen
proof-verify-how = Laden Sie { $file } und { $keys } herunter, und führen Sie dann aus:
proof-verify-file = die signierte Datei
proof-verify-keys = die öffentlichen Schlüssel des Ausstellers
proof-verify-format = Es ist ein JWS mit einer Ed25519-Signatur, das auch andere Werkzeuge lesen.

# Anstelle eines Nachweises, der zurückgezogen wurde.
proof-withdrawn = Nachweis zurückgezogen
proof-withdrawn-by-brand = Die Marke hat diesen Nachweis zurückgezogen.
proof-withdrawn-by-creator = Der Creator hat diesen Nachweis zurückgezogen.
proof-withdrawn-text = Was er aussagte, wird nicht mehr gezeigt. Bitten Sie den Creator um einen neuen.

# Die Nachweise eines Creators, wie die Marke sie sieht.
proof-of-creator = Umsatznachweise
proof-of-creator-text = Signierte Seiten, auf denen dieser Creator anderen zeigt, was er über Links verkauft hat, deren Umsatz Sie teilen.
proof-state-valid = Gültig
proof-state-superseded = Überholt
proof-state-revoked = Widerrufen
proof-state-withdrawn = Vom Creator zurückgezogen
proof-issued-at = Ausgestellt am { $moment }
proof-revoke = Widerrufen
proof-revoke-text = Die Seite zeigt dann keine Zahlen mehr, und der Creator kann keinen Nachweis mit denselben Zahlen mehr ausstellen. Dateien, die andere heruntergeladen haben, bleiben lesbar.
proof-revoke-proof = Nachweis widerrufen
