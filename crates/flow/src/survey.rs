//! Named creators: survey answers, matched automatically or by a person, and manual credit.

use std::collections::BTreeSet;

use domain::{
    AnswerId, CreatorId, LinkId, OrderId, UnixMs,
    attribution::{AttributionInput, NamedCreator},
    brand::Brand,
    evidence::EvidenceKind,
    link::Link,
    shop::ShopDomain,
    survey::{self, Candidate},
};
use store::{keyset::Keyset, orders::OrderRecord, surveys::ManualCredit};
use subtle::ConstantTimeEq;

use crate::{
    FlowError, Invalid, access::Merchant, hash::hmac_hex, job::settle_job, order::external_id, stage::Surveys,
};

pub use store::surveys::{Answer, AnswerState};

/// Length of a Fairing key, in bytes.
const KEY_BYTES: core::ops::RangeInclusive<usize> = 16..=255;
/// Longest question, order id or reason, in characters.
const TEXT_CHARS_MAX: usize = 255;

/// A shopper's answer to a post-purchase survey, read and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyReport {
    /// The seller's id of the order, which may not have arrived yet.
    pub order_id: String,
    /// The question; may be empty.
    pub question: String,
    /// The answer, not empty.
    pub answer: String,
}

/// Fairing, writing for one brand: proved by the brand's Fairing key.
#[derive(Clone, Debug)]
pub struct FairingSender {
    brand: Brand,
}

/// An answer with its order, and suggestions if it needs review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedAnswer {
    /// The answer.
    pub answer: Answer,
    /// Creators who may be meant, the likeliest first; none once it was matched or decided.
    pub suggestions: Vec<CreatorId>,
    /// The order's id and name, if it has arrived.
    pub order: Option<(OrderId, String)>,
}

