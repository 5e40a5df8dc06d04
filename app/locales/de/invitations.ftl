# Einladungen per E-Mail, auf der Seite der Mitglieder und auf der Seite eines Creators.

invitations-no-mail = Dieser Server kann keine E-Mails versenden. Sein Betreiber muss SMTP_URL und MAIL_FROM setzen; bis dahin entstehen Anmeldelinks auf der Seite eines Creators und auf der Kommandozeile.
invitations-explanation = Die Person bekommt eine E-Mail mit einem Link, der einmal funktioniert und nach 7 Tagen abläuft. Danach meldet sie sich mit ihrer Adresse an.
invitations-email = E-Mail-Adresse
invitations-was-sent = Die Einladung ist unterwegs.
invitations-was-revoked = Einladung widerrufen. Der Link funktioniert nicht mehr.
invitations-expired = Abgelaufen
invitations-sent = Gesendet
invitations-on-its-way = Unterwegs
invitations-send-again = Erneut senden
invitations-revoke = Widerrufen
invitations-revoke-text = Der Link, der an { $email } gesendet wurde, funktioniert dann nicht mehr. Sie können die Person erneut einladen.
