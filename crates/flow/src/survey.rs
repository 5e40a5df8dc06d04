//! Whom shoppers and people at the brand name: survey answers, matched or left to a person, and credit by hand.

use domain::{
    AnswerId, CreatorId, LinkId, OrderId,
    attribution::{Case, Named},
    brand::Brand,
    evidence::EvidenceKind,
    link::Link,
    shop::ShopDomain,
    survey::{self, Candidate},
};
use serde::Deserialize;
pub use store::surveys::Answer;
use store::{
    orders::OrderRecord,
    surveys::{AnswerState, ManualCredit},
};
use subtle::ConstantTimeEq;

use crate::{Flow, FlowError, Invalid, access::Merchant};

/// Longest question, order id or reason, in characters.
const TEXT_CHARS_MAX: usize = 255;
/// Answers shown at a time.
const PAGE: i64 = 100;

/// A survey answer as Fairing sends it (CONTRACTS §6).
#[derive(Debug, Deserialize)]
pub struct FairingAnswer {
    /// The order, a number or a text.
    #[serde(default)]
    pub order_id: Option<serde_json::Value>,
    /// What was asked.
    #[serde(default)]
    pub question: Option<String>,
    /// What was answered.
    #[serde(default)]
    pub answer: Option<String>,
    /// The shop.
    #[serde(default)]
    pub shop_domain: Option<String>,
}

impl Flow {
    /// Sets the key that Fairing signs with, or forgets it when the text is empty.
    pub async fn set_fairing_key(&self, merchant: &Merchant, key: &str) -> Result<(), FlowError> {
        let key = key.trim();
        if !key.is_empty() && !(16..=255).contains(&key.len()) {
            return Err(Invalid::one("the Fairing key must be 16 to 255 characters").into());
        }
        let place = fairing_place(merchant.id());
        let sealed = (!key.is_empty()).then(|| self.vault.seal(&place, key.as_bytes(), self.random()));
        self.store.put_secret(&place, sealed.as_deref(), self.now()).await?;
        tracing::info!(brand = %merchant.id(), actor = merchant.actor(), is_set = !key.is_empty(), "Fairing key changed");
        Ok(())
    }

    /// Whether a Fairing key is set.
    pub async fn has_fairing_key(&self, merchant: &Merchant) -> Result<bool, FlowError> {
        Ok(self.store.secret(&fairing_place(merchant.id())).await?.is_some())
    }

    /// Takes a Fairing webhook: the shop names the brand, whose key must be the signature or have made it. Nothing
    /// is stored before that is proved.
    pub async fn receive_fairing(&self, signature: Option<&str>, body: &[u8]) -> Result<Answer, FlowError> {
        let (brand, answer) = self.fairing_brand(body).await?;
        let place = fairing_place(&brand.id);
        let sealed = self.store.secret(&place).await?.ok_or(FlowError::Unauthorized)?;
        let key = self.vault.open(&place, &sealed)?;
        let signature = signature.ok_or(FlowError::Unauthorized)?.trim();
        let is_key = bool::from(key.ct_eq(signature.as_bytes()));
        let is_mac =
            bool::from(crate::context::hmac_hex(&key, body).as_bytes().ct_eq(signature.to_lowercase().as_bytes()));
        if !is_key && !is_mac {
            return Err(FlowError::Unauthorized);
        }
        self.take_answer(&brand, &answer).await
    }

    /// Reads a Fairing body and finds the brand it is for. `NotFound` for a shop that is not here.
    async fn fairing_brand(&self, body: &[u8]) -> Result<(Brand, FairingAnswer), FlowError> {
        let answer: FairingAnswer =
            serde_json::from_slice(body).map_err(|_| Invalid::one("the body must be a JSON object"))?;
        let shop = answer.shop_domain.as_deref().ok_or_else(|| Invalid::one("shop_domain is required"))?;
        let shop = ShopDomain::parse(shop).ok_or(FlowError::NotFound("shop"))?;
        let shop = self.store.shop(&shop).await?.ok_or(FlowError::NotFound("shop"))?;
        let brand = self.store.brand(&shop.brand).await?.ok_or(FlowError::NotFound("shop"))?;
        Ok((brand, answer))
    }

