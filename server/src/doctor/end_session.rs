//! The end-session endpoint: will people be signed out there, and come back?

use exeunt::{
    logout::rp_initiated::{Departure, LogoutRequest},
    provider::{
        dialect::Habits,
        outbound::{Outbound, OutboundError},
    },
};
use http::{Response, header};
use url::Url;

use super::{Patient, discovery::Known, finding::Finding};
use exeunt::config::Dialect;

const CHECK: &str = "end_session_endpoint";

type Answer = Result<Response<Vec<u8>>, OutboundError>;

/// What was asked with.
struct Asked<'a> {
    endpoint: &'a Url,
    return_to: &'a str,
    state: &'a str,
    dialect: &'a Habits,
    /// The endpoint is the operator's, not discovery's.
    is_set: bool,
}

/// Asks as a sign-out does, with nobody signed in. If that is refused, asks again without an address to return to, to know
/// whether the address is what is refused.
pub(super) async fn examine(patient: &Patient<'_>, known: &Known) -> Finding {
    let metadata = &known.metadata;
    let settings = &patient.config.settings.provider;
    let Some(endpoint) = &metadata.end_session_endpoint else {
        return none(metadata.dialect);
    };
    let asked = Asked {
        endpoint,
        return_to: &patient.post_logout_redirect_uri,
        state: &patient.made_up,
        dialect: metadata.dialect,
        is_set: known.document.get("end_session_endpoint").is_none(),
    };
    let request = LogoutRequest {
        client_id: settings.client_id.as_str(),
        post_logout_redirect_uri: asked.return_to,
        state: asked.state,
        hint: None,
        dialect: metadata.dialect,
        now: patient.clock.now(),
    };
    let standard = LogoutRequest {
        dialect: Habits::of(Dialect::Standard),
        ..request.clone()
    };
    let departure = Departure::new(endpoint, &request).or_else(|| Departure::new(endpoint, &standard));
    let answer = try_departure(&patient.outbound, endpoint, departure).await;
    let refused = matches!(&answer, Ok(answer) if answer.status().is_client_error());
    let bare = if refused {
        Some(patient.outbound.get(endpoint.as_str(), None).await)
    } else {
        None
    };
    judge_end_session(&answer, bare.as_ref(), &asked)
}

/// A form is asked for by its address too: what matters is whether it is there.
async fn try_departure(outbound: &Outbound, endpoint: &Url, departure: Option<Departure>) -> Answer {
    let address = match departure {
        Some(Departure::Get { url }) => url,
        Some(Departure::Post { .. }) | None => endpoint.to_string(),
    };
    outbound.get(&address, None).await
}

fn none(dialect: &Habits) -> Finding {
    let mend = if dialect.dialect() == Dialect::Google {
        "Nothing to set: Google has none. Sign-out ends the session here and revokes tokens, the page says that the person is still signed in at Google, and the next sign-in asks for the account."
    } else {
        "If the provider has one that its metadata does not name, set EXEUNT_END_SESSION_ENDPOINT. Otherwise sign-out ends the session here and revokes tokens, and the page says that the person is still signed in at the provider."
    };
    Finding::warning(
        CHECK,
        "The provider's metadata names none: the session there cannot be ended from here.",
        mend,
    )
}

fn judge_end_session(answer: &Answer, bare: Option<&Answer>, asked: &Asked<'_>) -> Finding {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            return Finding::wrong(
                CHECK,
                format!("{error}."),
                "People would stand before their browser's error page. Check the address, and that the provider runs.",
            );
        }
    };
    let status = answer.status();
    let address = asked.endpoint.as_str();
    if let Some(location) = location(answer, asked.endpoint) {
        return judge_redirect(&location, asked);
    }
    match status.as_u16() {
        404 | 405 | 410 => Finding::wrong(
            CHECK,
            format!("{address} answered with {status}: people who sign out would stand before an error."),
            if asked.is_set {
                "EXEUNT_END_SESSION_ENDPOINT is wrong: set it to the address in the provider's documentation, or remove it if the provider has none."
            } else {
                "Whoever runs the provider must correct end_session_endpoint in its discovery document."
            },
        ),
        400..=499 if asked.dialect.requires_id_token_hint() => Finding::warning(
            CHECK,
            "It is there. It answers only to the ID token of a session, so it cannot be tried with the address to return to.",
            format!(
                "See that {} is registered as post-logout redirect URI.",
                asked.return_to
            ),
        ),
        400..=499
            if !asked.dialect.takes_no_id_token_hint()
                && matches!(bare, Some(Ok(bare)) if bare.status().is_client_error()) =>
        {
            Finding::warning(
                CHECK,
                format!(
                    "It refuses every request that can be made without the ID token of a session ({status}), so it cannot be tried further."
                ),
                format!(
                    "See that {} is registered as post-logout redirect URI, and that EXEUNT_DIALECT is right (it is {} now).",
                    asked.return_to,
                    asked.dialect.dialect()
                ),
            )
        }
        400..=499 => refused(asked),
        200..=299 if !asked.returns() => untried(asked),
        200..=299 if names(answer.body(), asked.return_to) && !speaks_of_a_fault(answer.body()) => {
            Finding::ok(
                CHECK,
                "It is there, and asks the person before it sends them back.",
            )
        }
        200..=299 => ignored(asked),
        _ => Finding::wrong(
            CHECK,
            format!("{address} answered with {status}: people who sign out would stand before an error."),
            "Look into the provider's log.",
        ),
    }
}

