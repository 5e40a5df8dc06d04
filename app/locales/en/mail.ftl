# Mails. Each has a subject and a text; in texts a blank line parts paragraphs.
mail-sign-in-subject = Your sign-in link
mail-sign-in =
    Hello,

    Open this link to sign in to CreatorScore. It works once and expires after 15 minutes:

    { $link }

    If you did not ask for it, ignore this e-mail: nobody can sign in without it.
mail-invitation-team-subject = Join { $brand } on CreatorScore
mail-invitation-creator-subject = { $brand } invites you to CreatorScore
mail-invitation-owner =
    Hello,

    { $brand } invites you to CreatorScore as an owner of its team.

    Open this link to accept. It works once and expires after 7 days:

    { $link }

    Afterwards you sign in with this address. If you do not know { $brand }, ignore this e-mail.
mail-invitation-member =
    Hello,

    { $brand } invites you to CreatorScore as a member of its team.

    Open this link to accept. It works once and expires after 7 days:

    { $link }

    Afterwards you sign in with this address. If you do not know { $brand }, ignore this e-mail.
mail-invitation-creator =
    Hello,

    { $brand } invites you to CreatorScore as a creator: you will see your links, your sales and what you earn.

    Open this link to accept. It works once and expires after 7 days:

    { $link }

    Afterwards you sign in with this address. If you do not know { $brand }, ignore this e-mail.
mail-answered-subject = { $brand } answered your question
mail-answered =
    Hello,

    { $brand } answered your question about a sale. The answer stands beside it:

    { $link }

    To get no such e-mails, turn them off:

    { $settings }
mail-a-creator = A creator
mail-asked-subject = { $creator } asks about a sale
mail-asked =
    Hello,

    { $creator } asks { $brand } about a sale. Read the question beside the order, and answer it there:

    { $link }

    To get no such e-mails, turn them off:

    { $settings }
mail-paid-subject = { $brand } paid you
mail-paid =
    Hello,

    { $brand } marked a payout to you as paid. The amount, and what it is made of:

    { $link }

    The money may need some days to arrive.

    To get no such e-mails, turn them off:

    { $settings }
mail-payout-changed-subject = How { $brand } pays you was changed
mail-payout-changed =
    Hello,

    How { $brand } pays you was changed on { $day }. If you asked for this, there is nothing to do.

    If you did not, write to { $brand } at once: the next payout would go to somebody else.
mail-endpoint-disabled-subject = { $host } gets no more events
mail-endpoint-disabled =
    Hello,

    CreatorScore no longer sends events of { $brand } to { $host }: it asked for no more, or took none for five days.

    Once it works again, enable it on the Setup page:

    { $link }

    Events are kept for 30 days. They can be sent again from its page.
mail-klaviyo-disabled-subject = Klaviyo gets no more events
mail-klaviyo-disabled =
    Hello,

    CreatorScore no longer sends events of { $brand } to Klaviyo, which refused the key.

    Connect it again with a new key:

    { $link }