    /// Stores an answer, matched to a creator if it names one surely enough. Returns whom, and how surely.
    async fn take_answer(&self, brand: &Brand, answer: &FairingAnswer) -> Result<Answer, FlowError> {
        let mut faults = Vec::new();
        let order_id = match &answer.order_id {
            Some(serde_json::Value::String(text)) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Some(serde_json::Value::Number(number)) if number.is_u64() => Some(number.to_string()),
            _ => None,
        };
        let order_id = order_id.filter(|id| id.chars().count() <= TEXT_CHARS_MAX && !id.contains('\0'));
        if order_id.is_none() {
            faults.push("order_id is required".to_owned());
        }
        let text = answer.answer.as_deref().map(str::trim).filter(|text| !text.is_empty() && !text.contains('\0'));
        if text.is_none() {
            faults.push("answer is required".to_owned());
        }
        let (Some(order_id), Some(text)) = (order_id, text) else { return Err(Invalid(faults).into()) };
        let text: String = text.chars().take(survey::ANSWER_CHARS_MAX).collect();
        let found = survey::find(&text, &self.candidates(brand).await?);
        let now = self.now();
        let question = answer.question.as_deref().unwrap_or_default().replace('\0', "");
        let stored = Answer {
            id: AnswerId::new(now.0, self.random()),
            order_external_id: crate::order::external_id(&order_id),
            question: question.chars().take(TEXT_CHARS_MAX).collect(),
            answer: text,
            received_at: now,
            state: if found.is_some() { AnswerState::Matched } else { AnswerState::Open },
            confidence_bp: found.as_ref().map_or(0, |found| found.confidence_bp),
            creator: found.as_ref().map(|found| found.creator.clone()),
            matched_name: found.map(|found| found.name),
        };
        self.store.put_answer(&brand.id, &stored).await?;
        Ok(stored)
    }

