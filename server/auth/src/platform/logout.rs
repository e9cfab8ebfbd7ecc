//! The sign-out: this app first, then the platform, then the browser's way there.

use http::{HeaderMap, HeaderValue, header, request::Parts};

use super::{
    Contract, Platform, audited, forwarded, front_channel_url,
    layer::CurrentIdentity,
    note::{self, Proof},
    pending::{self, PendingLogout},
    receipt::{self, Asked},
    sign_on::SignOn,
    upstream_logout::{self, UpstreamLogout, UpstreamLogoutError},
};
use crate::{
    audit::Caller,
    http::cookies,
    logout::{
        LogoutOutcome,
        body::{LogoutRequest, Scope},
        receipt::{Layer, LogoutResponse, Receipt, Status},
    },
    random,
};

/// Signs this browser out. `by_form`: the caller follows `form_location` instead of reading the answer.
///
/// The work is seen through even if the caller goes away in the middle.
pub(super) async fn end_session(
    platform: &Platform,
    parts: &Parts,
    request: LogoutRequest,
    by_form: bool,
) -> LogoutOutcome {
    let current = CurrentIdentity::of(&parts.extensions);
    if matches!(current, CurrentIdentity::Anonymous) {
        return nothing_to_end(platform);
    }
    let is_signed_in = matches!(current, CurrentIdentity::SignedIn(..));
    let sign_on = current.sign_on();
    // Before anything that may fail or take its time (invariant I1).
    let ended = sign_on.map(|sign_on| Ended {
        note: stop_listening(platform, &parts.headers, sign_on, is_signed_in),
        just_now: is_signed_in,
    });
    let work = {
        let (platform, headers) = (platform.clone(), parts.headers.clone());
        let scope = request.scope;
        async move { ask(&platform, &headers, scope, is_signed_in).await }
    };
    let question = match platform.under_way().spawn(work).await {
        Ok(question) => question,
        Err(error) => {
            tracing::error!(target: "exeunt::platform", %error, "a sign-out broke off");
            Question {
                state: String::new(),
                answer: Answer::Failed(UpstreamLogoutError::NotTheAnswer),
                relayed: Vec::new(),
            }
        }
    };
    let outcome = answer(platform, &parts.headers, &request, ended, question, by_form);
    if let CurrentIdentity::SignedIn(identity, sign_on) | CurrentIdentity::SignedOut(identity, sign_on) =
        &current
    {
        let caller = Caller::of(&parts.extensions);
        audited::end(
            platform,
            (identity, sign_on),
            request.scope,
            &outcome.response,
            &caller,
        );
    }
    outcome
}

/// From now on the sign-on counts for nothing here. Gives the cookie that says so and proves that it was this browser: by the proof
/// that it has if it signed the same one out before, else by a new one. `None` where that would prove nothing: the browser may hold
/// the one that does since this request began.
fn stop_listening(
    platform: &Platform,
    headers: &HeaderMap,
    sign_on: &SignOn,
    counted: bool,
) -> Option<HeaderValue> {
    let notes = note::of(platform, headers);
    let earlier = notes
        .iter()
        .find(|note| note.names(sign_on))
        .and_then(|note| note.proof().cloned());
    let proof = earlier.or_else(|| Proof::fresh(platform.random()));
    let now = platform.now();
    let remembered = platform
        .signed_out()
        .remember(sign_on, proof.as_ref(), counted, now);
    platform.hub().tell_end(remembered.known_by, now);
    if remembered.is_refused {
        return None;
    }
    note::signed_out(platform, sign_on, proof.as_ref())
}

/// What this app ended.
struct Ended {
    /// The cookie that says so.
    note: Option<HeaderValue>,
    /// It counted until this sign-out.
    just_now: bool,
}

/// What came of asking the platform.
struct Question {
    /// The state that comes back with the browser; empty without randomness.
    state: String,
    answer: Answer,
    /// Removals of cookies that the browser gets to see.
    relayed: Vec<HeaderValue>,
}

/// What the platform said.
enum Answer {
    /// It is kept on purpose, and was not asked.
    Kept,
    /// There was nothing by which it would know a session, so it was not asked: anybody could make this server ask otherwise.
    NothingToShow,
    /// It was not asked, because it is being asked for too many others.
    Busy,
    /// It confirmed.
    Confirmed(UpstreamLogout),
    /// It did not.
    Failed(UpstreamLogoutError),
}

