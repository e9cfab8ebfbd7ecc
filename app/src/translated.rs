//! Answers of the backend in the language of the reader.

use std::sync::Arc;

use exeunt_leptos::{
    backend::{Answer, LogoutDone, LogoutRequest, SessionBackend, SessionWatch},
    wire::{LoggedOutView, SessionList, SessionView},
};
use http::request::Parts;

use crate::{Language, texts::german_device};

/// A [`SessionBackend`] that answers as the one below it, and calls the browsers in the list of a person's sessions by their
/// names in the [`Language`] that the request asks for: that of the page. So the program in the browser need not translate them.
/// Provide it in the other's place.
pub struct TranslatedBackend(Arc<dyn SessionBackend>);

impl TranslatedBackend {
    /// On top of this one.
    pub fn new(backend: impl SessionBackend) -> Self {
        Self(Arc::new(backend))
    }
}

impl SessionBackend for TranslatedBackend {
    fn current(&self, parts: Parts) -> Answer<Option<SessionView>> {
        self.0.current(parts)
    }

    fn sessions(&self, parts: Parts) -> Answer<Option<SessionList>> {
        let language = Language::of_headers(&parts.headers);
        let list = self.0.sessions(parts);
        match language {
            Language::English => list,
            Language::German => Box::pin(async { Ok(list.await?.map(in_german)) }),
        }
    }

    fn logout(&self, parts: Parts, request: LogoutRequest) -> Answer<LogoutDone> {
        self.0.logout(parts, request)
    }

    fn logged_out(&self, parts: Parts) -> Answer<LoggedOutView> {
        self.0.logged_out(parts)
    }

    fn session_watch(&self, parts: &Parts) -> Option<SessionWatch> {
        self.0.session_watch(parts)
    }
}

impl std::fmt::Debug for TranslatedBackend {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TranslatedBackend")
            .finish_non_exhaustive()
    }
}

fn in_german(mut list: SessionList) -> SessionList {
    let sessions = list.sessions.iter_mut().map(|session| &mut session.device);
    let ends = list.recent_ends.iter_mut().map(|end| &mut end.device);
    for device in sessions.chain(ends) {
        *device = german_device(device);
    }
    list
}
