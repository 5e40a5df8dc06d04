//! Kinds of jobs: the only place that names them.

use domain::{
    AccountId, BrandId, CreatorId, EndpointId, ImportId, InvitationId, PayoutId, QuestionId, UnixMs, id::InboxId,
    shop::ShopDomain,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use store::{
    inbox::Delivery,
    jobs::{Lane, NewJob},
};

use crate::task::Task;

/// An order of a brand, known by the seller's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRef {
    /// The brand.
    pub brand: BrandId,
    /// The seller's id of the order.
    pub order_id: String,
}

/// A merge that was done, for what comes late.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRef {
    /// The brand.
    pub brand: BrandId,
    /// The creator who is no more.
    pub from: CreatorId,
}

/// An import of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRef {
    /// The brand.
    pub brand: BrandId,
    /// The import.
    pub import: ImportId,
}

/// An invitation of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InvitationRef {
    /// The brand.
    pub(crate) brand: BrandId,
    /// The invitation.
    pub(crate) invitation: InvitationId,
    /// Code of the language of whoever invites: that of the invited is not known yet. Absent in jobs of earlier versions.
    #[serde(default)]
    pub(crate) language: String,
}

/// A request for a sign-in link. The address is encrypted: until its person is known, it is nobody's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignInRequest {
    /// What the link's token is derived from.
    pub(crate) id: String,
    /// Keyed hash of the address.
    pub(crate) hash: String,
    /// The address, encrypted, in hex.
    pub(crate) sealed: String,
    /// When it was made.
    pub(crate) asked_at: UnixMs,
    /// Code of the language in which it was made. Absent in jobs of earlier versions.
    #[serde(default)]
    pub(crate) language: String,
}

/// A question of a brand's creator, and whom to mail about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QuestionRef {
    /// The brand.
    pub(crate) brand: BrandId,
    /// The question.
    pub(crate) question: QuestionId,
    /// One of the brand's owners; absent for the creator, and until it is known who the owners are.
    pub(crate) owner: Option<AccountId>,
}

/// A creator's part of a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaidRef {
    /// The brand.
    pub(crate) brand: BrandId,
    /// The payout.
    pub(crate) payout: PayoutId,
    /// The creator.
    pub(crate) creator: CreatorId,
}

/// A disabled webhook endpoint or Klaviyo connection, and the owner to notify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DisabledRef {
    /// The brand.
    pub(crate) brand: BrandId,
    /// The webhook endpoint; absent for the Klaviyo connection.
    pub(crate) endpoint: Option<EndpointId>,
    /// When it was disabled.
    pub(crate) at: UnixMs,
    /// The owner to notify; absent in the job that queues one for each owner.
    pub(crate) owner: Option<AccountId>,
}

/// A change of a creator's payout details, to be announced to whoever set them before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PayoutChange {
    /// The brand.
    pub(crate) brand: BrandId,
    /// The creator.
    pub(crate) creator: CreatorId,
    /// The address to mail to, encrypted, in hex.
    pub(crate) sealed: String,
    /// When it was changed.
    pub(crate) at: UnixMs,
}

/// What a queued job does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// Process a webhook delivery.
    ProcessDelivery(InboxId),
    /// Process the purchases that events reported for an order.
    ProcessReports(OrderRef),
    /// Settle an order.
    SettleOrder(OrderRef),
    /// Run the data-driven models of a brand.
    RunModels(BrandId),
    /// Settle the next orders of a brand's recompute.
    Recompute(BrandId),
    /// Delete what belongs to no brand and is no longer kept, and queue the next of every brand.
    Retain,
    /// Delete a brand's visits that are no longer kept.
    RetainBrand(BrandId),
    /// Find the brands whose figures are behind, and queue that they are brought up to date.
    RollUp,
    /// Bring a brand's figures up to date.
    RollUpBrand(BrandId),
    /// Remove erased content from the database's files.
    Scrub,
    /// Refresh a shop's tokens before they expire.
    KeepShopAlive(ShopDomain),
    /// Number a brand's new events for other systems, and send them on.
    DispatchEvents(BrandId),
    /// Do the next rows of an import.
    RunImport(ImportRef),
    /// Give a brand's creators the tiers that they have earned.
    MoveTiers(BrandId),
    /// Send a brand's events to Klaviyo.
    SendToKlaviyo(BrandId),
    /// Move what was stored for a merged creator since.
    FollowMerge(MergeRef),
    /// Send a sign-in link to who asked for it.
    SendSignIn(SignInRequest),
    /// Send the mail of an invitation.
    SendInvitation(InvitationRef),
    /// Mail a creator that their question was answered.
    MailAnswer(QuestionRef),
    /// Mail the brand's owners that a creator asks a question.
    MailQuestion(QuestionRef),
    /// Mail a creator that they were paid.
    MailPaid(PaidRef),
    /// Mail whoever set a creator's payout details that they were changed.
    MailPayoutChange(PayoutChange),
    /// Mail the brand's owners that a webhook endpoint or the Klaviyo connection was disabled.
    MailDisabled(DisabledRef),
}