async fn ask(platform: &Platform, headers: &HeaderMap, scope: Scope, is_signed_in: bool) -> Question {
    let settings = platform.settings();
    let state = random::token(platform.random()).unwrap_or_default();
    let without_asking = |state, answer| Question {
        state,
        answer,
        relayed: Vec::new(),
    };
    if scope == Scope::App {
        return without_asking(state, Answer::Kept);
    }
    let forwarded = forwarded::forward(headers, &settings.forwarded_cookies);
    if !forwarded.contains_key(header::COOKIE) && !forwarded.contains_key(header::AUTHORIZATION) {
        return without_asking(state, Answer::NothingToShow);
    }
    let Some(_place) = platform.places().take(is_signed_in).await else {
        tracing::warn!(
            target: "exeunt::platform",
            is_signed_in,
            "the platform is being asked for too many sign-outs at once, and was not asked for one more"
        );
        return without_asking(state, Answer::Busy);
    };
    let fetched = upstream_logout::fetch_logout(
        platform.outbound(),
        &settings.api_url,
        forwarded,
        &return_to(platform, &state),
    )
    .await;
    let mut relayed = Vec::new();
    let judged = fetched.map_err(UpstreamLogoutError::from).and_then(|fetched| {
        let judged = upstream_logout::validate_logout(&fetched, &settings.public_api_url)?;
        relayed = settings.relayed_cookies.relay(fetched.headers());
        Ok(judged)
    });
    let answer = match judged {
        Ok(confirmed) => Answer::Confirmed(confirmed),
        Err(error) => {
            tracing::warn!(target: "exeunt::platform", %error, "the platform did not confirm a sign-out");
            Answer::Failed(error)
        }
    };
    if settings.tls.is_off() {
        tracing::warn!(
            target: "exeunt::platform",
            "KAMIWAZA_TLS_REJECT_UNAUTHORIZED is off: whoever answered may not have been the platform"
        );
    }
    Question {
        state,
        answer,
        relayed,
    }
}

/// Where the platform sends the browser back to.
fn return_to(platform: &Platform, state: &str) -> String {
    let page = platform.site().public_url().absolute("/logged-out");
    if state.is_empty() {
        return page;
    }
    format!("{page}?state={state}")
}

/// Where the browser goes: as the platform said, if it may; else as it is known without it.
fn front_channel_logout_url(platform: &Platform, question: &Question) -> Option<String> {
    let given = match &question.answer {
        Answer::Kept => return None,
        Answer::Confirmed(confirmed) => confirmed.front_channel_logout_url.as_ref(),
        Answer::NothingToShow | Answer::Busy | Answer::Failed(_) => None,
    };
    match given {
        Some(Ok(url)) => return Some(url.clone()),
        Some(Err(error)) => {
            tracing::warn!(target: "exeunt::platform", %error, "the address that is known without it is used");
        }
        None => {}
    }
    let api = &platform.settings().public_api_url;
    Some(front_channel_url::build(
        api,
        &return_to(platform, &question.state),
    ))
}

fn answer(
    platform: &Platform,
    headers: &HeaderMap,
    request: &LogoutRequest,
    ended: Option<Ended>,
    question: Question,
    by_form: bool,
) -> LogoutOutcome {
    let site = platform.site();
    let (url, names) = (site.public_url(), site.cookies());
    let is_signed_in = ended.as_ref().is_some_and(|ended| ended.just_now);
    let asked = match &question.answer {
        Answer::Kept => Asked::No,
        // What the first press ended, a second one does not find any more. Whoever is signed in is not at a second press.
        Answer::Confirmed(confirmed)
            if confirmed.had_session || (!is_signed_in && ended_before(platform, headers)) =>
        {
            Asked::Confirmed
        }
        Answer::NothingToShow if !is_signed_in && ended_before(platform, headers) => Asked::Confirmed,
        Answer::Confirmed(_) => Asked::NothingThere,
        Answer::NothingToShow => Asked::NothingToShow,
        Answer::Busy => Asked::Busy,
        Answer::Failed(error) => Asked::Failed(error),
    };
    let was_signed_in = ended.is_some();
    let front_channel = front_channel_logout_url(platform, &question);
    let mut receipt = receipt::compute(
        was_signed_in,
        request.scope,
        &asked,
        front_channel.is_some(),
        platform.host(),
        platform.now(),
    );
    let wanted = request.post_logout_redirect_uri.as_deref();
    let continue_to = wanted.and_then(|uri| platform.settings().post_logout_uris.resolve(uri, url));

    let mut out = HeaderMap::new();
    cookies::append(&mut out, ended.and_then(|ended| ended.note));
    let kept = keep(
        platform,
        &question,
        front_channel.as_deref(),
        &receipt,
        continue_to.clone(),
        by_form,
    );
    let is_kept = kept.is_some();
    if is_kept {
        cookies::append(&mut out, kept);
    } else if names.read(headers, &names.pending()) != cookies::Presented::None {
        // The receipt of an earlier sign-out must not stand for this one (invariant I4).
        cookies::append(&mut out, names.remove(&names.pending()));
    }
    relay(question.relayed, &mut out);
    // "cookies" would sign every other extension of this origin out; "storage" is theirs too.
    out.insert("clear-site-data", HeaderValue::from_static("\"cache\""));

    let leaves_by_form = is_kept && front_channel.is_some();
    if by_form && !leaves_by_form && front_channel.is_some() {
        let detail = format!("The way to {} could not be prepared.", platform.host());
        receipt.change(Layer::ProviderSession, Status::Failed, detail);
    }
    LogoutOutcome {
        response: LogoutResponse {
            success: asked.is_success(was_signed_in),
            message: receipt::message(was_signed_in, &asked).to_owned(),
            redirect_url: Some(redirect_url(platform, &asked, continue_to)),
            front_channel_logout_url: front_channel,
            receipt,
        },
        headers: out,
        form_location: url.rooted(if leaves_by_form {
            "/auth/logout/continue"
        } else {
            "/logged-out"
        }),
    }
}

