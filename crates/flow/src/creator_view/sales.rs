//! Sales to which a creator's links led, and their earnings by day.

use domain::{
    Currency, Money, OrderId,
    evidence::EvidenceKind,
    time::{Day, Period},
    verdict::Verdict,
};

pub use store::creator_view::{SaleCursor, SharedSale};

use super::CreatorView;
use crate::{FlowError, question::Question};

/// Most sales on a page.
pub const SALES_MAX: i64 = 100;

/// A sale as its creator sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatorSale {
    /// The sale, with its amounts if they are shared.
    pub sale: store::creator_view::OwnSale,
    /// Whether it is the creator's, and why.
    pub verdict: Verdict,
    /// What the creator asked about it, oldest first.
    pub questions: Vec<Question>,
}

impl CreatorView<'_> {
    /// Sales to which the creator's links led, the latest first: at most `limit` of those before the cursor.
    pub async fn sales(&self, before: Option<&SaleCursor>, limit: i64) -> Result<Vec<CreatorSale>, FlowError> {
        let (brand, creator) = (self.session.brand(), self.session.creator());
        let sales = self.figures.own_sales(&brand.id, creator, before, limit.clamp(1, SALES_MAX)).await?;
        let asked = self.questions().await?;
        Ok(sales
            .into_iter()
            .map(|sale| {
                let mut questions: Vec<Question> =
                    asked.iter().filter(|question| question.order == sale.order).cloned().collect();
                questions.reverse();
                CreatorSale { verdict: self.verdict(&sale), sale, questions }
            })
            .collect())
    }

    /// One of these sales.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator's links did not lead to it.
    pub async fn sale(&self, order: &OrderId) -> Result<CreatorSale, FlowError> {
        let (brand, creator) = (self.session.brand(), self.session.creator());
        let sale = self.figures.own_sale(&brand.id, creator, order).await?.ok_or(FlowError::NotFound("sale"))?;
        let mut questions = self.questions().await?;
        questions.retain(|question| question.order == sale.order);
        questions.reverse();
        Ok(CreatorSale { verdict: self.verdict(&sale), sale, questions })
    }

    fn verdict(&self, sale: &store::creator_view::OwnSale) -> Verdict {
        let kinds = |pairs: &[(domain::LinkId, EvidenceKind)]| pairs.iter().map(|pair| pair.1).collect::<Vec<_>>();
        let policy = self.session.brand().policies.at(sale.placed_at);
        Verdict::of(policy, &kinds(&sale.touches), &kinds(&sale.credits), &sale.others)
    }

    /// Commissions of shared orders by the day of the order, every day of the period, in the brand's currency.
    pub async fn earning_days(&self, period: Period) -> Result<Vec<(Day, Money)>, FlowError> {
        let currency: Currency = self.session.brand().currency;
        let (brand, creator) = (&self.session.brand().id, self.session.creator());
        let booked = self.figures.own_earning_days(brand, creator, currency, period).await?;
        let on = |day: Day| booked.iter().find(|(other, _)| *other == day).map_or(0, |(_, minor)| *minor);
        Ok(period.days().map(|day| (day, Money { minor: on(day), currency })).collect())
    }
}
