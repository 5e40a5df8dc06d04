//! The words of the audit log.

use crate::language::{Message, t};

/// What entries are about: the first part of their action, and what the filter calls it.
pub(super) const SUBJECTS: [(&str, Message); 34] = [
    ("key", Message("audit-about-keys")),
    ("policy", Message("audit-about-policy")),
    ("campaign", Message("audit-about-campaigns")),
    ("click", Message("audit-about-clicks")),
    ("conversion", Message("audit-about-conversions")),
    ("period", Message("audit-about-periods")),
    ("collab", Message("audit-about-collabs")),
    ("commission_rule", Message("audit-about-commission-rules")),
    ("commission", Message("audit-about-commissions")),
    ("creator", Message("audit-about-creators")),
    ("question", Message("audit-about-questions")),
    ("customer", Message("audit-about-customers")),
    ("drop", Message("audit-about-drops")),
    ("retention", Message("audit-about-retention")),
    ("import", Message("audit-about-imports")),
    ("invitation", Message("audit-about-invitations")),
    ("klaviyo", Message("audit-about-klaviyo")),
    ("link", Message("audit-about-links")),
    ("milestone", Message("audit-about-milestones")),
    ("order", Message("audit-about-orders")),
    ("payout", Message("audit-about-payouts")),
    ("content", Message("audit-about-content")),
    ("product", Message("audit-about-products")),
    ("proof", Message("audit-about-proofs")),
    ("sample", Message("audit-about-sample")),
    ("session", Message("audit-about-sessions")),
    ("settings", Message("audit-about-settings")),
    ("shop", Message("audit-about-shop")),
    ("access", Message("audit-about-sign-in-links")),
    ("survey", Message("audit-about-survey")),
    ("member", Message("audit-about-team")),
    ("brand", Message("audit-about-test-brand")),
    ("tier_rules", Message("audit-about-tier-rules")),
    ("webhook", Message("audit-about-webhooks")),
];

