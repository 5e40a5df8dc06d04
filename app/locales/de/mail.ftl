# E-Mails. Jede hat einen Betreff und einen Text; in Texten trennt eine Leerzeile die Absätze.
mail-sign-in-subject = Ihr Anmeldelink
mail-sign-in =
    Guten Tag,

    mit diesem Link melden Sie sich bei CreatorScore an. Er funktioniert einmal und läuft nach 15 Minuten ab:

    { $link }

    Wenn Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren: Ohne den Link kann sich niemand anmelden.
mail-invitation-team-subject = Einladung ins Team von { $brand } bei CreatorScore
mail-invitation-creator-subject = { $brand } lädt Sie zu CreatorScore ein
mail-invitation-owner =
    Guten Tag,

    { $brand } lädt Sie als Inhaber in das Team bei CreatorScore ein.

    Mit diesem Link nehmen Sie an. Er funktioniert einmal und läuft nach 7 Tagen ab:

    { $link }

    Danach melden Sie sich mit dieser Adresse an. Wenn Sie { $brand } nicht kennen, ignorieren Sie diese E-Mail.
mail-invitation-member =
    Guten Tag,

    { $brand } lädt Sie als Mitglied in das Team bei CreatorScore ein.

    Mit diesem Link nehmen Sie an. Er funktioniert einmal und läuft nach 7 Tagen ab:

    { $link }

    Danach melden Sie sich mit dieser Adresse an. Wenn Sie { $brand } nicht kennen, ignorieren Sie diese E-Mail.
mail-invitation-creator =
    Guten Tag,

    { $brand } lädt Sie als Creator zu CreatorScore ein: Sie sehen dort Ihre Links, Ihre Verkäufe und was Sie verdienen.

    Mit diesem Link nehmen Sie an. Er funktioniert einmal und läuft nach 7 Tagen ab:

    { $link }

    Danach melden Sie sich mit dieser Adresse an. Wenn Sie { $brand } nicht kennen, ignorieren Sie diese E-Mail.
mail-answered-subject = { $brand } hat Ihre Frage beantwortet
mail-answered =
    Guten Tag,

    { $brand } hat Ihre Frage zu einem Verkauf beantwortet. Die Antwort steht beim Verkauf:

    { $link }

    Solche E-Mails können Sie hier abstellen:

    { $settings }
mail-a-creator = Ein Creator
mail-asked-subject = { $creator } fragt nach einem Verkauf
mail-asked =
    Guten Tag,

    { $creator } hat { $brand } eine Frage zu einem Verkauf gestellt. Sie steht bei der Bestellung, dort antworten Sie auch:

    { $link }

    Solche E-Mails können Sie hier abstellen:

    { $settings }
mail-paid-subject = { $brand } hat Sie bezahlt
mail-paid =
    Guten Tag,

    { $brand } hat eine Auszahlung an Sie als bezahlt markiert. Der Betrag, und woraus er sich zusammensetzt:

    { $link }

    Bis das Geld ankommt, kann es einige Tage dauern.

    Solche E-Mails können Sie hier abstellen:

    { $settings }
mail-payout-changed-subject = Geändert: wie { $brand } Sie bezahlt
mail-payout-changed =
    Guten Tag,

    wie { $brand } Sie bezahlt, wurde am { $day } geändert. Wenn Sie das veranlasst haben, brauchen Sie nichts zu tun.

    Wenn nicht, schreiben Sie { $brand } sofort: Die nächste Auszahlung ginge an jemand anderen.
mail-endpoint-disabled-subject = { $host } erhält keine Ereignisse mehr
mail-endpoint-disabled =
    Guten Tag,

    CreatorScore sendet die Ereignisse von { $brand } nicht mehr an { $host }: Der Empfänger will keine mehr oder hat fünf Tage lang keine angenommen.

    Wenn der Empfänger wieder arbeitet, schalten Sie ihn auf der Seite „Einrichtung“ ein:

    { $link }

    Ereignisse bleiben 30 Tage gespeichert. Von seiner Seite aus lassen sie sich noch einmal senden.
mail-klaviyo-disabled-subject = Klaviyo erhält keine Ereignisse mehr
mail-klaviyo-disabled =
    Guten Tag,

    CreatorScore sendet die Ereignisse von { $brand } nicht mehr an Klaviyo, weil Klaviyo den Schlüssel abgelehnt hat.

    Verbinden Sie es mit einem neuen Schlüssel:

    { $link }