/// The most that an answer sets of cookies, in bytes: with the other headers it stays below the 4 KB that proxies take.
const MOST_OF_COOKIES: usize = 3000;

/// Adds the platform's removals of its cookies, as far as there is room. What is left out the platform's own page removes, to which the
/// browser goes next.
fn relay(removals: Vec<HeaderValue>, out: &mut HeaderMap) {
    const NAME: usize = "set-cookie: \r\n".len();
    let of = |value: &HeaderValue| NAME + value.len();
    let mut size: usize = out.get_all(header::SET_COOKIE).iter().map(of).sum();
    let count = removals.len();
    let mut relayed = 0;
    for removal in removals {
        size += of(&removal);
        if size > MOST_OF_COOKIES {
            break;
        }
        cookies::append(out, Some(removal));
        relayed += 1;
    }
    if relayed < count {
        tracing::warn!(
            target: "exeunt::platform",
            count,
            relayed,
            "the platform removes more cookies than an answer has room for; the rest is left to its own page"
        );
    }
}

/// Whether an earlier sign-out, whose report is pending, had the platform's word.
fn ended_before(platform: &Platform, headers: &HeaderMap) -> bool {
    pending::find(platform, headers)
        .is_some_and(|pending| pending.receipt.status(Layer::Platform) == Some(Status::Ended))
}

/// Where a client goes that has no front-channel address, in the words of its contract.
fn redirect_url(platform: &Platform, asked: &Asked<'_>, continue_to: Option<String>) -> String {
    let settings = platform.settings();
    match (settings.contract, asked) {
        // Whoever stays at the platform is told so, and not led to a page that signs in again.
        (Contract::Legacy, Asked::No) | (Contract::Current, _) => settings.public_url.absolute("/logged-out"),
        (Contract::Legacy, _) => continue_to.unwrap_or_else(|| settings.public_api_url.login_page()),
    }
}

/// Keeps what must be known when the browser comes back; if it is too long, with the address that is known without the
/// platform.
fn keep(
    platform: &Platform,
    question: &Question,
    front_channel: Option<&str>,
    receipt: &Receipt,
    continue_to: Option<String>,
    by_form: bool,
) -> Option<HeaderValue> {
    let pending = |url: String, continue_to| {
        PendingLogout::new(
            question.state.clone(),
            url,
            receipt.clone(),
            continue_to,
            by_form,
            platform.now(),
        )
    };
    let given = front_channel.unwrap_or_default().to_owned();
    pending::seal(platform, &pending(given, continue_to)).or_else(|| {
        let api = &platform.settings().public_api_url;
        let known = front_channel_url::build(api, &return_to(platform, &question.state));
        pending::seal(platform, &pending(known, None))
    })
}

/// Sign-in is switched off: there is nothing to end, and nothing is claimed.
fn nothing_to_end(platform: &Platform) -> LogoutOutcome {
    let url = platform.site().public_url();
    LogoutOutcome {
        response: LogoutResponse {
            success: true,
            message: "Sign-in is switched off here: there was nothing to end.".to_owned(),
            redirect_url: Some(url.absolute("/logged-out")),
            front_channel_logout_url: None,
            receipt: Receipt::new(platform.now()),
        },
        headers: HeaderMap::new(),
        form_location: url.rooted("/logged-out"),
    }
}
