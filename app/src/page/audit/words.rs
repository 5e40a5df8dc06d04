//! The words of the audit log.

/// What entries are about: the first part of their action, and what the filter calls it.
pub(super) const SUBJECTS: [(&str, &str); 32] = [
    ("key", "API keys"),
    ("policy", "Attribution policy"),
    ("campaign", "Campaigns"),
    ("click", "Clicks"),
    ("period", "Closed periods"),
    ("collab", "Collabs"),
    ("commission_rule", "Commission rules"),
    ("commission", "Commissions"),
    ("creator", "Creators"),
    ("question", "Creators’ questions"),
    ("customer", "Customers"),
    ("drop", "Drops"),
    ("retention", "How long data is kept"),
    ("import", "Imports"),
    ("invitation", "Invitations"),
    ("klaviyo", "Klaviyo"),
    ("link", "Links"),
    ("order", "Orders"),
    ("payout", "Payouts"),
    ("content", "Posts"),
    ("product", "Products"),
    ("proof", "Revenue proofs"),
    ("sample", "Sample data"),
    ("session", "Sessions"),
    ("settings", "Settings"),
    ("shop", "Shop"),
    ("access", "Sign-in links"),
    ("survey", "Survey answers"),
    ("member", "Team"),
    ("brand", "Test brand"),
    ("tier_rules", "Tier rules"),
    ("webhook", "Webhooks"),
];

/// What was done.
pub(super) fn of_action(action: &str) -> String {
    let known = match action {
        "access.sign_in_link" => "Created a sign-in link",
        "brand.settings" => "Copied the settings to the test brand",
        "campaign.archive" => "Archived a campaign",
        "campaign.create" => "Added a campaign",
        "campaign.restore" => "Brought a campaign back",
        "campaign.update" => "Changed a campaign",
        "click.report" => "Reported a click",
        "collab.create" => "Added a collab",
        "collab.update" => "Changed a collab",
        "commission.adjust" => "Adjusted a balance",
        "commission.approve" => "Approved commissions",
        "commission.edit" => "Changed a commission",
        "commission.note" => "Changed the notes of a commission",
        "commission.release" => "Released a commission that waited",
        "commission_rule.create" => "Added a commission rule",
        "commission_rule.end" => "Ended a commission rule",
        "content.create" => "Added a post",
        "content.update" => "Changed a post",
        "creator.create" => "Added a creator",
        "creator.erase" => "Erased a creator's personal data",
        "creator.merge" => "Merged two creators",
        "creator.payout_address" => "Changed a payout address",
        "creator.payout_details" => "Changed how a creator is paid",
        "creator.promo_code" => "Changed a promo code",
        "creator.sign_out" => "Signed a creator out everywhere",
        "creator.tier" => "Moved a creator to another tier",
        "creator.update" => "Changed a creator",
        "customer.erase" => "Erased a customer",
        "drop.create" => "Added a drop",
        "drop.update" => "Changed a drop",
        "import.create" => "Started an import",
        "import.done" => "Finished an import",
        "import.failed" => "Stopped an import that failed",
        "import.undo" => "Took an import back",
        "invitation.accept" => "Accepted an invitation",
        "invitation.create" => "Invited somebody",
        "invitation.revoke" => "Took an invitation back",
        "key.create" => "Created a key",
        "key.revoke" => "Revoked a key",
        "key.rotate" => "Replaced a key",
        "klaviyo.connect" => "Connected Klaviyo",
        "klaviyo.disconnect" => "Disconnected Klaviyo",
        "link.campaign" => "Put links into a campaign",
        "link.create" => "Added a link",
        "link.delete" => "Deleted a link",
        "link.restore" => "Brought a link back",
        "link.update" => "Changed a link",
        "member.remove" => "Removed somebody from the team",
        "member.role" => "Changed a role",
        "order.credit" => "Gave credit for an order by hand",
        "order.credit_back" => "Removed credit given by hand",
        "order.note" => "Changed the notes of an order",
        "order.refund" => "Reported a refund",
        "order.upsert" => "Reported an order",
        "payout.cancel" => "Cancelled a payout",
        "payout.create" => "Created a payout",
        "payout.note" => "Changed the notes of a payout",
        "payout.paid" => "Marked a payout as paid",
        "period.close" => "Closed a period",
        "policy.create" => "Changed the attribution policy",
        "product.create" => "Added a product",
        "product.update" => "Changed a product",
        "proof.issue" => "Issued a revenue proof",
        "proof.revoke" => "Revoked a revenue proof",
        "proof.withdraw" => "Withdrew a revenue proof",
        "question.answer" => "Answered a creator's question",
        "retention.save" => "Changed how long data is kept",
        "sample.begin" | "sample.complete" | "sample.refuse" => "Filled in sample data",
        "sample.clear" => "Cleared the sample data",
        "session.end" => "Signed somebody out",
        "settings.gift_cards" => "Changed whether gift cards earn",
        "settings.hosts" => "Changed where links may lead",
        "settings.mails" => "Changed the e-mails to owners",
        "settings.save" => "Changed the commission settings",
        "shop.erase" => "Erased everything that names a person",
        "survey.decide" => "Reviewed a survey answer",
        "survey.reopen" => "Opened a survey answer again",
        "survey.fairing_key" => "Changed the Fairing key",
        "tier_rules.save" => "Changed the tier rules",
        "webhook.archive" => "Removed a webhook",
        "webhook.create" => "Added a webhook",
        "webhook.disable" => "Turned a webhook off",
        "webhook.enable" => "Turned a webhook on",
        "webhook.rotate" => "Replaced a webhook's secret",
        "webhook.tester_create" => "Opened the webhook tester",
        "webhook.tester_remove" => "Closed the webhook tester",
        "webhook.update" => "Changed a webhook",
        other => return sentence(other),
    };
    known.to_owned()
}

