//! How other tools name their columns. A table is a list of names that a tool is known to use, never a pattern.

use super::field::{Field, Source};
use crate::link::Platform;

/// Names by which any tool's column is known, in the form of [`normalised`].
const GENERIC: &[(Field, &[&str])] = &[
    (Field::Name, &["name", "full_name", "display_name", "creator", "creator_name", "affiliate_name", "partner_name"]),
    (Field::FirstName, &["first_name", "firstname", "given_name"]),
    (Field::LastName, &["last_name", "lastname", "surname", "family_name"]),
    (Field::Email, &["email", "e_mail", "email_address", "e_mail_address", "mail"]),
    (Field::Handle, &["handle", "username", "user_name"]),
    (
        Field::Code,
        &["code", "coupon", "coupon_code", "promo_code", "promocode", "discount_code", "discount", "affiliate_code"],
    ),
    (Field::ExternalId, &["id", "external_id", "affiliate_id", "partner_id", "creator_id"]),
    (Field::Tier, &["tier", "program", "program_name", "group", "level"]),
    (Field::Tags, &["tags", "tag", "labels"]),
    (Field::Status, &["status"]),
    (
        Field::Balance,
        &[
            "balance",
            "balance_owed",
            "amount_owed",
            "owed",
            "unpaid",
            "unpaid_balance",
            "unpaid_commission",
            "unpaid_commissions",
        ],
    ),
    (Field::Currency, &["currency", "currency_code"]),
    (Field::PayoutAddress, &["paypal_email", "paypal", "paypal_address", "payout_address", "payout_email"]),
    (Field::Social(Platform::Instagram), &["instagram", "instagram_handle", "instagram_username", "ig"]),
    (Field::Social(Platform::TikTok), &["tiktok", "tik_tok", "tiktok_handle", "tiktok_username"]),
    (Field::Social(Platform::YouTube), &["youtube", "you_tube", "youtube_channel", "youtube_handle"]),
    (Field::Social(Platform::X), &["twitter", "x", "twitter_handle", "x_handle"]),
    (Field::Social(Platform::Facebook), &["facebook", "facebook_handle"]),
    (Field::Social(Platform::LinkedIn), &["linkedin", "linked_in", "linkedin_handle"]),
    (Field::Password, &["password", "passwort", "pass", "pwd"]),
];

/// What a tool's own columns mean, where that is not what [`GENERIC`] says.
const fn own_names(source: Source) -> &'static [(Field, &'static [&'static str])] {
    match source {
        Source::UpPromote => {
            &[(Field::ExternalId, &["affiliate_id", "id"]), (Field::Tier, &["program_name", "program"])]
        }
        Source::Refersion => &[(Field::Tier, &["offer_id", "offer", "offer_name"])],
        Source::GoAffPro => &[(Field::ExternalId, &["ref_code"]), (Field::Code, &["coupon"])],
        Source::Rewardful => &[(Field::ExternalId, &["token"])],
        Source::Dub | Source::SocialSnowball | Source::ShopifyCollabs | Source::Generic => &[],
    }
}

/// Columns that only this tool's files have: all of one set must be there. The earlier set is the better proof.
const SIGNATURES: &[(Source, &[&str])] = &[
    (Source::Dub, &["enrolled_at", "payouts_enabled_at"]),
    (Source::Refersion, &["offer_id"]),
    (Source::Refersion, &["dashboard_enabled"]),
    (Source::Rewardful, &["stripe_customer_id"]),
    (Source::Rewardful, &["wise_email"]),
    (Source::Rewardful, &["token", "paypal_email"]),
    (Source::UpPromote, &["signup_source"]),
    (Source::UpPromote, &["payment_info"]),
    (Source::GoAffPro, &["ref_code"]),
    (Source::SocialSnowball, &["first_name", "last_name", "email", "code", "phone"]),
    (Source::ShopifyCollabs, &["email", "affiliate_code"]),
];

/// A column's name without case, surrounding space and punctuation: `First Name` is `first_name`.
pub(super) fn normalised(header: &str) -> String {
    let words = header.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// The tool whose file has these columns; `Generic` if none is known to.
pub(super) fn detect(names: &[String]) -> Source {
    let has = |wanted: &&str| names.iter().any(|name| name == wanted);
    let found = SIGNATURES.iter().find(|(_, columns)| columns.iter().all(has));
    found.map_or(Source::Generic, |(source, _)| *source)
}

/// What a column of this name holds in a file of this tool.
pub(super) fn field_of(source: Source, name: &str) -> Option<Field> {
    let in_table =
        |table: &[(Field, &[&str])]| table.iter().find(|(_, aliases)| aliases.contains(&name)).map(|(field, _)| *field);
    in_table(own_names(source)).or_else(|| in_table(GENERIC))
}

/// How alike two names must be for a suggestion, from 0 to 1.
const LIKENESS_MIN: f64 = 0.87;

/// The field whose known names are most like this one.
pub(super) fn suggestion(name: &str) -> Option<Field> {
    let known = GENERIC.iter().flat_map(|(field, aliases)| aliases.iter().map(|alias| (*field, *alias)));
    // What a name of several words ends or begins with tells more than its letters: `Creator e-mail`, `Code 2024`.
    let long = || known.clone().filter(|(_, alias)| alias.len() > 2);
    let last = long().find(|(_, alias)| name.ends_with(&format!("_{alias}")));
    let word = last.or_else(|| long().find(|(_, alias)| name.starts_with(&format!("{alias}_"))));
    let alike = known.map(|(field, alias)| (field, strsim::jaro_winkler(alias, name)));
    let best = alike.max_by(|one, other| one.1.total_cmp(&other.1)).filter(|(_, likeness)| *likeness >= LIKENESS_MIN);
    word.map(|(field, _)| field).or(best.map(|(field, _)| field)).filter(|field| *field != Field::Password)
}