impl Surveys<'_> {
    /// Sets the key that signs Fairing's webhooks, or removes it if the text is empty. Stored encrypted.
    ///
    /// # Errors
    /// `FlowError::OwnerOnly` if a member asks; `FlowError::Invalid` if the key is not 16 to 255 characters.
    pub async fn set_fairing_key(self, merchant: &Merchant, key: &str) -> Result<(), FlowError> {
        merchant.owner()?;
        let key = key.trim();
        if !key.is_empty() && !KEY_BYTES.contains(&key.len()) {
            return Err(Invalid::one("the Fairing key must be 16 to 255 characters").into());
        }
        let location = fairing_key_location(merchant.id());
        let sealed = (!key.is_empty()).then(|| self.vault.seal(&location, key.as_bytes(), self.random()));
        let what = if key.is_empty() { "removed" } else { "set" };
        let entry = self.audit(merchant.actor(), "survey.fairing_key", what);
        self.store.put_secret(merchant.id(), &location, sealed.as_deref(), self.now(), &entry).await?;
        Ok(())
    }

    /// Whether a Fairing key is set.
    pub async fn has_fairing_key(self, merchant: &Merchant) -> Result<bool, FlowError> {
        Ok(self.store.secret(&fairing_key_location(merchant.id())).await?.is_some())
    }

    /// Verifies that Fairing wrote for the brand of a shop: the signature is the brand's Fairing key, or the hex
    /// HMAC-SHA256 of the signed body under it. Both are compared in constant time.
    ///
    /// # Errors
    /// `FlowError::Unauthorized` if the shop is unknown, the brand has no key, or the signature is wrong: without the key
    /// nobody learns which; `FlowError::Sealed` if the key cannot be decrypted.
    pub async fn fairing_sender(
        self,
        shop: &ShopDomain,
        signature: &str,
        signed: &[u8],
    ) -> Result<FairingSender, FlowError> {
        let shop = self.store.shop(shop).await?.ok_or(FlowError::Unauthorized)?;
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::Unauthorized)?;
        let location = fairing_key_location(&brand.id);
        let sealed = self.store.secret(&location).await?.ok_or(FlowError::Unauthorized)?;
        let key = self.vault.open(&location, &sealed)?;
        let signature = signature.trim();
        let is_key = bool::from(key.ct_eq(signature.as_bytes()));
        let is_mac = bool::from(hmac_hex(&key, signed).as_bytes().ct_eq(signature.to_lowercase().as_bytes()));
        if is_key || is_mac { Ok(FairingSender { brand }) } else { Err(FlowError::Unauthorized) }
    }

    /// Stores an answer, matched to a creator if it names one with enough confidence. Returns what was stored.
    pub async fn record(self, sender: &FairingSender, report: &SurveyReport) -> Result<Answer, FlowError> {
        self.record_answer(&sender.brand, report).await
    }

    /// As [`Self::record`], of an answer that a member brings: one from another survey.
    pub async fn record_by_member(self, merchant: &Merchant, report: &SurveyReport) -> Result<Answer, FlowError> {
        self.record_answer(merchant.brand(), report).await
    }

    async fn record_answer(self, brand: &Brand, report: &SurveyReport) -> Result<Answer, FlowError> {
        let text: String = report.answer.chars().take(survey::ANSWER_CHARS_MAX).collect();
        let found = survey::find(&text, &self.candidates(brand).await?);
        let now = self.now();
        let question = report.question.replace('\0', "");
        let stored = Answer {
            id: AnswerId::new(now.0, self.random()),
            order_external_id: external_id(&report.order_id),
            question: question.chars().take(TEXT_CHARS_MAX).collect(),
            answer: text,
            received_at: now,
            state: if found.is_some() { AnswerState::Matched } else { AnswerState::Open },
            confidence_bp: found.as_ref().map_or(0, |found| found.confidence_bp),
            creator: found.as_ref().map(|found| found.creator.clone()),
            matched_name: found.map(|found| found.name),
        };
        self.store.put_answer(&brand.id, &stored, &settle_job(&brand.id, now)).await?;
        Ok(stored)
    }

    async fn candidates(self, brand: &Brand) -> Result<Vec<Candidate>, FlowError> {
        let creators = self.store.creators(&brand.id).await?;
        Ok(creators
            .into_iter()
            .map(|creator| {
                let mut names = creator.aliases;
                names.extend([creator.handle, creator.name]);
                Candidate { creator: creator.id, names }
            })
            .collect())
    }

    /// Adds the creators named by survey answers and manual credits to the orders' evidence.
    pub(crate) async fn add_named_creators(
        self,
        brand: &Brand,
        attribution_inputs: &mut [AttributionInput],
    ) -> Result<(), FlowError> {
        let external_ids: Vec<String> =
            attribution_inputs.iter().map(|input| input.order.external_id.clone()).collect();
        let ids: Vec<OrderId> = attribution_inputs.iter().map(|input| input.order.id.clone()).collect();
        let answers = self.store.answers_of(&brand.id, &external_ids).await?;
        let manual_credits = self.store.manual_credits(&brand.id, &ids).await?;
        if answers.is_empty() && manual_credits.is_empty() {
            return Ok(());
        }
        let named: BTreeSet<CreatorId> = answers.iter().filter_map(|answer| answer.creator.clone()).collect();
        let named: Vec<CreatorId> = named.into_iter().collect();
        let mut links = self.store.links_of_creators(&brand.id, &named).await?;
        for creator in &named {
            if !links.iter().any(|link| link.creator.as_ref() == Some(creator)) {
                links.push(self.links().direct(&brand.id, creator).await?);
            }
        }
        let by_hand: Vec<String> = manual_credits.iter().map(|credit| credit.link.to_string()).collect();
        let by_hand = self.store.links_named(&brand.id, &by_hand, &[], &[]).await?;
        links.retain(|link| by_hand.iter().all(|other| other.id != link.id));
        links.extend(by_hand);
        for input in attribution_inputs {
            let about = |answer: &&Answer| answer.order_external_id == input.order.external_id;
            let answers: Vec<&Answer> = answers.iter().filter(about).collect();
            let manual_credit = manual_credits.iter().find(|credit| credit.order == input.order.id);
            add_named_to_input(input, &answers, manual_credit, &links);
        }
        Ok(())
    }

    /// A page of the answers in a state. Open ones come with the creators who may be meant, the likeliest first.
    pub async fn listed(
        self,
        merchant: &Merchant,
        state: AnswerState,
        keyset: &Keyset,
    ) -> Result<Vec<ListedAnswer>, FlowError> {
        let answers = self.store.answers(merchant.id(), state, keyset).await?;
        let is_open = state == AnswerState::Open;
        let candidates = if is_open { self.candidates(merchant.brand()).await? } else { Vec::new() };
        let order_ids: Vec<String> = answers.iter().map(|answer| answer.order_external_id.clone()).collect();
        let orders = self.store.orders_by_external_ids(merchant.id(), &order_ids).await?;
        let order_of = |answer: &Answer| {
            let known = orders.iter().find(|record| record.order.external_id == answer.order_external_id)?;
            Some((known.order.id.clone(), known.order.name.clone()))
        };
        let listed = answers.into_iter().map(|answer| ListedAnswer {
            suggestions: if is_open { survey::suggest(&answer.answer, &candidates) } else { Vec::new() },
            order: order_of(&answer),
            answer,
        });
        Ok(listed.collect())
    }

    /// A page of the answers that need review by a person.
    pub async fn open_answers(self, merchant: &Merchant, keyset: &Keyset) -> Result<Vec<Answer>, FlowError> {
        Ok(self.store.answers(merchant.id(), AnswerState::Open, keyset).await?)
    }

    /// Takes back what was decided about an answer, or how it was matched: it needs review again, and names nobody until
    /// then. The order is settled again.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the answer is not the brand's, or needs review already.
    pub async fn reopen(self, merchant: &Merchant, id: &AnswerId) -> Result<(), FlowError> {
        let settle = settle_job(merchant.id(), self.now());
        let entry = self.audit(merchant.actor(), "survey.reopen", id);
        let is_done = self.store.reopen_answer(merchant.id(), id, &settle, &entry).await?;
        if is_done { Ok(()) } else { Err(FlowError::NotFound("answer")) }
    }

    /// Records a person's review of an answer: it names this creator, or none. The order is settled again.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the creator or the answer is not the brand's.
    pub async fn decide(
        self,
        merchant: &Merchant,
        id: &AnswerId,
        creator: Option<&CreatorId>,
    ) -> Result<(), FlowError> {
        if let Some(creator) = creator {
            self.creators().get(merchant, creator).await?;
        }
        let settle = settle_job(merchant.id(), self.now());
        let entry = self.audit(merchant.actor(), "survey.decide", id);
        let is_there = self.store.decide_answer(merchant.id(), id, creator, &settle, &entry).await?;
        if is_there { Ok(()) } else { Err(FlowError::NotFound("answer")) }
    }

    /// Manually assigns an order's credit to a creator: to the creator's latest link, or without a link if there is none.
    ///
    /// # Errors
    /// As [`Self::assign_credit`].
    pub async fn assign_credit_to_creator(
        self,
        merchant: &Merchant,
        order: &OrderId,
        creator: &CreatorId,
        reason: &str,
    ) -> Result<(), FlowError> {
        self.creators().get(merchant, creator).await?;
        let link = match self.store.latest_link_of(merchant.id(), creator, self.now()).await? {
            Some(link) => link,
            None => self.links().direct(merchant.id(), creator).await?,
        };
        self.assign_credit(merchant, order, &link.id, reason).await
    }

    /// Manually assigns an order's credit to a link. The reason is stored and shown.
    ///
    /// # Errors
    /// `FlowError::NotFound` if the order or link is not the brand's; `FlowError::Invalid` if the link has no creator,
    /// the reason is not 1 to 255 characters, or the order's period is closed, its customer was erased, or its evidence
    /// is no longer kept.
    pub async fn assign_credit(
        self,
        merchant: &Merchant,
        order: &OrderId,
        link: &LinkId,
        reason: &str,
    ) -> Result<(), FlowError> {
        let record = self.orders().get(merchant, order).await?;
        ensure_is_open(merchant.brand(), &record, self.now())?;
        let link = self.store.links_named(merchant.id(), &[link.to_string()], &[], &[]).await?.into_iter().next();
        let link = link.ok_or(FlowError::NotFound("link"))?;
        if link.creator.is_none() {
            return Err(Invalid::one("the link has no creator to credit").into());
        }
        let credit = ManualCredit {
            order: order.clone(),
            link: link.id,
            actor: merchant.actor().to_owned(),
            reason: reason_text(reason)?,
            at: self.now(),
        };
        let settle = settle_job(merchant.id(), self.now());
        let entry = self.audit(merchant.actor(), "order.credit", order);
        Ok(self.store.put_manual_credit(merchant.id(), &credit, &settle, &entry).await?)
    }

    /// Revokes a manual credit: the evidence decides again.
    ///
    /// # Errors
    /// `FlowError::NotFound` if there is no such order or manual credit; `FlowError::Invalid` as for
    /// [`Self::assign_credit`].
    pub async fn revoke_credit(self, merchant: &Merchant, order: &OrderId) -> Result<(), FlowError> {
        let record = self.orders().get(merchant, order).await?;
        ensure_is_open(merchant.brand(), &record, self.now())?;
        let settle = settle_job(merchant.id(), self.now());
        let entry = self.audit(merchant.actor(), "order.credit_back", order);
        let was_there = self.store.end_manual_credit(merchant.id(), order, &settle, &entry).await?;
        if was_there { Ok(()) } else { Err(FlowError::NotFound("manual credit")) }
    }
}