/// The stored job is of an unknown kind, or its payload cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unreadable job")]
pub struct InvalidJob;

#[derive(Deserialize)]
struct BrandPayload {
    brand: BrandId,
}

#[derive(Deserialize)]
struct ShopPayload {
    shop: ShopDomain,
}

impl Job {
    /// The stored kind of [`Self::ProcessDelivery`].
    pub(crate) const PROCESS_DELIVERY: &'static str = "delivery.process";

    /// The stored kind.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::ProcessDelivery(_) => Self::PROCESS_DELIVERY,
            Self::ProcessReports(_) => "order.report",
            Self::SettleOrder(_) => "order.settle",
            Self::RunModels(_) => "models.run",
            Self::Recompute(_) => "orders.recompute",
            Self::Retain => "retention.run",
            Self::RetainBrand(_) => "retention.brand",
            Self::RollUp => "rollups.run",
            Self::RollUpBrand(_) => "rollups.brand",
            Self::Scrub => "database.scrub",
            Self::KeepShopAlive(_) => "shop.keepalive",
            Self::DispatchEvents(_) => "events.dispatch",
            Self::RunImport(_) => "imports.run",
            Self::MoveTiers(_) => "tiers.move",
            Self::SendToKlaviyo(_) => "klaviyo.send",
            Self::FollowMerge(_) => "creators.follow_merge",
            Self::SendSignIn(_) => "mail.signin",
            Self::SendInvitation(_) => "mail.invitation",
            Self::MailAnswer(_) => "mail.answer",
            Self::MailQuestion(_) => "mail.question",
            Self::MailPaid(_) => "mail.paid",
            Self::MailPayoutChange(_) => "mail.payout",
            Self::MailDisabled(_) => "mail.disabled",
        }
    }

    /// The deduplication key within the kind.
    fn key(&self) -> String {
        match self {
            Self::ProcessDelivery(id) => id.to_string(),
            Self::ProcessReports(order) | Self::SettleOrder(order) => format!("{}:{}", order.brand, order.order_id),
            Self::RunModels(brand)
            | Self::Recompute(brand)
            | Self::RetainBrand(brand)
            | Self::RollUpBrand(brand)
            | Self::DispatchEvents(brand)
            | Self::MoveTiers(brand)
            | Self::SendToKlaviyo(brand) => brand.to_string(),
            Self::Retain | Self::RollUp | Self::Scrub => "all".to_owned(),
            Self::KeepShopAlive(shop) => shop.to_string(),
            Self::RunImport(import) => format!("{}:{}", import.brand, import.import),
            Self::FollowMerge(done) => format!("{}:{}", done.brand, done.from),
            // Who asks again before the mail is sent gets one.
            Self::SendSignIn(request) => request.hash.clone(),
            Self::SendInvitation(mail) => format!("{}:{}", mail.brand, mail.invitation),
            Self::MailAnswer(mail) | Self::MailQuestion(mail) => {
                let owner = mail.owner.as_ref().map_or("", AccountId::as_str);
                format!("{}:{owner}:{}", mail.brand, mail.question)
            }
            Self::MailPaid(mail) => format!("{}:{}:{}", mail.brand, mail.creator, mail.payout),
            Self::MailPayoutChange(mail) => format!("{}:{}:{}", mail.brand, mail.at.0, mail.creator),
            Self::MailDisabled(mail) => {
                let owner = mail.owner.as_ref().map_or("", AccountId::as_str);
                let what = mail.endpoint.as_ref().map_or("klaviyo", EndpointId::as_str);
                format!("{}:{owner}:{}:{what}", mail.brand, mail.at.0)
            }
        }
    }

    fn payload(&self) -> String {
        match self {
            Self::ProcessDelivery(_) | Self::Retain | Self::RollUp | Self::Scrub => json!({}),
            Self::ProcessReports(order) | Self::SettleOrder(order) => json!(order),
            Self::RunModels(brand)
            | Self::Recompute(brand)
            | Self::RetainBrand(brand)
            | Self::RollUpBrand(brand)
            | Self::DispatchEvents(brand)
            | Self::MoveTiers(brand)
            | Self::SendToKlaviyo(brand) => json!({ "brand": brand }),
            Self::KeepShopAlive(shop) => json!({ "shop": shop }),
            Self::RunImport(import) => json!(import),
            Self::FollowMerge(done) => json!(done),
            Self::SendSignIn(request) => json!(request),
            Self::SendInvitation(mail) => json!(mail),
            Self::MailAnswer(mail) | Self::MailQuestion(mail) => json!(mail),
            Self::MailPaid(mail) => json!(mail),
            Self::MailPayoutChange(mail) => json!(mail),
            Self::MailDisabled(mail) => json!(mail),
        }
        .to_string()
    }

    const fn lane(&self) -> Lane {
        match self {
            Self::ProcessDelivery(_) => Lane::Deliveries,
            Self::SettleOrder(_) => Lane::Settlements,
            Self::ProcessReports(_) => Lane::Reports,
            Self::DispatchEvents(_) => Lane::Outbound,
            Self::SendToKlaviyo(_) => Lane::Integrations,
            Self::SendSignIn(_)
            | Self::SendInvitation(_)
            | Self::MailAnswer(_)
            | Self::MailQuestion(_)
            | Self::MailPaid(_)
            | Self::MailPayoutChange(_)
            | Self::MailDisabled(_) => Lane::Mail,
            _ => Lane::Maintenance,
        }
    }

    /// Whose job it is, and whose turn. Maintenance that every brand has, always, has no turns.
    fn party(&self) -> String {
        match self {
            Self::ProcessReports(order) | Self::SettleOrder(order) => order.brand.to_string(),
            Self::DispatchEvents(brand) | Self::SendToKlaviyo(brand) | Self::Recompute(brand) => brand.to_string(),
            Self::RunImport(import) => import.brand.to_string(),
            Self::FollowMerge(done) => done.brand.to_string(),
            Self::SendInvitation(mail) => mail.brand.to_string(),
            Self::MailAnswer(mail) | Self::MailQuestion(mail) => mail.brand.to_string(),
            Self::MailPaid(mail) => mail.brand.to_string(),
            Self::MailPayoutChange(mail) => mail.brand.to_string(),
            Self::MailDisabled(mail) => mail.brand.to_string(),
            _ => String::new(),
        }
    }

    /// The job as it is queued, to start at or after `run_at`. That of a delivery: [`delivery_job`].
    pub(crate) fn at(&self, run_at: UnixMs) -> NewJob {
        NewJob {
            kind: self.kind(),
            key: self.key(),
            lane: self.lane(),
            party: self.party(),
            payload: self.payload(),
            run_at,
        }
    }

    /// Reads a stored job.
    pub(crate) fn read(stored: &store::jobs::Job) -> Result<Self, InvalidJob> {
        fn payload<T: DeserializeOwned>(stored: &store::jobs::Job) -> Result<T, InvalidJob> {
            serde_json::from_str(&stored.payload).map_err(|_| InvalidJob)
        }
        Ok(match stored.kind.as_str() {
            Self::PROCESS_DELIVERY => Self::ProcessDelivery(stored.key.parse().map_err(|_| InvalidJob)?),
            "order.report" => Self::ProcessReports(payload(stored)?),
            "order.settle" => Self::SettleOrder(payload(stored)?),
            "models.run" => Self::RunModels(payload::<BrandPayload>(stored)?.brand),
            "orders.recompute" => Self::Recompute(payload::<BrandPayload>(stored)?.brand),
            "retention.run" => Self::Retain,
            "retention.brand" => Self::RetainBrand(payload::<BrandPayload>(stored)?.brand),
            "rollups.run" => Self::RollUp,
            "rollups.brand" => Self::RollUpBrand(payload::<BrandPayload>(stored)?.brand),
            "database.scrub" => Self::Scrub,
            "events.dispatch" => Self::DispatchEvents(payload::<BrandPayload>(stored)?.brand),
            "tiers.move" => Self::MoveTiers(payload::<BrandPayload>(stored)?.brand),
            "klaviyo.send" => Self::SendToKlaviyo(payload::<BrandPayload>(stored)?.brand),
            "shop.keepalive" => Self::KeepShopAlive(payload::<ShopPayload>(stored)?.shop),
            "imports.run" => Self::RunImport(payload(stored)?),
            "creators.follow_merge" => Self::FollowMerge(payload(stored)?),
            "mail.signin" => Self::SendSignIn(payload(stored)?),
            "mail.invitation" => Self::SendInvitation(payload(stored)?),
            "mail.answer" => Self::MailAnswer(payload(stored)?),
            "mail.question" => Self::MailQuestion(payload(stored)?),
            "mail.paid" => Self::MailPaid(payload(stored)?),
            "mail.payout" => Self::MailPayoutChange(payload(stored)?),
            "mail.disabled" => Self::MailDisabled(payload(stored)?),
            _ => return Err(InvalidJob),
        })
    }
}

