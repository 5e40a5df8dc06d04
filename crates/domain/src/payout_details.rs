//! How a creator is paid: what they enter, checked, and as much of it as may be shown.

use serde::{Deserialize, Serialize};

use crate::account::parse_address;

/// Most characters of a holder's name and of a note.
const TEXT_CHARS_MAX: usize = 255;
/// Shortest and longest IBAN, in characters (ISO 13616).
const IBAN_CHARS: core::ops::RangeInclusive<usize> = 15..=34;
/// Digits of an account number without an IBAN.
const ACCOUNT_DIGITS: core::ops::RangeInclusive<usize> = 4..=17;
/// Digits of what names a bank: routing numbers have nine, sort codes and BSB numbers six.
const ROUTING_DIGITS: core::ops::RangeInclusive<usize> = 6..=9;

/// A way to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum PayoutMethod {
    /// To a PayPal account.
    Paypal,
    /// To a bank account.
    Bank,
    /// To a Wise account.
    Wise,
    /// Another way, as the creator describes it.
    Other,
}

impl PayoutMethod {
    /// All of them, in the order of a form.
    pub const ALL: [Self; 4] = [Self::Paypal, Self::Bank, Self::Wise, Self::Other];

    /// The name in forms.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads [`Self::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// The name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Paypal => "PayPal",
            Self::Bank => "Bank transfer",
            Self::Wise => "Wise",
            Self::Other => "Another way",
        }
    }
}

/// How a creator is paid, with the address to pay to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum PayoutDetails {
    /// A PayPal account.
    Paypal {
        /// Its e-mail address.
        email: String,
    },
    /// A bank account with an IBAN.
    Iban {
        /// Who holds it.
        holder: String,
        /// The IBAN, without spaces.
        iban: String,
    },
    /// A bank account without one.
    Account {
        /// Who holds it.
        holder: String,
        /// The account number, digits.
        account: String,
        /// The bank's routing number, sort code or BSB number, digits.
        routing: String,
    },
    /// A Wise account.
    Wise {
        /// Its e-mail address.
        email: String,
    },
    /// Another way.
    Other {
        /// What the creator says about it.
        note: String,
    },
}

/// An address to pay to never gets into a log by accident.
impl core::fmt::Debug for PayoutDetails {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "PayoutDetails({})", self.method().as_str())
    }
}

/// What a creator entered.
#[derive(Clone, Default)]
pub struct PayoutForm {
    /// The name of a [`PayoutMethod`].
    pub method: String,
    /// The e-mail address of a PayPal or Wise account.
    pub email: String,
    /// Who holds the bank account.
    pub holder: String,
    /// The IBAN, or the account number.
    pub account: String,
    /// What names the bank of an account without an IBAN.
    pub routing: String,
    /// What to do if it is none of these.
    pub note: String,
}

impl PayoutForm {
    /// The details that the form states. Fields of other methods are ignored.
    ///
    /// # Errors
    /// What is wrong, each beginning with the label of its field.
    pub fn checked(&self) -> Result<PayoutDetails, Vec<String>> {
        let one = |fault: &str| vec![fault.to_owned()];
        match PayoutMethod::parse(&self.method) {
            None => Err(one("method must be one of the list")),
            Some(PayoutMethod::Paypal) => {
                email(&self.email).map(|email| PayoutDetails::Paypal { email }).map_err(|fault| one(&fault))
            }
            Some(PayoutMethod::Wise) => {
                email(&self.email).map(|email| PayoutDetails::Wise { email }).map_err(|fault| one(&fault))
            }
            Some(PayoutMethod::Other) => {
                text(&self.note, "note").map(|note| PayoutDetails::Other { note }).map_err(|fault| one(&fault))
            }
            Some(PayoutMethod::Bank) => self.bank(),
        }
    }