/// What was done.
pub(super) fn of_action(action: &str) -> String {
    let known = match action {
        "access.sign_in_link" => "audit-access-sign-in-link",
        "brand.settings" => "audit-brand-settings",
        "campaign.archive" => "audit-campaign-archive",
        "campaign.create" => "audit-campaign-create",
        "campaign.restore" => "audit-campaign-restore",
        "campaign.update" => "audit-campaign-update",
        "click.note" => "audit-click-note",
        "click.report" => "audit-click-report",
        "conversion.note" => "audit-conversion-note",
        "conversion.report" => "audit-conversion-report",
        "collab.create" => "audit-collab-create",
        "collab.update" => "audit-collab-update",
        "commission.adjust" => "audit-commission-adjust",
        "commission.approve" => "audit-commission-approve",
        "commission.edit" => "audit-commission-edit",
        "commission.note" => "audit-commission-note",
        "commission.release" => "audit-commission-release",
        "commission_rule.create" => "audit-commission-rule-create",
        "commission_rule.end" => "audit-commission-rule-end",
        "content.create" => "audit-content-create",
        "content.update" => "audit-content-update",
        "creator.create" => "audit-creator-create",
        "creator.erase" => "audit-creator-erase",
        "creator.merge" => "audit-creator-merge",
        "creator.payout_address" => "audit-creator-payout-address",
        "creator.payout_details" => "audit-creator-payout-details",
        "creator.promo_code" => "audit-creator-promo-code",
        "creator.sign_out" => "audit-creator-sign-out",
        "creator.tier" => "audit-creator-tier",
        "creator.update" => "audit-creator-update",
        "customer.erase" => "audit-customer-erase",
        "drop.create" => "audit-drop-create",
        "drop.update" => "audit-drop-update",
        "import.create" => "audit-import-create",
        "import.done" => "audit-import-done",
        "import.failed" => "audit-import-failed",
        "import.note" => "audit-import-note",
        "import.undo" => "audit-import-undo",
        "invitation.accept" => "audit-invitation-accept",
        "invitation.create" => "audit-invitation-create",
        "invitation.revoke" => "audit-invitation-revoke",
        "key.create" => "audit-key-create",
        "key.revoke" => "audit-key-revoke",
        "key.note" => "audit-key-note",
        "key.rotate" => "audit-key-rotate",
        "klaviyo.connect" => "audit-klaviyo-connect",
        "klaviyo.disconnect" => "audit-klaviyo-disconnect",
        "link.campaign" => "audit-link-campaign",
        "link.create" => "audit-link-create",
        "link.delete" => "audit-link-delete",
        "link.restore" => "audit-link-restore",
        "link.update" => "audit-link-update",
        "member.remove" => "audit-member-remove",
        "member.role" => "audit-member-role",
        "milestone.note" => "audit-milestone-note",
        "order.credit" => "audit-order-credit",
        "order.credit_back" => "audit-order-credit-back",
        "order.note" => "audit-order-note",
        "order.refund" => "audit-order-refund",
        "order.upsert" => "audit-order-upsert",
        "payout.cancel" => "audit-payout-cancel",
        "payout.create" => "audit-payout-create",
        "payout.note" => "audit-payout-note",
        "payout.paid" => "audit-payout-paid",
        "period.close" => "audit-period-close",
        "policy.create" => "audit-policy-create",
        "product.create" => "audit-product-create",
        "product.update" => "audit-product-update",
        "proof.issue" => "audit-proof-issue",
        "proof.revoke" => "audit-proof-revoke",
        "proof.withdraw" => "audit-proof-withdraw",
        "question.answer" => "audit-question-answer",
        "retention.save" => "audit-retention-save",
        "sample.begin" | "sample.complete" => "audit-sample-begin",
        "sample.refuse" => "audit-sample-refuse",
        "sample.clear" => "audit-sample-clear",
        "session.end" => "audit-session-end",
        "settings.gift_cards" => "audit-settings-gift-cards",
        "settings.hosts" => "audit-settings-hosts",
        "settings.mails" => "audit-settings-mails",
        "settings.brand" => "audit-settings-brand",
        "settings.save" => "audit-settings-save",
        "shop.erase" => "audit-shop-erase",
        "survey.decide" => "audit-survey-decide",
        "survey.reopen" => "audit-survey-reopen",
        "survey.fairing_key" => "audit-survey-fairing-key",
        "tier_rules.save" => "audit-tier-rules-save",
        "webhook.archive" => "audit-webhook-archive",
        "webhook.create" => "audit-webhook-create",
        "webhook.disable" => "audit-webhook-disable",
        "webhook.enable" => "audit-webhook-enable",
        "webhook.rotate" => "audit-webhook-rotate",
        "webhook.tester_create" => "audit-webhook-tester-create",
        "webhook.tester_remove" => "audit-webhook-tester-remove",
        "webhook.update" => "audit-webhook-update",
        other => return sentence(other),
    };
    Message(known).text()
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
        Some(("shopify", user)) => t!("audit-shopify-user", number = user.trim_start_matches("user ")),
        Some(("key", id)) => t!("audit-key", id = id),
        Some(("account", id)) => id.to_owned(),
        _ => match actor {
            "cli" => t!("audit-command-line"),
            "member" => t!("audit-sign-in-link"),
            "sandbox" => "CreatorScore".to_owned(),
            "tier rules" => t!("audit-tier-rules"),
            invited if invited.starts_with("inv_") => t!("audit-invited"),
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
    use crate::language::{Language, Spoken};

    #[test]
    fn actions_and_actors_have_words() {
        assert_eq!(of_action("payout.paid"), "Marked a payout as paid");
        assert_eq!(Language::German.speak(|| of_action("payout.paid")), "Auszahlung als bezahlt markiert");
        assert_eq!(of_action("proof.revoke_all"), "Proof revoke all", "one that is new");
        assert_eq!(of_actor("shopify user 12"), "Shopify user no. 12");
        assert_eq!(of_actor("key 8f3a"), "API key …8f3a…");
        assert_eq!(of_actor("account acc_1"), "acc_1");
        assert_eq!([of_actor("tier rules"), of_actor("shopify")], ["Tier rules", "Shopify"]);
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
