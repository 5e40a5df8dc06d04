//! Which events are purchases, and of how much.

use domain::{Currency, Money};

use crate::Invalid;

/// The fields of an event's `meta` that may tell an amount, as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurchaseFields {
    /// `revenue`: always money.
    pub revenue: Option<String>,
    /// `amount`, else `value`: may be anything, and is money only beside a transaction id.
    pub amount: Option<String>,
    /// `currency`: the brand's if `None`; not a currency if `Some(None)`.
    pub currency: Option<Option<Currency>>,
}

impl PurchaseFields {
    /// The amount of the purchase, if the event is one.
    ///
    /// # Errors
    /// If `revenue` is given and is not an amount of the currency.
    pub(crate) fn money(&self, has_transaction: bool, of_brand: Currency) -> Result<Option<Money>, Invalid> {
        let other = self.amount.as_ref().filter(|_| has_transaction);
        let Some(text) = self.revenue.as_ref().or(other) else { return Ok(None) };
        let currency = self.currency.unwrap_or(Some(of_brand));
        match (currency.map(|currency| Money::parse(text, currency)), &self.revenue) {
            (Some(Ok(money)), _) => Ok(Some(money)),
            (_, None) => Ok(None),
            (None, Some(_)) => Err(Invalid::one("meta.currency must be an ISO 4217 code")),
            (Some(Err(error)), Some(_)) => Err(Invalid::one(format!("meta.revenue {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money { minor, currency: Currency::parse(code).expect("valid") }
    }

    fn revenue(text: &str) -> PurchaseFields {
        PurchaseFields { revenue: Some(text.to_owned()), ..PurchaseFields::default() }
    }

    fn amount(text: &str) -> PurchaseFields {
        PurchaseFields { amount: Some(text.to_owned()), ..PurchaseFields::default() }
    }

    #[test]
    fn revenue_is_money_and_other_amounts_only_beside_a_transaction() {
        assert_eq!(revenue("49.99").money(false, Currency::USD).expect("valid"), Some(money(4_999, "USD")));
        let yen = Currency::parse("JPY").expect("valid");
        assert_eq!(revenue("49").money(false, yen).expect("valid"), Some(money(49, "JPY")));
        let in_yen = PurchaseFields { currency: Some(Some(yen)), ..amount("100.0") };
        assert_eq!(in_yen.money(true, Currency::USD).expect("valid"), Some(money(100, "JPY")));
        assert_eq!(amount("120").money(false, Currency::USD).expect("valid"), None, "a cart's");
        for other in ["gold", "-1", "0.333"] {
            assert_eq!(amount(other).money(true, Currency::USD).expect("valid"), None, "{other}");
        }
        assert_eq!(PurchaseFields::default().money(true, Currency::USD).expect("valid"), None);
        assert!(revenue("-1").money(false, Currency::USD).is_err());
        let no_currency = PurchaseFields { currency: Some(None), ..revenue("1") };
        assert!(no_currency.money(false, Currency::USD).is_err());
    }
}
