//! People who sign in by e-mail: asking for a link, invitations, teams and sessions.

mod confirm;
mod invite;
mod notices;
mod request;
mod sessions;
mod team;

pub use confirm::{PendingLink, SignedIn};
pub use sessions::SessionInfo;
pub use store::{accounts::KnownPlace, members::Member};
