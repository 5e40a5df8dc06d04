//! Sales to which a creator's links led, and their earnings by day.

use domain::{
    Currency, LinkId, Money, OrderId,
    evidence::EvidenceKind,
    time::{Day, Period},
    verdict::Verdict,
};

pub use store::creator_view::{SaleCursor, SharedSale};

use super::CreatorView;
use crate::{FlowError, question::Question};

/// Most sales on a page.
pub const SALES_MAX: i64 = 100;
/// Sales that are read at once to be filtered, or for a file.
const PORTION: i64 = 500;
/// About how many sales are looked at for one page of those that a filter admits.
const SCAN_MAX: usize = 5_000;

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

impl CreatorSale {
    /// Where a page after this sale begins.
    pub fn cursor(&self) -> SaleCursor {
        SaleCursor { placed_at: self.sale.placed_at, order: self.sale.order.clone() }
    }

    /// What became of it for the creator.
    pub fn state(&self) -> SaleState {
        match (self.sale.is_cancelled, self.verdict.is_credited()) {
            (true, _) => SaleState::Cancelled,
            (false, true) => SaleState::Credited,
            (false, false) => SaleState::NotCredited,
        }
    }
}

/// What became of a sale for its creator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaleState {
    /// It is credited to the creator, wholly or in part.
    Credited,
    /// It is credited to others, or to nobody.
    NotCredited,
    /// It was cancelled.
    Cancelled,
}

/// Which sales are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaleFilter {
    /// Only those of which this became.
    pub state: Option<SaleState>,
    /// Only those to which this link led.
    pub link: Option<LinkId>,
}

impl SaleFilter {
    fn admits(&self, found: &CreatorSale) -> bool {
        let sale = &found.sale;
        let mut links = sale.touches.iter().chain(&sale.credits).map(|(link, _)| link);
        self.state.is_none_or(|state| state == found.state())
            && self.link.as_ref().is_none_or(|wanted| links.any(|link| link == wanted))
    }
}

/// A page of sales.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalePage {
    /// The sales, the latest first.
    pub sales: Vec<CreatorSale>,
    /// Where the next page begins, if there may be one.
    pub next: Option<SaleCursor>,
}

impl CreatorView<'_> {
    /// A page of the sales that a filter admits: at most `limit` of those before the cursor. One that few sales pass may be
    /// short of `limit` and have a next one, because only so many sales are looked at.
    pub async fn sales_page(
        &self,
        before: Option<&SaleCursor>,
        limit: usize,
        filter: &SaleFilter,
    ) -> Result<SalePage, FlowError> {
        let asked = self.questions().await?;
        let (mut found, mut before, mut looked_at) = (Vec::new(), before.cloned(), 0);
        loop {
            // One more than a page tells whether there are older ones.
            let is_all = *filter == SaleFilter::default();
            let wanted = if is_all { i64::try_from(limit).unwrap_or(PORTION).min(PORTION) + 1 } else { PORTION };
            let portion = self.portion(before.as_ref(), wanted, &asked).await?;
            let is_last = portion.len() < usize::try_from(wanted).unwrap_or(usize::MAX);
            looked_at += portion.len();
            before = portion.last().map(CreatorSale::cursor);
            found.extend(portion.into_iter().filter(|sale| filter.admits(sale)));
            if found.len() > limit {
                found.truncate(limit);
                let next = found.last().map(CreatorSale::cursor);
                return Ok(SalePage { sales: found, next });
            }
            if is_last || looked_at >= SCAN_MAX {
                return Ok(SalePage { sales: found, next: before.filter(|_| !is_last) });
            }
        }
    }

    /// Sales to which the creator's links led, the latest first: at most `limit` of those before the cursor.
    pub async fn sales(&self, before: Option<&SaleCursor>, limit: i64) -> Result<Vec<CreatorSale>, FlowError> {
        self.portion(before, limit.clamp(1, SALES_MAX), &self.questions().await?).await
    }

    async fn portion(
        &self,
        before: Option<&SaleCursor>,
        limit: i64,
        asked: &[Question],
    ) -> Result<Vec<CreatorSale>, FlowError> {
        let (brand, creator) = (self.session.brand(), self.session.creator());
        let sales = self.figures.own_sales(&brand.id, creator, before, limit).await?;
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
