//! Who did something, in words.

use crate::language::t;

/// An actor of the ledger, of payouts or of the audit log, as it reads after "by" (in German after "von").
pub(crate) fn words(actor: &str) -> String {
    match actor {
        "rules" | "tier rules" => t!("words-actor-rules"),
        "cli" => t!("words-actor-operator"),
        "member" => t!("words-actor-member"),
        other if other.starts_with("account ") => t!("words-actor-member"),
        other if other.starts_with("shopify user ") => t!("words-actor-admin"),
        other if other.starts_with("key ") => t!("words-actor-key"),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn actors_read_as_people_say_them() {
        assert_eq!(words("cli"), "the command line");
        assert_eq!(words("shopify user 42"), "a user of your Shopify admin");
        assert_eq!(words("key 4f"), "an API key");
        assert_eq!(words("Anna"), "Anna");
    }
}
