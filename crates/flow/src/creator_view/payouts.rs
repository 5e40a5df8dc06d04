//! What was paid to a creator and for what, and how they are paid.

use std::collections::BTreeMap;

use domain::{
    Money, OrderId, PayoutId, UnixMs,
    commission::EntryKind,
    payout_details::{PayoutForm, PayoutMethod},
};

pub use store::creator_view::{OwnPayout, OwnPayoutLine};

use super::CreatorView;
use crate::{
    FlowError, Invalid,
    payout_details::{self, SealedDetails},
};

/// Most payouts that are listed.
const PAYOUTS_MAX: i64 = 100;

/// A payout with what it pays for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPayoutLines {
    /// The payout.
    pub payout: OwnPayout,
    /// Shared sales, a line each, and adjustments, oldest first.
    pub lines: Vec<OwnPayoutLine>,
    /// What sales that are not shared have earned, together: the rest of the payout's amount. `None` if there is no rest.
    pub unshared: Option<Money>,
}

/// How the creator is paid, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPayoutWay {
    /// The way.
    pub method: PayoutMethod,
    /// As much of the address as it takes to recognise it. The whole is shown to the brand's owners only: who was let in
    /// as this creator later learns nothing of it.
    pub masked: String,
    /// When it was last changed, if that is known.
    pub changed_at: Option<UnixMs>,
}

/// One line for each sale. How often a sale was booked until the payout depends on when its refunds were processed, and says
/// nothing to the creator; what cancels out is left out.
fn by_sale(lines: Vec<OwnPayoutLine>) -> Vec<OwnPayoutLine> {
    let mut by_sale: BTreeMap<OrderId, OwnPayoutLine> = BTreeMap::new();
    let mut found = Vec::new();
    for line in lines {
        match line.order.clone() {
            None => found.push(line),
            Some(order) => {
                let sum = by_sale.entry(order).or_insert_with(|| OwnPayoutLine { amount_minor: 0, ..line.clone() });
                sum.amount_minor += line.amount_minor;
                sum.created_at = sum.created_at.min(line.created_at);
                if sum.kind != line.kind {
                    sum.kind = if sum.amount_minor < 0 { EntryKind::Reversal } else { EntryKind::Accrual };
                }
            }
        }
    }
    found.extend(by_sale.into_values().filter(|line| line.amount_minor != 0));
    // Ids are random: they must not order what is of one instant.
    found.sort_by_key(|line| (line.placed_at.unwrap_or(line.created_at), line.amount_minor));
    found
}

impl CreatorView<'_> {
    /// The payouts that were paid to the creator, the latest first.
    pub async fn payouts(&self) -> Result<Vec<OwnPayout>, FlowError> {
        Ok(self.figures.own_payouts(&self.session.brand().id, self.session.creator(), PAYOUTS_MAX).await?)
    }

    /// One of these payouts, with what it pays for.
    ///
    /// # Errors
    /// `FlowError::NotFound` if it is not the creator's, or not paid.
    pub async fn payout(&self, id: &PayoutId) -> Result<OwnPayoutLines, FlowError> {
        let found = self.figures.own_payout(&self.session.brand().id, self.session.creator(), id).await?;
        let (payout, lines) = found.ok_or(FlowError::NotFound("payout"))?;
        let lines = by_sale(lines);
        let shared: i64 = lines.iter().map(|line| line.amount_minor).sum();
        let rest = Money { minor: payout.amount.minor - shared, ..payout.amount };
        Ok(OwnPayoutLines { payout, lines, unshared: (rest.minor != 0).then_some(rest) })
    }

    /// How the creator is paid; `None` if nobody has said so yet.
    ///
    /// # Errors
    /// `FlowError::Sealed` if it cannot be decrypted.
    pub async fn payout_way(&self) -> Result<Option<OwnPayoutWay>, FlowError> {
        let (brand, creator) = (&self.session.brand().id, self.session.creator());
        let Some(stored) = self.payout_details.payout_details_of(brand, creator).await? else { return Ok(None) };
        let details = payout_details::open(self.vault, &stored)?;
        let (method, masked) = (details.method(), details.masked());
        Ok(Some(OwnPayoutWay { method, masked, changed_at: stored.changed_at }))
    }

    /// Whether this session may change how the creator is paid. One that began with a link that the brand made may not:
    /// anybody of the brand's team could have used it.
    pub fn may_set_payout_details(&self) -> bool {
        self.session.email().is_some()
    }

    /// Sets how the creator is paid. Whoever set it before is told by mail. The same again changes nothing.
    ///
    /// # Errors
    /// `FlowError::Invalid` with what is wrong, or if this session may not; `FlowError::Unauthorized` if the creator no longer
    /// exists.
    pub async fn set_payout_details(&self, form: &PayoutForm) -> Result<(), FlowError> {
        let email = self.session.email().ok_or_else(|| {
            Invalid::one(
                "sign in with your e-mail address to change this: a link from your brand does not show who you are",
            )
        })?;
        let details = form.checked().map_err(Invalid)?;
        let (brand, creator) = (&self.session.brand().id, self.session.creator());
        let before = self.payout_details.payout_details_of(brand, creator).await?;
        if let Some(before) = &before
            && payout_details::open(self.vault, before).ok().as_ref() == Some(&details)
            && payout_details::contact(self.vault, before)?.as_deref() == Some(email)
        {
            return Ok(());
        }
        let random = || self.random();
        let announced = payout_details::announcement(self.vault, brand, before.as_ref(), self.now, random);
        let mail = announced.filter(|_| self.can_mail);
        let sealed = SealedDetails::seal(self.vault, creator, &details, Some(email), random);
        let entry = self.audit("creator.payout_details", creator);
        let is_done =
            self.payout_details.set_payout_details(brand, creator, sealed.as_new(), &entry, mail.as_ref()).await?;
        if is_done { Ok(()) } else { Err(FlowError::Unauthorized) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(order: Option<u8>, kind: EntryKind, amount_minor: i64, at: i64) -> OwnPayoutLine {
        let order = order.map(|nth| OrderId::new(1, [nth; 10]));
        OwnPayoutLine {
            placed_at: order.as_ref().map(|_| UnixMs(5)),
            order,
            kind,
            amount_minor,
            created_at: UnixMs(at),
        }
    }

    #[test]
    fn a_sale_is_one_line_however_often_it_was_booked() {
        use EntryKind::{Accrual, Adjustment, Reversal};
        let booked = vec![
            line(Some(1), Reversal, -32, 9),
            line(None, Adjustment, 500, 3),
            line(Some(1), Accrual, 850, 8),
            line(Some(2), Accrual, 100, 8),
            line(Some(2), Reversal, -100, 9),
            line(Some(3), Reversal, -40, 9),
        ];
        let expected =
            vec![line(None, Adjustment, 500, 3), line(Some(3), Reversal, -40, 9), line(Some(1), Accrual, 818, 8)];
        assert_eq!(by_sale(booked), expected);
    }
}