/// Checks that an order can still be decided again.
fn ensure_is_open(brand: &Brand, record: &OrderRecord, now: UnixMs) -> Result<(), FlowError> {
    let order = &record.order;
    let fault = if record.settled_day.is_some_and(|day| brand.settings.is_closed(day)) {
        "the order's period is closed"
    } else if record.attribution.is_none() {
        return Ok(());
    } else if order.redacted_at.is_some() {
        "the order's customer was erased, so its credit stays as it is"
    } else if !brand.has_evidence_of(order, now) {
        "the order is older than the evidence that is kept, so its credit stays as it is"
    } else {
        return Ok(());
    };
    Err(Invalid::one(fault).into())
}

/// Whether a text has the form of a signature: a Fairing key's length, which a hex HMAC-SHA256 has too.
pub fn may_be_signature(text: &str) -> bool {
    KEY_BYTES.contains(&text.trim().len())
}

pub(crate) fn fairing_key_location(brand: &domain::BrandId) -> String {
    format!("fairing/{brand}")
}

/// Validates a person's reason: required, one line, at most 255 characters.
pub(crate) fn reason_text(text: &str) -> Result<String, FlowError> {
    let text = text.trim();
    let is_valid = !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.contains(char::is_control);
    if is_valid { Ok(text.to_owned()) } else { Err(Invalid::one("reason must be 1 to 255 characters").into()) }
}