/// What a stored job is to do.
pub(crate) fn task_of(kind: &str, key: &str) -> Task {
    let subject = || key.rsplit_once(':').map_or(key, |(_, subject)| subject).to_owned();
    match kind {
        Job::PROCESS_DELIVERY => Task::ReadWebhook(subject()),
        "order.settle" => Task::CreditOrder(subject()),
        "order.report" => Task::ReadPurchase(subject()),
        "events.dispatch" => Task::ReportEvents,
        "imports.run" => Task::Import(subject()),
        "mail.signin" => Task::MailSignIn,
        "mail.invitation" => Task::MailInvitation,
        "mail.answer" => Task::MailAnswer,
        "mail.question" => Task::MailQuestion,
        "mail.paid" => Task::MailPaid,
        "mail.payout" => Task::MailPayoutChange,
        "mail.disabled" => Task::MailDisabled,
        "klaviyo.send" => Task::SendToKlaviyo,
        "creators.follow_merge" => Task::FinishMerge,
        "rollups.brand" => Task::RollUp,
        _ => Task::Other(kind.to_owned()),
    }
}

/// The job that processes a delivery, in its shop's turn.
pub(crate) fn delivery_job(delivery: &Delivery, run_at: UnixMs) -> NewJob {
    NewJob { party: delivery.shop.to_string(), ..Job::ProcessDelivery(delivery.id.clone()).at(run_at) }
}

