# Invitations by mail, on the page of members and on the page of a creator.

invitations-no-mail = This server cannot send mail. Its operator has to set SMTP_URL and MAIL_FROM; until then, sign-in links are made on a creator's page and at the command line.
invitations-explanation = They get an e-mail with a link that works once and expires after 7 days. Afterwards they sign in with their address.
invitations-email = E-mail address
invitations-was-sent = The invitation is on its way.
invitations-was-revoked = Invitation revoked. Its link no longer works.
invitations-expired = Expired
invitations-sent = Sent
invitations-on-its-way = On its way
invitations-send-again = Send again
invitations-revoke = Revoke
invitations-revoke-text = The link that { $email } was sent stops working. You can invite them again.