    async fn candidates(&self, brand: &Brand) -> Result<Vec<Candidate>, FlowError> {
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

    /// Adds whom survey answers and people at the brand named to what is known of an order.
    pub(crate) async fn add_named(&self, brand: &Brand, cases: &mut [Case]) -> Result<(), FlowError> {
        let external_ids: Vec<String> = cases.iter().map(|case| case.order.external_id.clone()).collect();
        let ids: Vec<OrderId> = cases.iter().map(|case| case.order.id.clone()).collect();
        let answers = self.store.answers_of(&brand.id, &external_ids).await?;
        let by_hand = self.store.manual_credits(&brand.id, &ids).await?;
        if answers.is_empty() && by_hand.is_empty() {
            return Ok(());
        }
        let links = self.store.links(&brand.id).await?;
        for case in cases {
            let about = |answer: &&Answer| answer.order_external_id == case.order.external_id;
            let answers: Vec<&Answer> = answers.iter().filter(about).collect();
            let by_hand = by_hand.iter().find(|credit| credit.order == case.order.id);
            name_creators(case, &answers, by_hand, &links);
        }
        Ok(())
    }

    /// Answers that wait for a person, newest first.
    pub async fn open_answers(&self, merchant: &Merchant) -> Result<Vec<Answer>, FlowError> {
        Ok(self.store.answers(merchant.id(), AnswerState::Open, PAGE).await?)
    }

    /// A person's decision about an answer: it names this creator, or nobody. The order is settled again.
    pub async fn decide_answer(
        &self,
        merchant: &Merchant,
        id: &AnswerId,
        creator: Option<&CreatorId>,
    ) -> Result<(), FlowError> {
        if let Some(creator) = creator {
            self.creator(merchant, creator).await?;
        }
        let entry = self.audit(merchant.actor(), "survey.decide", id);
        let is_there = self.store.decide_answer(merchant.id(), id, creator, self.now(), &entry).await?;
        if is_there { Ok(()) } else { Err(FlowError::NotFound("answer")) }
    }

    /// Gives an order's credit to a link by hand. The reason is kept and shown.
    pub async fn give_credit(
        &self,
        merchant: &Merchant,
        order: &OrderId,
        link: &LinkId,
        reason: &str,
    ) -> Result<(), FlowError> {
        let record = self.order(merchant, order).await?;
        refuse_closed(merchant.brand(), &record)?;
        let links = self.store.links(merchant.id()).await?;
        let link = links.into_iter().find(|one| one.id == *link).ok_or(FlowError::NotFound("link"))?;
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
        let entry = self.audit(merchant.actor(), "order.credit", order);
        Ok(self.store.put_manual_credit(merchant.id(), &credit, &entry).await?)
    }

    /// Takes back credit given by hand: the evidence decides again.
    pub async fn take_credit_back(&self, merchant: &Merchant, order: &OrderId) -> Result<(), FlowError> {
        let record = self.order(merchant, order).await?;
        refuse_closed(merchant.brand(), &record)?;
        let entry = self.audit(merchant.actor(), "order.credit_back", order);
        let was_there = self.store.end_manual_credit(merchant.id(), order, self.now(), &entry).await?;
        if was_there { Ok(()) } else { Err(FlowError::NotFound("credit given by hand")) }
    }
}

fn refuse_closed(brand: &Brand, record: &OrderRecord) -> Result<(), FlowError> {
    if record.settled_day.is_some_and(|day| brand.settings.is_closed(day)) {
        return Err(Invalid::one("the order's period is closed").into());
    }
    Ok(())
}

fn fairing_place(brand: &domain::BrandId) -> String {
    format!("fairing/{brand}")
}

/// A reason that a person gives: required, one line, bounded.
pub(crate) fn reason_text(text: &str) -> Result<String, FlowError> {
    let text = text.trim();
    let is_fine = !text.is_empty() && text.chars().count() <= TEXT_CHARS_MAX && !text.contains(char::is_control);
    if is_fine { Ok(text.to_owned()) } else { Err(Invalid::one("reason must be 1 to 255 characters").into()) }
}

/// Adds to a case the creators whom the shopper, or a person at the brand, named, and the links that carry their credit.
fn name_creators(case: &mut Case, answers: &[&Answer], by_hand: Option<&ManualCredit>, links: &[Link]) {
    let mut used: Vec<&Link> = Vec::new();
    for answer in answers {
        let Some(creator) = answer.creator.as_ref() else { continue };
        // Credit goes through a link: the creator's latest that was there and not deleted when the order was placed,
        // else the latest of all.
        let at = case.order.placed_at;
        let link = links.iter().filter(|link| link.creator.as_ref() == Some(creator)).max_by_key(|link| {
            let was_there = link.created_at <= at && link.deleted_at.is_none_or(|end| end > at);
            (was_there, link.created_at, link.id.clone())
        });
        used.extend(link);
        let how = if answer.state == AnswerState::Assigned { ", assigned by hand" } else { "" };
        case.named.push(Named {
            kind: EvidenceKind::Survey,
            source: format!("survey answer \"{}\"{how}", answer.answer),
            creator: creator.clone(),
            link: link.map(|link| link.id.clone()),
            confidence_bp: answer.confidence_bp,
        });
    }
    if let Some(manual) = by_hand
        && let Some(link) = links.iter().find(|link| link.id == manual.link)
        && let Some(creator) = &link.creator
    {
        used.push(link);
        case.named.push(Named {
            kind: EvidenceKind::Manual,
            source: format!("given by {}: {}", manual.actor, manual.reason),
            creator: creator.clone(),
            link: Some(link.id.clone()),
            confidence_bp: EvidenceKind::Manual.confidence_bp(),
        });
    }
    for link in used {
        if !case.links.iter().any(|known| known.id == link.id) {
            case.links.push(link.clone());
        }
    }
}