impl Asked<'_> {
    /// Whether it was told where to return to.
    fn returns(&self) -> bool {
        !self.dialect.returns_by_id_token_hint_only()
    }
}

fn judge_redirect(location: &Url, asked: &Asked<'_>) -> Finding {
    if is_at(location, asked.return_to) {
        let returned = location
            .query_pairs()
            .any(|(name, value)| name == "state" && value == asked.state);
        return if returned {
            Finding::ok(
                CHECK,
                "It knows the client, and sends people back with our state.",
            )
        } else if asked.dialect.returns_state() {
            Finding::warning(
                CHECK,
                "It sends people back, but without the state it was given, so a sign-out there is never seen to be confirmed.",
                "Nothing to set: the receipt says \"not confirmed\", and the next sign-in asks for credentials.",
            )
        } else {
            Finding::ok(
                CHECK,
                "It knows the client, and sends people back. It never tells whether it signed them out.",
            )
        };
    }
    if names_an_error(location) {
        return refused(asked);
    }
    let is_its_own = location.host_str() == asked.endpoint.host_str();
    if is_its_own && !asked.returns() {
        return untried(asked);
    }
    if is_its_own && names(location.as_str().as_bytes(), asked.return_to) {
        return Finding::ok(
            CHECK,
            "It is there, and goes on at a page of its own before it sends people back.",
        );
    }
    if is_its_own {
        return ignored(asked);
    }
    Finding::wrong(
        CHECK,
        format!(
            "It sends people elsewhere, to {}, and not back.",
            location.host_str().unwrap_or("nowhere")
        ),
        register(asked),
    )
}

fn register(asked: &Asked<'_>) -> String {
    let dialect = asked.dialect.dialect();
    let what = if dialect == Dialect::Entra {
        // Entra ID has one list for both.
        "redirect URI"
    } else {
        "post-logout redirect URI"
    };
    format!(
        "Register {} as {what}, equal to the letter. If it is, EXEUNT_DIALECT may be wrong (it is {dialect} now).",
        asked.return_to
    )
}

/// It returns only with the ID token of a session, which nobody has here.
fn untried(asked: &Asked<'_>) -> Finding {
    Finding::warning(
        CHECK,
        "It is there. It sends people back only with the ID token of a session, so it cannot be tried with the address to return to.",
        format!(
            "See that {} is registered as post-logout redirect URI.",
            asked.return_to
        ),
    )
}

fn refused(asked: &Asked<'_>) -> Finding {
    Finding::wrong(
        CHECK,
        "It is there, but refuses the address to return to: people who sign out would stand before its error page.",
        register(asked),
    )
}

fn ignored(asked: &Asked<'_>) -> Finding {
    Finding::warning(
        CHECK,
        "It is there, but shows a page of its own that does not know where to return to: people may be stranded there.",
        register(asked),
    )
}

/// Where an answer sends the browser.
pub(super) fn location(answer: &Response<Vec<u8>>, asked: &Url) -> Option<Url> {
    if !answer.status().is_redirection() {
        return None;
    }
    let location = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    asked.join(location).ok()
}

/// Whether an address is this one, whatever its query.
pub(super) fn is_at(location: &Url, address: &str) -> bool {
    let mut bare = location.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    Url::parse(address).is_ok_and(|address| address == bare)
}

/// Whether an address is that of an error page. Some providers redirect to one instead of answering with a status.
pub(super) fn names_an_error(location: &Url) -> bool {
    location.query_pairs().any(|(name, _)| name == "error")
        || location
            .path_segments()
            .into_iter()
            .flatten()
            .any(|segment| segment.eq_ignore_ascii_case("error"))
}

/// Whether a page says that something is wrong. Some providers say so with a page that is none by its status, and name the
/// address that they refuse.
fn speaks_of_a_fault(page: &[u8]) -> bool {
    let page = String::from_utf8_lossy(page).to_ascii_lowercase();
    [
        "invalid",
        "not registered",
        "not allowed",
        "mismatch",
        "bad request",
        "error",
    ]
    .iter()
    .any(|word| page.contains(word))
}

/// Whether a text holds an address, plainly or encoded for a query, HTML or JSON.
fn names(text: &[u8], address: &str) -> bool {
    let text = String::from_utf8_lossy(text).to_ascii_lowercase();
    let plain = address.to_ascii_lowercase();
    let encoded: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    [
        plain.replace('/', "&#x2f;"),
        plain.replace('/', "&#47;"),
        plain.replace('/', "\\/"),
        plain,
        encoded.to_ascii_lowercase(),
    ]
    .iter()
    .any(|form| text.contains(form))
}
