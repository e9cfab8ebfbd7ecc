//! Why a logout token is refused.

/// One variant for each rule. "Section" is one of
/// [OpenID Connect Back-Channel Logout 1.0](https://openid.net/specs/openid-connect-backchannel-1_0.html), unless said
/// otherwise. None of them holds anything of the token, so each may be logged and told to whoever sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoutTokenError {
    /// It is not three parts of base64url, of which the first two are JSON objects.
    /// [RFC 7519, section 7.2](https://www.rfc-editor.org/rfc/rfc7519#section-7.2)
    #[error("the logout token is not a signed JWT")]
    Malformed,
    /// It has five parts. No encryption was agreed on with any provider, so there is no key to open it.
    /// [Section 2.6, rule 1](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error(
        "the logout token is encrypted, which was not agreed on; register this app without id_token_encrypted_response_alg"
    )]
    Encrypted,
    /// A JSON object in it names a member twice: two readers could each see another token.
    /// [RFC 7519, section 4](https://www.rfc-editor.org/rfc/rfc7519#section-4)
    #[error("the logout token names a member twice")]
    DuplicateMember,
    /// The header brings its own key (`jwk`, `x5c`) or says where to fetch one (`jku`, `x5u`). Keys come from discovery.
    /// [RFC 8725, section 3.10](https://www.rfc-editor.org/rfc/rfc8725#section-3.10)
    #[error("the logout token brings its own key")]
    KeyInHeader,
    /// The header has `crit`, and we know no extension.
    /// [RFC 7515, section 4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11)
    #[error("the logout token demands an extension that is not known")]
    CriticalExtension,
    /// `typ` is another kind of token's, or, if the policy is strict, not `logout+jwt`.
    /// [Section 4.1](https://openid.net/specs/openid-connect-backchannel-1_0.html#CrossJWT)
    #[error("the token's typ is not that of a logout token; see EXEUNT_LOGOUT_TOKEN_TYP")]
    Type,
    /// `alg` is `none`.
    /// [Section 2.6, rule 3](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token is not signed")]
    Unsigned,
    /// `alg` is not the one algorithm that this client is registered for, whatever keys there are for others.
    /// [Section 2.6, rule 3](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token is signed by another algorithm than ID tokens are; see EXEUNT_ID_TOKEN_ALG")]
    Algorithm,
    /// `iss` is missing or not the issuer, to the letter.
    /// [Section 2.6, rule 4](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token names another issuer")]
    Issuer,
    /// `aud` is missing, malformed, or does not contain our client id.
    /// [Section 2.6, rule 4](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token is for another client")]
    Audience,
    /// `iat` is missing or no moment.
    /// [Section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    #[error("the logout token does not say when it was issued")]
    IssuedAt,
    /// `iat` is in the future.
    /// [Section 2.6, rule 4](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token comes from the future; check the clocks of this server and of the provider")]
    IssuedInFuture,
    /// `exp` is missing and the policy is strict, or it is no moment.
    /// [Section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    #[error("the logout token does not say when it expires; see EXEUNT_LOGOUT_TOKEN_EXP")]
    ExpiresAt,
    /// `exp` has passed.
    /// [Section 2.6, rule 4](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token has expired; check the clocks of this server and of the provider")]
    Expired,
    /// There is no `exp`, and `iat` is more than five minutes ago.
    /// [Section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    #[error("the logout token has no expiry and is more than five minutes old")]
    Stale,
    /// From `iat` to `exp` are more than 25 hours: its `jti` would have to be remembered for too long.
    /// [Section 4](https://openid.net/specs/openid-connect-backchannel-1_0.html#Security) asks for two minutes.
    #[error("the logout token is good for more than 25 hours; shorten its life at the provider")]
    LongLived,
    /// `jti` is missing, empty, absurdly long, or no text.
    /// [Section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    #[error("the logout token has no usable jti")]
    TokenId,
    /// Neither `sub` nor `sid` is there.
    /// [Section 2.6, rule 5](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token names neither a person nor a session")]
    NobodyNamed,
    /// `sub` is there, but empty, absurdly long, or no text.
    /// [OpenID Connect Core 1.0, section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)
    #[error("the logout token's sub is not usable")]
    Subject,
    /// `sid` is there, but empty, absurdly long, no text, or has characters other than the visible ones of ASCII and the
    /// space.
    /// [Section 2.1](https://openid.net/specs/openid-connect-backchannel-1_0.html#OPMetadata)
    #[error("the logout token's sid is not usable")]
    SessionId,
    /// `events` is missing or no object.
    /// [Section 2.6, rule 6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the token has no events, so it is no logout token")]
    Events,
    /// The logout event is not among `events`.
    /// [Section 2.6, rule 6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the token tells of another event than a logout")]
    Event,
    /// The logout event's value is no object.
    /// [Section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
    #[error("the logout token's event is malformed")]
    EventValue,
    /// There is a `nonce`, whatever its value: that is an ID token.
    /// [Section 2.6, rule 7](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the token has a nonce, so it is no logout token")]
    Nonce,
    /// The header names a key that is not in the set: the set may have been rotated.
    /// [Section 2.6, rule 2](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token is signed with an unknown key")]
    UnknownKey,
    /// The header names no key, and none in the set verifies it: the set may have been rotated.
    /// [Section 2.6, rule 2](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token names no key, and none that is known verifies it")]
    NoKeyFits,
    /// The key that the header names does not verify the signature, or may not be used for it.
    /// [Section 2.6, rule 2](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
    #[error("the logout token's signature does not hold")]
    Signature,
}

impl LogoutTokenError {
    /// Whether a newer key set could make the token good. Everything else about it has passed then.
    #[must_use]
    pub const fn asks_for_newer_keys(self) -> bool {
        matches!(self, Self::UnknownKey | Self::NoKeyFits)
    }
}