/// Builds the settlement jobs of a brand's orders, for ports that queue them in their own transaction.
pub(crate) fn settle_job(brand: &BrandId, now: UnixMs) -> impl Fn(&str) -> NewJob + Send + Sync + use<> {
    let brand = brand.clone();
    move |order_id| Job::SettleOrder(OrderRef { brand: brand.clone(), order_id: order_id.to_owned() }).at(now)
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn every_kind_survives_storage() {
        let order = OrderRef { brand: BrandId::new(1, [1; 10]), order_id: "1001".to_owned() };
        let shop = ShopDomain::parse("demo.myshopify.com").expect("shop");
        let question = QuestionRef { brand: order.brand.clone(), question: QuestionId::new(1, [5; 10]), owner: None };
        let all = [
            Job::ProcessDelivery(InboxId::new(1, [2; 10])),
            Job::ProcessReports(order.clone()),
            Job::SettleOrder(order.clone()),
            Job::RunModels(order.brand.clone()),
            Job::Recompute(order.brand.clone()),
            Job::Retain,
            Job::RetainBrand(order.brand.clone()),
            Job::RollUp,
            Job::RollUpBrand(order.brand.clone()),
            Job::Scrub,
            Job::KeepShopAlive(shop),
            Job::DispatchEvents(order.brand.clone()),
            Job::RunImport(ImportRef { brand: order.brand.clone(), import: ImportId::new(1, [3; 10]) }),
            Job::MoveTiers(order.brand.clone()),
            Job::SendInvitation(InvitationRef {
                brand: order.brand.clone(),
                invitation: InvitationId::new(1, [4; 10]),
                language: "de".to_owned(),
            }),
            Job::SendToKlaviyo(order.brand.clone()),
            Job::MailAnswer(question.clone()),
            Job::MailQuestion(QuestionRef { owner: Some(AccountId::new(1, [6; 10])), ..question }),
            Job::MailPaid(PaidRef {
                brand: order.brand.clone(),
                payout: PayoutId::new(1, [7; 10]),
                creator: CreatorId::new(1, [4; 10]),
            }),
            Job::MailPayoutChange(PayoutChange {
                brand: order.brand.clone(),
                creator: CreatorId::new(1, [4; 10]),
                sealed: "00".to_owned(),
                at: UnixMs(3),
            }),
            Job::FollowMerge(MergeRef { brand: order.brand, from: CreatorId::new(1, [4; 10]) }),
        ];
        for job in all {
            let NewJob { kind, key, payload, run_at, .. } = job.at(UnixMs(5));
            let stored =
                store::jobs::Job { kind: kind.to_owned(), key, payload, attempts: 0, revision: 1, lease_until: run_at };
            assert_eq!(Job::read(&stored), Ok(job));
        }
    }
}
