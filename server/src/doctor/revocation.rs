//! The revocation endpoint: can tokens be withdrawn when a session ends?

use base64::{Engine as _, engine::general_purpose::STANDARD};
use exeunt::{
    config::ProviderSettings,
    provider::{dialect::Revocation, metadata::Metadata, outbound::OutboundError},
};
use http::{Request, Response, header};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{Patient, finding::Finding};

const CHECK: &str = "revocation_endpoint";
const STAYS_GOOD: &str = "Nothing to set: a signed-out person's access token stays good at the provider until it runs out, and the receipt says so.";

/// Asks to revoke a token that nobody issued.
/// [RFC 7009, section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)
pub(super) async fn examine(patient: &Patient<'_>, metadata: &Metadata) -> Finding {
    let endpoint = match (&metadata.revocation_endpoint, metadata.dialect.revocation()) {
        (Some(endpoint), Revocation::Token | Revocation::Grant) => endpoint,
        _ => {
            return Finding::warning(
                CHECK,
                "The provider has none: tokens cannot be revoked.",
                STAYS_GOOD,
            );
        }
    };
    let settings = &patient.config.settings.provider;
    let request = request(endpoint, settings, metadata.secret_in_body, &patient.made_up);
    let Ok(request) = request else {
        return Finding::warning(CHECK, "It could not be asked.", STAYS_GOOD);
    };
    let answer = patient.outbound.call(request).await;
    judge_revocation(&answer, metadata.dialect.revocation())
}

fn request(
    endpoint: &Url,
    settings: &ProviderSettings,
    secret_in_body: bool,
    token: &str,
) -> Result<Request<Vec<u8>>, http::Error> {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("token", token);
    let mut request = Request::post(endpoint.as_str())
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    match &settings.client_secret {
        Some(secret) if !secret_in_body => {
            // Both are encoded first: https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!(
                "{}:{}",
                encoded(settings.client_id.as_str()),
                encoded(secret.expose())
            );
            request = request.header(header::AUTHORIZATION, format!("Basic {}", STANDARD.encode(pair)));
        }
        secret => {
            body.append_pair("client_id", settings.client_id.as_str());
            if let Some(secret) = secret {
                body.append_pair("client_secret", secret.expose());
            }
        }
    }
    request.body(body.finish().into_bytes())
}

fn judge_revocation(answer: &Result<Response<Vec<u8>>, OutboundError>, reach: Revocation) -> Finding {
    const MEND: &str =
        "Until that is mended, a signed-out person's tokens stay good at the provider until they run out.";
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return Finding::wrong(CHECK, format!("{error}."), MEND),
    };
    let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let error = document.get("error").and_then(Value::as_str).unwrap_or_default();
    match (answer.status().as_u16(), error) {
        // An unknown token is no error, by the specification; Google says that it is.
        (200, _) | (400, "invalid_token") => Finding::ok(
            CHECK,
            if reach == Revocation::Grant {
                "It takes tokens back. Each takes all of the person's sign-ins to this app with it, so it is used at the last of them only."
            } else {
                "It takes tokens back."
            },
        ),
        (401, _) | (_, "invalid_client") => Finding::wrong(
            CHECK,
            "It refuses the client.",
            "Check client id and secret; some providers must be told that this client may revoke tokens.",
        ),
        (404, _) => Finding::wrong(CHECK, "It answered with 404: there is no such page.", MEND),
        (status, _) => Finding::warning(
            CHECK,
            format!("It answered a token that nobody issued with {status} instead of 200."),
            "Whether it revokes real ones shows in the receipt of a sign-out.",
        ),
    }
}
