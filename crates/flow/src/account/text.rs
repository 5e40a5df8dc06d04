//! The texts of the mails.

use domain::{
    account::{Invited, Role},
    time::Day,
};

use crate::mail::Mail;

/// To a person who asked for it.
pub(super) fn sign_in(request: &str, to: String, link: &str) -> Mail {
    let text = format!(
        "Hello,\n\nOpen this link to sign in to CreatorScore. It works once, for 15 minutes:\n\n{link}\n\n\
         If you did not ask for it, ignore this e-mail: nobody can sign in without it.\n"
    );
    Mail { key: format!("sign-in-{request}"), to, subject: "Your sign-in link".to_owned(), text }
}

/// To a person whom a brand invites.
pub(super) fn invitation(id: &str, to: String, brand: &str, invited: &Invited, link: &str) -> Mail {
    let brand = one_line(brand);
    let (subject, what) = match invited {
        Invited::Team(Role::Owner) => (format!("Join {brand} on CreatorScore"), "as an owner of its team"),
        Invited::Team(Role::Member) => (format!("Join {brand} on CreatorScore"), "as a member of its team"),
        Invited::Creator(_) => (
            format!("{brand} invites you to CreatorScore"),
            "as a creator: you will see your links, your sales and what you earn",
        ),
    };
    let text = format!(
        "Hello,\n\n{brand} invites you to CreatorScore {what}.\n\nOpen this link to accept. It works once, for 7 days:\n\n\
         {link}\n\nAfterwards you sign in with this address. If you do not know {brand}, ignore this e-mail.\n"
    );
    Mail { key: format!("invitation-{id}"), to, subject, text }
}

/// To a creator whose question the brand answered.
pub(super) fn answered(key: String, to: String, brand: &str, link: &str, settings: &str) -> Mail {
    let brand = one_line(brand);
    let text = format!(
        "Hello,\n\n{brand} answered your question about a sale. The answer stands beside it:\n\n{link}\n\n{}",
        turn_off(settings)
    );
    Mail { key, to, subject: format!("{brand} answered your question"), text }
}

/// To an owner of a brand, of which a creator asks something.
pub(super) fn asked(key: String, to: String, brand: &str, creator: &str, link: &str, settings: &str) -> Mail {
    let (brand, creator) = (one_line(brand), one_line(creator));
    let text = format!(
        "Hello,\n\n{creator} asks {brand} about a sale. Read the question beside the order, and answer it there:\n\n\
         {link}\n\n{}",
        turn_off(settings)
    );
    Mail { key, to, subject: format!("{creator} asks about a sale"), text }
}

/// To a creator who was paid.
pub(super) fn paid(key: String, to: String, brand: &str, link: &str, settings: &str) -> Mail {
    let brand = one_line(brand);
    let text = format!(
        "Hello,\n\n{brand} marked a payout to you as paid. The amount, and what it is made of:\n\n{link}\n\n\
         The money may need some days to arrive.\n\n{}",
        turn_off(settings)
    );
    Mail { key, to, subject: format!("{brand} paid you"), text }
}

/// To whoever set how a creator is paid, once it was changed.
pub(super) fn payout_changed(key: String, to: String, brand: &str, day: Day) -> Mail {
    let brand = one_line(brand);
    let text = format!(
        "Hello,\n\nHow {brand} pays you was changed on {day}. If you asked for this, there is nothing to do.\n\n\
         If you did not, write to {brand} at once: the next payout would go to somebody else.\n"
    );
    Mail { key, to, subject: format!("How {brand} pays you was changed"), text }
}

fn turn_off(settings: &str) -> String {
    format!("To get no such e-mails, turn them off:\n\n{settings}\n")
}

/// A name as it may stand in a subject.
fn one_line(name: &str) -> String {
    let plain: String = name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(80).collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brands_name_stays_on_its_line() {
        let mail = invitation("inv_1", "a@b.de".into(), "Shop\r\nBcc: x@y.de", &Invited::Team(Role::Member), "L");
        assert_eq!(mail.subject, "Join Shop  Bcc: x@y.de on CreatorScore");
    }
}