    fn bank(&self) -> Result<PayoutDetails, Vec<String>> {
        let holder = text(&self.holder, "account holder");
        let account: String = plain(&self.account);
        let mut faults: Vec<String> = holder.as_ref().err().cloned().into_iter().collect();
        if account.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            if !is_iban(&account) {
                faults.push("IBAN or account number must be a complete IBAN: check it for a typing mistake".into());
            }
            return match (holder, faults.is_empty()) {
                (Ok(holder), true) => Ok(PayoutDetails::Iban { holder, iban: account }),
                _ => Err(faults),
            };
        }
        let routing = plain(&self.routing);
        if !is_digits(&account, &ACCOUNT_DIGITS) {
            faults.push("IBAN or account number must be an IBAN, or 4 to 17 digits".into());
        }
        if !is_routing(&routing) {
            faults.push("routing number must be your bank's routing number, sort code or BSB number".into());
        }
        match (holder, faults.is_empty()) {
            (Ok(holder), true) => Ok(PayoutDetails::Account { holder, account, routing }),
            _ => Err(faults),
        }
    }
}

impl PayoutDetails {
    /// The way.
    pub const fn method(&self) -> PayoutMethod {
        match self {
            Self::Paypal { .. } => PayoutMethod::Paypal,
            Self::Iban { .. } | Self::Account { .. } => PayoutMethod::Bank,
            Self::Wise { .. } => PayoutMethod::Wise,
            Self::Other { .. } => PayoutMethod::Other,
        }
    }

    /// The e-mail address of the account that is paid, if it has one.
    pub fn email(&self) -> Option<&str> {
        match self {
            Self::Paypal { email } | Self::Wise { email } => Some(email),
            Self::Iban { .. } | Self::Account { .. } | Self::Other { .. } => None,
        }
    }

    /// All of it, for whoever pays.
    pub fn whole(&self) -> String {
        match self {
            Self::Paypal { email } | Self::Wise { email } => email.clone(),
            Self::Iban { holder, iban } => format!("{holder}, IBAN {}", in_fours(iban)),
            Self::Account { holder, account, routing } => format!("{holder}, account {account}, routing {routing}"),
            Self::Other { note } => note.clone(),
        }
    }

    /// As much as its owner needs to recognise it, and nobody needs to be paid in their place.
    pub fn masked(&self) -> String {
        match self {
            Self::Paypal { email } | Self::Wise { email } => {
                let (local, host) = email.rsplit_once('@').unwrap_or(("", ""));
                format!("{}•••@{host}", local.chars().next().unwrap_or('•'))
            }
            Self::Iban { iban, .. } => format!("{}•• •••• {}", iban.get(..2).unwrap_or_default(), last_four(iban)),
            // Of a short number the last digits would be most of it.
            Self::Account { account, .. } if account.len() < 8 => "••••".to_owned(),
            Self::Account { account, .. } => format!("•••• {}", last_four(account)),
            Self::Other { .. } => "as described in your note".to_owned(),
        }
    }
}

fn last_four(text: &str) -> &str {
    text.get(text.len().saturating_sub(4)..).unwrap_or_default()
}

fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn email(text: &str) -> Result<String, String> {
    parse_address(text).ok_or_else(|| "e-mail must be an address such as ana@example.com".to_owned())
}

fn text(input: &str, label: &str) -> Result<String, String> {
    let words = input.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let text = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let is_text = !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX;
    is_text.then_some(text).ok_or_else(|| format!("{label} must be 1 to {TEXT_CHARS_MAX} characters"))
}

/// A number as it is stored: without what people write between its groups.
fn plain(number: &str) -> String {
    let letters = number.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    letters.map(|letter| letter.to_ascii_uppercase()).collect()
}

