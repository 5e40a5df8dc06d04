//! Who may manage a brand's webhooks.

use domain::{BrandId, api_key::KeyKind};

use crate::{
    FlowError,
    access::{ApiCaller, Merchant},
};

/// The right to manage a brand's webhooks: its owners' and its server keys'. Members of its team have none: events carry
/// what creators earn to wherever an endpoint is. Test keys have none: test records have no events.
#[derive(Clone, Debug)]
pub struct WebhookAdmin {
    brand: BrandId,
    actor: String,
}

impl WebhookAdmin {
    pub(super) fn brand(&self) -> &BrandId {
        &self.brand
    }

    /// The actor that the audit log names.
    pub(super) fn actor(&self) -> &str {
        &self.actor
    }
}

impl TryFrom<&Merchant> for WebhookAdmin {
    type Error = FlowError;

    /// Fails with [`FlowError::OwnerOnly`] for a member.
    fn try_from(merchant: &Merchant) -> Result<Self, FlowError> {
        merchant.owner()?;
        Ok(Self { brand: merchant.id().clone(), actor: merchant.actor().to_owned() })
    }
}

impl TryFrom<&ApiCaller> for WebhookAdmin {
    type Error = FlowError;

    fn try_from(caller: &ApiCaller) -> Result<Self, FlowError> {
        if caller.kind() != KeyKind::Server || caller.is_test() {
            return Err(FlowError::Unauthorized);
        }
        Ok(Self { brand: caller.brand().clone(), actor: format!("key {}", caller.key().0) })
    }
}
