sign_in-title = Anmelden
sign_in-email = E-Mail-Adresse
sign_in-too-many = Von hier wurden zu viele Links angefordert. Warten Sie eine Minute, und versuchen Sie es dann noch einmal.
sign_in-used = Dieser Link funktioniert nicht mehr: Er wurde benutzt, oder er ist zu alt. Fordern Sie einen neuen an.
sign_in-everywhere = Sie sind überall abgemeldet.
sign_in-how = Wir senden Ihnen einen Link, der Sie anmeldet. Ein Passwort gibt es nicht.
sign_in-send = Link senden
sign_in-admin = Marken können die App auch in ihrem Shopify-Admin öffnen.
sign_in-no-mail = Dieser Server kann keine E-Mails versenden, also kann er Ihnen keinen Link senden.
sign_in-no-mail-how = Marken: Öffnen Sie die App in Ihrem Shopify-Admin. Creator: Bitten Sie Ihre Marke um einen Anmeldelink.
sign_in-sent = Sehen Sie in Ihr Postfach
sign_in-sent-text = Wenn diese Adresse zum Team einer Marke oder zu einem Creator gehört, ist ein Link unterwegs. Er funktioniert einmal und läuft nach 15 Minuten ab.
sign_in-sent-nothing = Nach einer Minute nichts da? Sehen Sie in Ihren Spamordner, oder prüfen Sie, ob Ihre Marke diese Adresse von Ihnen hat.
sign_in-other-address = Andere Adresse verwenden

# Die Seite, die ein Link öffnet.
sign_in-press = Drücken Sie die Schaltfläche, um sich anzumelden.
sign_in-press-as = Drücken Sie die Schaltfläche, um sich in diesem Browser als { $email } anzumelden.
sign_in-join = { $brand } beitreten
sign_in-accept = Annehmen und anmelden
sign_in-invited-owner = { $brand } lädt { $email } als Inhaber des Teams zu CreatorScore ein.
sign_in-invited-member = { $brand } lädt { $email } als Mitglied des Teams zu CreatorScore ein.
sign_in-invited-creator = { $brand } lädt { $email } als Creator zu CreatorScore ein, mit Ihren Links, Ihren Verkäufen und Ihren Einnahmen.

# Sitzungen und Marken.
sign_in-browser = Browser
sign_in-last-used = Zuletzt benutzt
sign_in-signed-in = Angemeldet
sign_in-actions = Aktionen
sign_in-unknown-browser = Unbekannter Browser
sign_in-by-operator = Mit einem Link der Kommandozeile
sign_in-this-browser = Dieser Browser
sign_in-sign-out = Abmelden
sign_in-your-sessions = Ihre Sitzungen
sign_in-where = Wo Sie angemeldet sind
sign_in-sign-out-everywhere = Überall abmelden
sign_in-as-creator = als Creator { $name }
sign_in-as-owner = als Inhaber
sign_in-as-member = als Mitglied
sign_in-open = Öffnen
sign_in-other-brands = Ihre anderen Marken
sign_in-ended = Dieser Browser ist abgemeldet.
sign_in-places-title = Marken und Sitzungen
sign_in-by-link = Sie haben sich mit einem Link Ihrer Marke angemeldet. Melden Sie sich mit Ihrer E-Mail-Adresse an, um hier alle Ihre Sitzungen und Marken zu sehen.
sign_in-signed-in-as = Angemeldet als { $email }

# Which mails the person gets.
sign_in-mails = E-Mails, die Sie bekommen
sign_in-mails-answers = Eine Marke hat meine Frage beantwortet
sign_in-mails-payouts = Mir wurde ausgezahlt
sign_in-mails-always = Anmeldelinks kommen immer, ebenso eine Warnung, wenn Ihre Auszahlungsdaten geändert wurden.
sign_in-mails-save = E-Mail-Auswahl speichern
sign_in-mails-saved = Gespeichert.
