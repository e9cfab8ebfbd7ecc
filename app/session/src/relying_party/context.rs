//! What every page and every server function finds as a context.

use std::sync::Arc;

use exeunt::{
    http::headers::{allow_frames_of, content_security_policy},
    upstream::{AsUpstream, Upstream},
};
use http::{HeaderValue, header::CONTENT_SECURITY_POLICY, request::Parts};
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::ResponseOptions;

use super::Backend;
use crate::{
    backend::{SessionBackend, provide_backend},
    base::Base,
};

/// The context closure for `leptos_routes_with_context`, `file_and_error_handler_with_context` and their like.
///
/// It provides the [`Base`] (the path prefix of the public address), then the [`Backend`]; and it sets the answer's
/// `Content-Security-Policy`: scripts run with this answer's nonce and no other, and where the page may watch the provider's
/// session, the provider's origin and no other may be in a frame of it.
/// [Session Management 1.0, section 3.1](https://openid.net/specs/openid-connect-session-1_0.html#RPiframe)
///
/// ```no_run
/// use axum::Router;
/// use exeunt::Exeunt;
/// use exeunt_leptos::relying_party::context;
/// use leptos::prelude::*;
/// use leptos_axum::{LeptosRoutes, generate_route_list};
///
/// # #[component]
/// # fn App() -> impl IntoView {}
/// # fn shell(_: LeptosOptions) -> impl IntoView {}
/// fn pages(exeunt: &Exeunt, options: LeptosOptions) -> Router {
///     let shell_of = {
///         let options = options.clone();
///         move || shell(options.clone())
///     };
///     Router::new()
///         .leptos_routes_with_context(&options, generate_route_list(App), context(exeunt), shell_of)
///         .with_state(options)
/// }
/// ```
/// What an app provides beside it, it provides in a closure of its own that calls this one first.
///
/// `upstream` is an [`Exeunt`](exeunt::Exeunt), a [`Platform`](exeunt::platform::Platform), or whichever of the two was chosen at
/// start.
pub fn context(upstream: &impl AsUpstream) -> impl Fn() + Clone + Send + Sync + 'static {
    context_of(upstream.as_upstream())
}

fn context_of(upstream: Arc<dyn Upstream>) -> impl Fn() + Clone + Send + Sync + 'static {
    let base = Base::new(upstream.site().public_url().base_path());
    let backend: Arc<dyn SessionBackend> = Arc::new(Backend::new(&upstream));
    move || {
        provide_context(base.clone());
        provide_backend(Arc::clone(&backend));
        set_policy(&*upstream);
    }
}

fn set_policy(upstream: &dyn Upstream) {
    let (Some(options), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    let mut policy = content_security_policy(Some(&nonce.to_string()), None);
    if let Some(watch) = use_context::<Parts>().and_then(|parts| upstream.session_watch(&parts.extensions)) {
        policy = allow_frames_of(&policy, &watch.origin);
    }
    if std::env::var_os("LEPTOS_WATCH").is_some() {
        // `cargo leptos watch` tells the page to reload through a socket of its own.
        policy = policy.replace(
            "connect-src 'self'",
            "connect-src 'self' ws://localhost:3001 ws://127.0.0.1:3001",
        );
    }
    if let Ok(policy) = HeaderValue::try_from(policy) {
        options.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
