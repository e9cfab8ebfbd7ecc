//! Tells relying parties, through the browser, that a session ended:
//! [OpenID Connect Front-Channel Logout 1.0](https://openid.net/specs/openid-connect-frontchannel-1_0.html).

use crate::client::Client;
use crate::provider::Provider;
use crate::redirect::with_parameters;
use crate::sso_session::SsoSession;

/// What the browser is to load in frames: the address of each client of the session that registered one.
pub(crate) fn frames(provider: &Provider, ended: &SsoSession) -> Vec<String> {
    if !provider.conduct.has_front_channel() {
        return Vec::new();
    }
    let clients = ended.clients.iter().filter_map(|id| provider.client(id));
    clients
        .filter_map(|client| frame(provider, &client, &ended.sid))
        .collect()
}

/// [Section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout): the registered query is
/// retained; `iss` and `sid` come together or not at all.
fn frame(provider: &Provider, client: &Client, sid: &str) -> Option<String> {
    let uri = client.frontchannel_logout_uri.as_deref()?;
    let mut parameters = Vec::new();
    if client.frontchannel_logout_session_required {
        parameters.push(("iss".to_owned(), provider.issuer.identifier.clone()));
        parameters.push(("sid".to_owned(), sid.to_owned()));
    }
    provider.conduct.front_channel(&mut parameters);
    Some(with_parameters(uri, &parameters))
}
