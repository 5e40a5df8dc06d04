//! Leads: a click's visitor becomes a named customer.

use domain::{CustomerId, Identity};
use store::customers::Join;

use super::TrackingError;
use crate::{access::ApiCaller, job::settle_job, stage::Tracking};

/// A lead, as a backend or a browser reported it.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeadReport<'a> {
    /// The click that led here.
    pub click_id: Option<&'a str>,
    /// The sender's name of the customer.
    pub customer_key: Option<&'a str>,
    /// The customer's e-mail address. Only a backend's is used, and only as a keyed hash.
    pub email: Option<&'a str>,
    /// Whether this is a test.
    pub is_test: bool,
}

impl Tracking<'_> {
    /// Records a lead: joins the click's visitor to the customer.
    ///
    /// With a server key (`caller`) any identities are joined. Without one this is a browser, which the click id proves
    /// to be the visitor: it may claim one customer key that is still free, and no e-mail address.
    ///
    /// # Errors
    /// [`TrackingError::UnknownClick`] if the click is unknown, unless a backend named a customer too.
    pub async fn lead(self, caller: Option<&ApiCaller>, lead: LeadReport<'_>) -> Result<(), TrackingError> {
        let clicked = match lead.click_id {
            Some(handle) => match self.visitor_of_click(caller.map(ApiCaller::brand), handle).await {
                Ok(clicked) => Some(clicked),
                Err(TrackingError::UnknownClick) if caller.is_some() && lead.customer_key.is_some() => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
        let (brand, visitor) = match (clicked, caller) {
            (Some((_, visitor)), Some(caller)) => (caller.brand().clone(), visitor),
            (Some((brand, visitor)), None) => (brand, visitor),
            (None, Some(caller)) => (caller.brand().clone(), None),
            (None, None) => return Err(TrackingError::UnknownClick),
        };
        let now = self.now();
        let id = CustomerId::new(now.0, self.random());
        if lead.is_test || caller.is_some_and(ApiCaller::is_test) {
            return Ok(self.put_test_record(&brand, id.as_str(), "lead", None).await?);
        }
        // A test click has no visitor, and a browser speaks for nobody but its visitor.
        if caller.is_none() && visitor.is_none() {
            return Ok(self.put_test_record(&brand, id.as_str(), "lead", None).await?);
        }
        let mut identities: Vec<Identity> = visitor.map(Identity::Visitor).into_iter().collect();
        match caller {
            Some(_) => {
                identities.extend(lead.customer_key.map(|key| self.customer_key(key)));
                identities.extend(lead.email.and_then(|email| self.email_hash(email)).map(Identity::Email));
            }
            None => identities.extend(lead.customer_key.map(|key| self.claimed_key(key))),
        }
        let join = if caller.is_some() { Join::Merge } else { Join::OnlyNew };
        self.store.join_identities(&brand, &identities, &id, join, &settle_job(&brand, now), now).await?;
        Ok(())
    }
}
