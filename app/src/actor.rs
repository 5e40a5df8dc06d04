//! Who did something, in words.

/// An actor of the ledger, of payouts or of the audit log, as it reads after "by".
pub(crate) fn words(actor: &str) -> String {
    match actor {
        "rules" | "tier rules" => "your rules".to_owned(),
        "cli" => "the command line".to_owned(),
        "member" => "a team member".to_owned(),
        other if other.starts_with("account ") => "a team member".to_owned(),
        other if other.starts_with("shopify user ") => "a user of your Shopify admin".to_owned(),
        other if other.starts_with("key ") => "an API key".to_owned(),
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
