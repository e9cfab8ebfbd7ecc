//! `GET /auth/callback`: finishes a login.
//!
//! The steps are in the order in which they refuse: nothing is asked of the provider before state and issuer fit, and no
//! session is begun before everything else has passed.

use std::time::Duration;

use axum::{
    extract::{RawQuery, Request, State},
    response::Response,
};
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    admission,
    attempt::{self, Attempt},
    error::CallbackError,
    recheck,
    response::{self, AuthorizationResponse, Outcome},
    start::see_other,
};
use crate::{
    Exeunt,
    audit::{self, Caller},
    clock::Timestamp,
    http::cookies::{self, ATTEMPT_LIFETIME, Presented},
    logout::{Ending, Reason, ending, outbox, probe, unfinished},
    provider::{
        KeyBudget, code,
        id_token::{self, Expected, ExpectedNonce, IdTokenError, VerifiedIdToken},
        metadata::Metadata,
        session_expiry::session_expiry,
        userinfo,
    },
    random,
    session::{
        LiveSession, SessionToken, device,
        layer::{find_session, presented_token},
        record::{self, Column, Contact, Identity, SessionTokens},
    },
    session_management::{self, Watched},
    store::{Begun, MarkRule, Selector, SessionKey, SessionRow},
};

/// Finishes a login: 303 to where the person wanted to go, or a page that says why not.
pub async fn get(State(exeunt): State<Exeunt>, RawQuery(query): RawQuery, request: Request) -> Response {
    let caller = Caller::of(request.extensions());
    let headers = request.headers().clone();
    let query = query.unwrap_or_default();
    if probe::is_answer(&query) {
        return probe::receive(&exeunt, &headers, &query).await;
    }
    let answer = response::parse_authorization_response(&query);
    let attempt = answer
        .as_ref()
        .ok()
        .and_then(|answer| attempt::find(&exeunt, &headers, &answer.state));
    let result = match (answer, &attempt) {
        (Err(error), _) => Err(error),
        (Ok(_), None) => {
            // The back button after a sign-in that worked: there is nothing to complain about.
            if let Ok(Some(_)) = find_session(&exeunt, &headers).await
                && let Some(home) = see_other(&exeunt.public_url().rooted("/"))
            {
                return home;
            }
            Err(CallbackError::UnknownAttempt)
        }
        // The browser may leave at any moment; a code that was taken is seen through to the end.
        (Ok(answer), Some(attempt)) => {
            let (exeunt, attempt, headers) = (exeunt.clone(), attempt.clone(), headers.clone());
            match tokio::spawn(async move { complete(&exeunt, &attempt, &answer, &headers, &caller).await })
                .await
            {
                Ok(result) => result,
                Err(error) => Err(CallbackError::Internal(error.to_string())),
            }
        }
    };
    let mut response = match result {
        Ok(response) => response,
        Err(error) => {
            tracing::warn!(target: "exeunt::login", %error, "a sign-in failed");
            let mut page = exeunt.render(&error.page(&exeunt));
            // What stands in the address bar here must not travel to the next page.
            let policy = HeaderValue::from_static("no-referrer");
            page.headers_mut().insert(header::REFERRER_POLICY, policy);
            page
        }
    };
    if let Some(attempt) = attempt {
        attempt::forget(&exeunt, response.headers_mut(), &attempt.id);
    }
    response
}

/// How long the provider may take for everything that it is asked. Below the server's own patience with a request, so
/// that the person gets a page and no session is begun that nobody waits for any more.
const PROVIDER_BUDGET: Duration = Duration::from_secs(20);
/// How long userinfo may take: nothing of it is needed.
const USERINFO_BUDGET: Duration = Duration::from_secs(3);

/// What the provider says of the person, every check passed.
pub(super) struct Proof {
    pub(super) tokens: code::Tokens,
    pub(super) verified: VerifiedIdToken,
    pub(super) sub: String,
    claims: Value,
}

