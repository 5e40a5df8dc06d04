//! The words of mails, from the catalogue.

use domain::account::{Invited, Role};
use flow::mail::{Letter, Mail};

use crate::{
    format,
    language::{Spoken, t},
};

/// The subject of a mail and its text, in the language of its reader.
pub fn words_of_mail(mail: &Mail) -> (String, String) {
    let (subject, text) = mail.language.speak(|| words(&mail.letter));
    (subject, text + "\n")
}

fn words(letter: &Letter) -> (String, String) {
    match letter {
        Letter::SignIn { link } => (t!("mail-sign-in-subject"), t!("mail-sign-in", link = link)),
        Letter::Invitation { brand, invited, link } => invitation(brand, invited, link),
        Letter::Answered { brand, link, settings } => (
            t!("mail-answered-subject", brand = brand),
            t!("mail-answered", brand = brand, link = link, settings = settings),
        ),
        Letter::Asked { brand, creator, link, settings } => {
            let creator = creator.clone().unwrap_or_else(|| t!("mail-a-creator"));
            (
                t!("mail-asked-subject", creator = &creator),
                t!("mail-asked", brand = brand, creator = &creator, link = link, settings = settings),
            )
        }
        Letter::Paid { brand, link, settings } => {
            (t!("mail-paid-subject", brand = brand), t!("mail-paid", brand = brand, link = link, settings = settings))
        }
        Letter::PayoutChanged { brand, day } => (
            t!("mail-payout-changed-subject", brand = brand),
            t!("mail-payout-changed", brand = brand, day = format::full_date(*day)),
        ),
        Letter::Disabled { brand, host: Some(host), link } => (
            t!("mail-endpoint-disabled-subject", host = host),
            t!("mail-endpoint-disabled", brand = brand, host = host, link = link),
        ),
        Letter::Disabled { brand, host: None, link } => {
            (t!("mail-klaviyo-disabled-subject"), t!("mail-klaviyo-disabled", brand = brand, link = link))
        }
    }
}

fn invitation(brand: &str, invited: &Invited, link: &str) -> (String, String) {
    match invited {
        Invited::Team(Role::Owner) => {
            (t!("mail-invitation-team-subject", brand = brand), t!("mail-invitation-owner", brand = brand, link = link))
        }
        Invited::Team(Role::Member) => (
            t!("mail-invitation-team-subject", brand = brand),
            t!("mail-invitation-member", brand = brand, link = link),
        ),
        Invited::Creator(_) => (
            t!("mail-invitation-creator-subject", brand = brand),
            t!("mail-invitation-creator", brand = brand, link = link),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn a_mail_is_in_its_readers_language() {
        let letter = Letter::SignIn { link: "https://a.example/sign-in/T".into() };
        let mail = |language| Mail { key: "k".into(), to: "a@b.de".into(), language, letter: letter.clone() };
        let (subject, text) = words_of_mail(&mail(Language::English));
        assert_eq!(subject, "Your sign-in link");
        let expected = "Hello,\n\nOpen this link to sign in to CreatorScore. It works once and expires after 15 minutes:\n\n\
            https://a.example/sign-in/T\n\nIf you did not ask for it, ignore this e-mail: nobody can sign in without it.\n";
        assert_eq!(text, expected);
        let (subject, text) = words_of_mail(&mail(Language::German));
        assert!(
            subject == "Ihr Anmeldelink" && text.contains("\n\nhttps://a.example/sign-in/T\n\n"),
            "{subject}: {text}"
        );
    }
}