fn is_digits(text: &str, lengths: &core::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it can name a bank. Nine digits are an American routing number, whose last digit checks the others: the sum of
/// the digits weighted 3, 7, 1 is a multiple of ten.
fn is_routing(text: &str) -> bool {
    let weights = [3, 7, 1].into_iter().cycle();
    let sum: u32 = text.bytes().zip(weights).map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    is_digits(text, &ROUTING_DIGITS) && (text.len() != 9 || sum.is_multiple_of(10))
}

/// Whether the check digits of an IBAN without spaces are right: ISO 7064, MOD 97-10, of the number that is made of its
/// characters, the first four moved to the end and letters counted from ten.
fn is_iban(text: &str) -> bool {
    let is_shaped = IBAN_CHARS.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        && text.bytes().skip(2).take(2).all(|byte| byte.is_ascii_digit());
    let Some((head, rest)) = text.split_at_checked(4).filter(|_| is_shaped) else { return false };
    let remainder = rest.bytes().chain(head.bytes()).fold(0_u32, |remainder, byte| match byte {
        b'0'..=b'9' => (remainder * 10 + u32::from(byte - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(method: &str, account: &str, routing: &str) -> PayoutForm {
        PayoutForm {
            method: method.into(),
            email: " Ana@Example.com ".into(),
            holder: "Ana  Example".into(),
            account: account.into(),
            routing: routing.into(),
            note: String::new(),
        }
    }

    #[test]
    fn ibans_are_checked_by_their_digits() {
        // The examples of the registry of IBANs.
        for iban in [
            "DE89 3704 0044 0532 0130 00",
            "gb29nwbk60161331926819",
            "NO93-8601-1117-947",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            let details = form("bank", iban, "").checked().expect(iban);
            assert!(matches!(details, PayoutDetails::Iban { .. }), "{iban}");
        }
        for iban in [
            "DE89 3704 0044 0532 0130 01",
            "DE98370400440532013000",
            "DE8937040044",
            "D189370400440532013000",
            "DE8937040044053201300Ü",
        ] {
            let faults = form("bank", iban, "").checked().expect_err(iban);
            assert!(faults[0].starts_with("IBAN or account number must"), "{faults:?}");
        }
    }

    #[test]
    fn other_accounts_need_their_bank() {
        let details = form("bank", "000123456789", "021000021").checked().expect("a routing number");
        assert_eq!(details.whole(), "Ana Example, account 000123456789, routing 021000021");
        assert!(form("bank", "12345678", "20-00-00").checked().is_ok(), "a sort code");
        for (account, routing) in [("12345678", "021000022"), ("12345678", ""), ("123", "021000021"), ("", "021000021")]
        {
            assert!(form("bank", account, routing).checked().is_err(), "{account} {routing}");
        }
        let nobody = PayoutForm { holder: " ".into(), ..form("bank", "12", "3") };
        assert_eq!(nobody.checked().expect_err("all is wrong").len(), 3);
    }

    #[test]
    fn methods_take_their_own_fields_only() {
        assert_eq!(
            form("paypal", "nonsense", "").checked(),
            Ok(PayoutDetails::Paypal { email: "ana@example.com".into() })
        );
        assert_eq!(form("wise", "", "").checked().map(|details| details.method()), Ok(PayoutMethod::Wise));
        assert!(form("other", "", "").checked().is_err() && form("cheque", "", "").checked().is_err());
        let no_address = PayoutForm { email: "ana@example".into(), ..form("wise", "", "") };
        assert_eq!(no_address.checked(), Err(vec!["e-mail must be an address such as ana@example.com".to_owned()]));
        for method in PayoutMethod::ALL {
            assert_eq!(PayoutMethod::parse(method.as_str()), Some(method));
        }
    }

    #[test]
    fn what_is_shown_hides_what_is_needed_to_pay() {
        let masked = |details: PayoutDetails| details.masked();
        assert_eq!(masked(form("bank", "DE89370400440532013000", "").checked().expect("an IBAN")), "DE•• •••• 3000");
        assert_eq!(masked(form("bank", "000123456789", "021000021").checked().expect("an account")), "•••• 6789");
        assert_eq!(masked(form("bank", "1234", "021000021").checked().expect("an account")), "••••");
        assert_eq!(masked(form("paypal", "", "").checked().expect("an address")), "a•••@example.com");
        let note = PayoutDetails::Other { note: "cash".into() };
        assert!(!format!("{note:?} {}", note.masked()).contains("cash"));
    }
}
