# The public page of a proof.
proof-kind = Revenue proof
proof-page-title = Revenue proof · { $title }
proof-sample = Sample data
proof-sample-text = { $label } Everything in this proof is made up.
proof-current = Current
proof-current-text = { $label } These figures still hold.
proof-superseded-lead = Superseded.
proof-superseded-newer = { $label } The figures of this period have changed since it was issued, for example by refunds. { $link }
proof-newer = See the newer proof of this period.
proof-superseded-ask = { $label } The figures of this period have changed since it was issued, for example by refunds. Ask the creator for a newer one.
proof-net-revenue = Net revenue
proof-orders = Orders
proof-clicks = Clicks
proof-signed-by = Signed by { $issuer } with CreatorScore, which joins sales to the creators who led to them.

# The signature. The first without script, the others after the browser has verified it.
proof-signature = This page carries a signed statement. A browser with JavaScript verifies it here; anyone can verify the file below without trusting this page.
proof-signature-valid = Signature verified by your browser: the issuer signed exactly what is shown here, and nothing was changed since.
proof-signature-wrong = The signature is wrong: what this page shows is not what was signed. Do not rely on it.
proof-signature-differs = The signature is right, but this page shows something else than what was signed. Do not rely on it.
proof-signature-unknown = It was signed with a key that the issuer does not publish. Do not rely on it.
proof-signature-unsupported = Your browser cannot verify Ed25519 signatures. Use a newer one, or verify the file as described below.
proof-signature-offline = The issuer's public keys could not be loaded. Reload the page to verify the signature.

# What it states.
proof-creator = Creator
proof-brand = Brand
proof-days = Days
proof-days-in-zone = { $days }, in the time zone { $zone }
proof-counted-label = What is counted
proof-counted = Clicks by people on the creator's links whose revenue the brand shares, and orders that credit these links only, less refunds and cancellations.
proof-credited = How orders are credited
proof-policy = { $days ->
    [one] { $model }, within 1 day (version { $version } of the brand's rules)
   *[other] { $model }, within { $days } days (version { $version } of the brand's rules)
}
proof-issued = Issued
proof-address = Address

# How to verify the file.
proof-verify = Verify it without this page
proof-verify-how = Download { $file } and { $keys }, then run:
proof-verify-file = the signed file
proof-verify-keys = the issuer's public keys
proof-verify-format = It is a JWS with an Ed25519 signature, which other tools read too.

# Instead of a proof that was withdrawn.
proof-withdrawn = Proof withdrawn
proof-withdrawn-by-brand = The brand has withdrawn this proof.
proof-withdrawn-by-creator = Its creator has withdrawn this proof.
proof-withdrawn-text = What it stated is shown no longer. Ask its creator for a new one.

# The proofs of a creator, as the brand sees them.
proof-of-creator = Revenue proofs
proof-of-creator-text = Signed pages on which this creator shows others what they sold through links whose revenue you share.
proof-state-valid = Valid
proof-state-superseded = Superseded
proof-state-revoked = Revoked
proof-state-withdrawn = Withdrawn by the creator
proof-issued-at = Issued { $moment }
proof-revoke = Revoke
proof-revoke-text = Its page will show no figures any more, and the creator cannot issue one with the same figures. Files that others have downloaded stay readable.
proof-revoke-proof = Revoke proof
