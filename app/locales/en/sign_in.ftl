sign_in-title = Sign in
sign_in-email = E-mail address
sign_in-too-many = Too many links were requested from here. Wait a minute, then try again.
sign_in-used = This link no longer works: it was used, or it is too old. Ask for a new one.
sign_in-everywhere = You are signed out everywhere.
sign_in-how = We send you a link that signs you in. There is no password.
sign_in-send = Send me a link
sign_in-admin = Brands can also open the app from their Shopify admin.
sign_in-no-mail = This server cannot send mail, so it cannot send you a link.
sign_in-no-mail-how = Brands: open the app from your Shopify admin. Creators: ask your brand for a sign-in link.
sign_in-sent = Check your mail
sign_in-sent-text = If this address belongs to a brand's team or to a creator, a link is on its way. It works once and expires after 15 minutes.
sign_in-sent-nothing = Nothing there after a minute? Look in your spam folder, or check that this is the address your brand has for you.
sign_in-other-address = Use another address

# The page that a link opens.
sign_in-press = Press the button to sign in.
sign_in-press-as = Press the button to sign in as { $email } in this browser.
sign_in-join = Join { $brand }
sign_in-accept = Accept and sign in
sign_in-invited-owner = { $brand } invites { $email } to CreatorScore as an owner of its team.
sign_in-invited-member = { $brand } invites { $email } to CreatorScore as a member of its team.
sign_in-invited-creator = { $brand } invites { $email } to CreatorScore as a creator, with your links, your sales and what you earn.

# Sessions and brands.
sign_in-browser = Browser
sign_in-last-used = Last used
sign_in-signed-in = Signed in
sign_in-actions = Actions
sign_in-unknown-browser = Unknown browser
sign_in-by-operator = By a link made at the command line
sign_in-this-browser = This browser
sign_in-sign-out = Sign out
sign_in-your-sessions = Your sessions
sign_in-where = Where you are signed in
sign_in-sign-out-everywhere = Sign out everywhere
sign_in-as-creator = as the creator { $name }
sign_in-as-owner = as an owner
sign_in-as-member = as a member
sign_in-open = Open
sign_in-other-brands = Your other brands
sign_in-ended = That browser is signed out.
sign_in-places-title = Brands and sessions
sign_in-by-link = You signed in with a link from your brand. Sign in with your e-mail address to see all your sessions and brands here.
sign_in-signed-in-as = Signed in as { $email }

# Which mails the person gets.
sign_in-mails = E-mails you get
sign_in-mails-answers = A brand answered my question
sign_in-mails-payouts = A payout was paid to me
sign_in-mails-always = You always get sign-in links, and a warning when your payout details change.
sign_in-mails-save = Save e-mails
sign_in-mails-saved = Saved.
