//! What a page can be told when a server function fails.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a page cannot show or do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppError {
    /// The input is wrong: every fault.
    Invalid(Vec<String>),
    /// Nobody is signed in, or not as somebody who may.
    Unauthorized,
    /// There is no such thing.
    NotFound(String),
    /// A fault of ours or of the network.
    Failed(String),
}

impl core::fmt::Display for AppError {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Invalid(faults) => write!(out, "{}", faults.join("; ")),
            Self::Unauthorized => out.write_str("You are not signed in, or no longer. Open the app again."),
            Self::NotFound(what) => write!(out, "There is no such {what}."),
            Self::Failed(reason) => write!(out, "That did not work: {reason}"),
        }
    }
}

impl std::error::Error for AppError {}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => {
                Self::Invalid(vec![format!("the form is incomplete: {reason}")])
            }
            other => Self::Failed(other.to_string()),
        }
    }
}