/// Asks the provider.
async fn prove(
    exeunt: &Exeunt,
    attempt: &Attempt,
    answer: &AuthorizationResponse,
) -> Result<Proof, CallbackError> {
    let now = exeunt.now();
    if attempt.is_expired(now) {
        return Err(CallbackError::Expired);
    }
    let metadata = exeunt.provider().metadata().await?;
    if attempt.issuer != exeunt.settings().provider.issuer.as_str() {
        return Err(CallbackError::OtherIssuer);
    }
    response::check_iss(
        answer.iss.as_deref(),
        &attempt.issuer,
        metadata.iss_parameter_promised,
    )?;
    let code = match &answer.outcome {
        Outcome::Code(code) => code,
        Outcome::Error { error } => return Err(CallbackError::Provider(error.clone())),
    };
    // Each attempt makes one token request, also if its cookie is sent twice at the same moment.
    let id: [u8; 32] = Sha256::digest(attempt.state().as_bytes()).into();
    let until = attempt.started_at + ATTEMPT_LIFETIME * 2;
    if !exeunt.store().claim("login attempt", &id, until, now).await? {
        return Err(CallbackError::UnknownAttempt);
    }
    let tokens = code::exchange_code(
        exeunt.provider().outbound(),
        &metadata,
        &exeunt.settings().provider,
        &exeunt.redirect_uri(),
        code,
        &attempt.code_verifier,
        now,
    )
    .await?;
    let verified = verify(exeunt, &metadata, &tokens, attempt, exeunt.now()).await?;
    let sub = verified.text("sub").ok_or(IdTokenError::Malformed)?.to_owned();
    let asked = ask_userinfo(exeunt, &metadata, &tokens.access_token, &sub);
    let userinfo = tokio::time::timeout(USERINFO_BUDGET, asked).await.ok().flatten();
    let claims = admission::merge_claims(verified.claims(), userinfo);
    if let Err(error) = admission::check_admission(&claims, exeunt.settings()) {
        let unused = SessionTokens::new(tokens, &verified, None);
        revoke_unused(exeunt, &attempt.issuer, &sub, &unused).await;
        return Err(error);
    }
    Ok(Proof {
        tokens,
        verified,
        sub,
        claims,
    })
}

async fn complete(
    exeunt: &Exeunt,
    attempt: &Attempt,
    answer: &AuthorizationResponse,
    headers: &HeaderMap,
    caller: &Caller,
) -> Result<Response, CallbackError> {
    let proof = tokio::time::timeout(PROVIDER_BUDGET, prove(exeunt, attempt, answer))
        .await
        .unwrap_or(Err(CallbackError::TooSlow));
    let arrival = Arrival {
        attempt,
        session_state: answer.session_state.as_deref(),
        headers,
        caller,
    };
    match &attempt.recheck {
        Some(session) => recheck::settle(exeunt, &arrival, session, proof).await,
        None => begin(exeunt, &arrival, proof?, None).await,
    }
}

/// What came back, and from where.
pub(super) struct Arrival<'a> {
    pub(super) attempt: &'a Attempt,
    session_state: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
    pub(super) caller: &'a Caller,
}

/// Begins a session. `former`: the one that goes on in it.
pub(super) async fn begin(
    exeunt: &Exeunt,
    arrival: &Arrival<'_>,
    proof: Proof,
    former: Option<&LiveSession>,
) -> Result<Response, CallbackError> {
    let Proof {
        tokens,
        verified,
        sub,
        claims,
    } = proof;
    let Arrival {
        attempt,
        session_state,
        headers,
        caller,
    } = *arrival;
    let settings = exeunt.settings();
    let token = SessionToken::fresh(exeunt.random())?;
    let key = token.key();
    let now = exeunt.now();
    let sid = verified.text("sid").map(str::to_owned);
    let stored = SessionTokens::new(tokens, &verified, attempt.ui_locales.clone());
    let identity = Identity {
        contact: Contact::begin(&stored, &verified, now),
        watched: Watched::begin(
            exeunt,
            session_state,
            former.and_then(|former| former.identity.watched.as_ref()),
        ),
        ..admission::identity_of(&claims, settings)
    };
    let ceiling = session_expiry(verified.claims());
    let own = now + exeunt.limits().absolute();
    let absolute_expires_at = ceiling.map_or(own, |ceiling| own.min(ceiling));
    let mut row = SessionRow {
        key,
        public_id: random::token(exeunt.random())?,
        iss: attempt.issuer.clone(),
        sub,
        sid,
        former_sid: None,
        login_started_at: attempt.started_at,
        created_at: now,
        last_used_at: now,
        idle_expires_at: (now + exeunt.limits().idle()).min(absolute_expires_at),
        absolute_expires_at,
        device: record::seal_column(
            exeunt.keyring(),
            &key,
            Column::Device,
            &device::recognise(headers),
            exeunt.random(),
        )?,
        identity: record::seal_column(
            exeunt.keyring(),
            &key,
            Column::Identity,
            &identity,
            exeunt.random(),
        )?,
        tokens: record::seal_column(exeunt.keyring(), &key, Column::Tokens, &stored, exeunt.random())?,
        data: None,
    };
    if !row.is_living(now) {
        revoke_unused(exeunt, &row.iss, &row.sub, &stored).await;
        return Err(CallbackError::SessionOver);
    }
    if let Some(former) = former {
        session_management::go_on(exeunt, &mut row, former).await?;
    }
    if exeunt.store().begin(row.clone(), now).await? == Begun::Refused {
        revoke_unused(exeunt, &row.iss, &row.sub, &stored).await;
        return Err(CallbackError::Overtaken);
    }
    audit::sign_in(&row, caller);
    let replaced = end_replaced(exeunt, headers, caller).await;
    if let Some(former) = former
        && !replaced.contains(&former.head.key)
    {
        // It ended after it was read: what was to go on with it ends too, and nobody is signed in (invariant I2).
        return undo(exeunt, &row, caller).await;
    }
    let mut response =
        see_other(&exeunt.public_url().rooted(attempt.return_to.as_str())).ok_or(CallbackError::Malformed)?;
    let cookies = exeunt.cookies();
    cookies::append(
        response.headers_mut(),
        cookies.set(&cookies.session(), token.as_str(), None),
    );
    if former.is_none() {
        cookies::append(response.headers_mut(), cookies.remove(&cookies.prompt()));
    }
    // What the last sign-out left to be done is over with this sign-in: no link may go on signing out at the provider.
    for name in [cookies.pending(), cookies.unfinished()] {
        if cookies.read(headers, &name) != Presented::None {
            cookies::append(response.headers_mut(), cookies.remove(&name));
        }
    }
    Ok(response)
}

