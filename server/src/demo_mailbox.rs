//! Where the demo's mail goes: a box that only this process has.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use flow::mail::{Mail, MailError, Mailer};

/// Most mails that the box holds.
const BOX_MAX: usize = 50;

/// The latest mails of the demo, newest first. They leave this process only on its page.
#[derive(Clone, Debug, Default)]
pub struct DemoMailbox(Arc<Mutex<VecDeque<Mail>>>);

impl DemoMailbox {
    /// The mails, newest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

#[async_trait::async_trait]
impl Mailer for DemoMailbox {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.retain(|earlier| earlier.key != mail.key);
        mails.push_front(mail.clone());
        mails.truncate(BOX_MAX);
        Ok(())
    }
}