/// Adds the creators named by answers and by a manual credit, and the links that carry their credit.
fn add_named_to_input(
    input: &mut AttributionInput,
    answers: &[&Answer],
    manual_credit: Option<&ManualCredit>,
    links: &[Link],
) {
    let mut used: Vec<&Link> = Vec::new();
    for answer in answers {
        let Some(creator) = answer.creator.as_ref() else { continue };
        // Credit needs a link: the creator's latest that existed when the order was placed, else the latest of all.
        let at = input.order.placed_at;
        let link = links.iter().filter(|link| link.creator.as_ref() == Some(creator)).max_by_key(|link| {
            let was_there = link.created_at <= at && link.deleted_at.is_none_or(|end| end > at);
            (was_there, link.created_at, link.id.clone())
        });
        used.extend(link);
        let how = if answer.state == AnswerState::Assigned { ", assigned manually" } else { "" };
        input.named.push(NamedCreator {
            kind: EvidenceKind::Survey,
            source: format!("survey answer \"{}\"{how}", answer.answer),
            creator: creator.clone(),
            link: link.map(|link| link.id.clone()),
            confidence_bp: answer.confidence_bp,
        });
    }
    if let Some(manual) = manual_credit
        && let Some(link) = links.iter().find(|link| link.id == manual.link)
        && let Some(creator) = &link.creator
    {
        used.push(link);
        input.named.push(NamedCreator {
            kind: EvidenceKind::Manual,
            source: format!("manual credit by {}: {}", manual.actor, manual.reason),
            creator: creator.clone(),
            link: Some(link.id.clone()),
            confidence_bp: EvidenceKind::Manual.confidence_bp(),
        });
    }
    for link in used {
        if !input.links.iter().any(|known| known.id == link.id) {
            input.links.push(link.clone());
        }
    }
}