/// The session that this browser had before ends now (invariant I11), and so does one whose end the store failed before.
/// It writes no mark: a mark would refuse the next login of the same provider session.
async fn end_replaced(exeunt: &Exeunt, headers: &HeaderMap, caller: &Caller) -> Vec<SessionKey> {
    let mut ended = Vec::new();
    let old = presented_token(exeunt, headers).map(|token| token.key());
    let unfinished = unfinished::find(exeunt, headers).unwrap_or_default();
    for key in old.into_iter().chain(unfinished.keys) {
        let ending = Ending::new(
            Selector::Key(key),
            MarkRule::None,
            Reason::Replaced,
            caller.clone(),
        );
        match ending::carry_out(exeunt, ending).await {
            Ok(taken) => ended.extend(taken.rows.iter().map(|row| row.key)),
            Err(error) => {
                tracing::error!(target: "exeunt::login", %error, "the session that this login replaces could not be ended; it ends by its limits");
            }
        }
    }
    ended
}

/// Ends a session that was begun a moment ago and whose cookie nobody has.
async fn undo(exeunt: &Exeunt, row: &SessionRow, caller: &Caller) -> Result<Response, CallbackError> {
    let ending = Ending::new(
        Selector::Key(row.key),
        MarkRule::None,
        Reason::SessionManagement,
        caller.clone(),
    );
    ending::carry_out(exeunt, ending).await?;
    see_other(&exeunt.public_url().rooted("/logged-out")).ok_or(CallbackError::Malformed)
}

/// The login gives no session: the tokens that it brought are good for nothing here.
async fn revoke_unused(exeunt: &Exeunt, iss: &str, sub: &str, tokens: &SessionTokens) {
    if exeunt.provider().may_revoke()
        && let Err(error) = outbox::queue_tokens(exeunt, iss, sub, tokens, Reason::Replaced).await
    {
        tracing::warn!(target: "exeunt::login", %error, "the tokens of a login that gave no session are not revoked");
    }
}

async fn verify(
    exeunt: &Exeunt,
    metadata: &Metadata,
    tokens: &code::Tokens,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<VerifiedIdToken, CallbackError> {
    let provider = &exeunt.settings().provider;
    let expected = Expected {
        issuer: provider.issuer.as_str(),
        client_id: provider.client_id.as_str(),
        trusted_audiences: &provider.trusted_audiences,
        alg: &metadata.id_token_alg,
        nonce: ExpectedNonce::Sent(&attempt.nonce),
        asked_at: attempt.started_at,
        access_token: &tokens.access_token,
    };
    let keys = exeunt.provider().keys(metadata).await?;
    match id_token::validate_id_token(&tokens.id_token, &keys, &expected, now) {
        // Signed with a key that we do not know: the provider may have rotated its keys.
        // [OpenID Connect Core 1.0, section 10.1.1](https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys)
        Err(IdTokenError::UnknownKey) => {
            let keys = exeunt.provider().keys_again(metadata, KeyBudget::Login).await?;
            Ok(id_token::validate_id_token(
                &tokens.id_token,
                &keys,
                &expected,
                now,
            )?)
        }
        answer => Ok(answer?),
    }
}

/// What userinfo adds. Nothing of it is needed, so nothing of it can prevent a sign-in.
async fn ask_userinfo(
    exeunt: &Exeunt,
    metadata: &Metadata,
    access_token: &str,
    sub: &str,
) -> Option<serde_json::Map<String, serde_json::Value>> {
    let endpoint = metadata.userinfo_endpoint.as_ref()?;
    let answer = match userinfo::fetch_userinfo(exeunt.provider().outbound(), endpoint, access_token).await {
        Ok(bytes) => userinfo::validate_userinfo(&bytes, sub),
        Err(error) => Err(error),
    };
    answer
        .inspect_err(|error| tracing::warn!(target: "exeunt::login", %error, "userinfo is not used"))
        .ok()
}
