//! What the browser may know of a fault.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

/// Why a server function of this crate gave no answer. Causes are logged on the server, never sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Occurs on the server if the session store did not answer.
    #[error("the session could not be read or changed just now")]
    Unavailable,
    /// Occurs on the client if the server could not be reached.
    #[error("the server could not be reached")]
    Unreachable,
    /// Occurs on either side if request or answer were not what they must be.
    #[error("the answer was not understood")]
    Protocol,
}

impl FromServerFnError for SessionError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            _ => Self::Protocol,
        }
    }
}