/// An action that has no words here yet, so that none is hidden.
fn sentence(action: &str) -> String {
    let text = action.replace(['.', '_'], " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Who did it. Ids of people stay, to be replaced by names.
pub(super) fn of_actor(actor: &str) -> String {
    match actor.split_once(' ') {
        Some(("shopify", rest)) => format!("Shopify {}", rest.replacen("user", "user no.", 1)),
        Some(("key", id)) => format!("API key …{id}…"),
        Some(("account", id)) => id.to_owned(),
        _ => match actor {
            "cli" => "Command line".to_owned(),
            "member" => "Sign-in link".to_owned(),
            "sandbox" => "CreatorScore".to_owned(),
            invited if invited.starts_with("inv_") => "The invited person".to_owned(),
            other => sentence(other),
        },
    }
}

/// Whether a word is an id, which says nothing to a person.
pub(super) fn is_id(word: &str) -> bool {
    word.split_once('_').is_some_and(|(kind, rest)| {
        kind.len() == 3
            && rest.len() == 26
            && rest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_and_actors_have_words() {
        assert_eq!(of_action("payout.paid"), "Marked a payout as paid");
        assert_eq!(of_action("proof.revoke_all"), "Proof revoke all", "one that is new");
        assert_eq!(of_actor("shopify user 12"), "Shopify user no. 12");
        assert_eq!(of_actor("key 8f3a"), "API key …8f3a…");
        assert_eq!(of_actor("account acc_1"), "acc_1");
    }

    #[test]
    fn every_action_with_words_can_be_filtered_by() {
        let (code, _) = include_str!("words.rs").split_once("#[cfg(test)]").expect("tests");
        let actions =
            code.lines().filter(|line| line.contains("\" => \"")).flat_map(|line| line.split('"').skip(1).step_by(2));
        let subjects: Vec<&str> = actions.filter_map(|text| Some(text.split_once('.')?.0)).collect();
        assert!(subjects.len() > 60, "{subjects:?}");
        for subject in subjects {
            assert!(SUBJECTS.iter().any(|(known, _)| *known == subject), "{subject}");
        }
    }

    #[test]
    fn ids_are_recognised() {
        assert!(is_id("crt_01hf7yat00fzzvzzzzzzzzzzzz"));
        assert!(!is_id("crt_01hf") && !is_id("owner") && !is_id("shop_01hf7yat00fzzvzzzzzzzzzzzz"));
    }
}
